"""The lint of sources: names and elements of every part, with what is known of who sends it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from perennial.publishing.lint.elements import check_elements
from perennial.publishing.lint.names import check_names
from perennial.publishing.lint.scopes import Usage
from perennial.publishing.mjml.pieces import Spoiled, cut
from perennial.publishing.mjml.protecting import Protected, protect
from perennial.publishing.problems import Problem
from perennial.publishing.template_files import PARTIALS, TemplateSources

_NOBODY = Usage()


def lint_sources(
    sources: TemplateSources, usages: Mapping[str, Usage], hosts: Collection[str]
) -> Iterator[Problem]:
    """What the rules say of all templates. usages: by the template's name without language."""
    for (name, part), place in sources.places.items():
        is_partial = place.file.startswith(PARTIALS)
        usage = usages.get(name.partition(".")[0], _NOBODY)
        yield from check_names(sources.parts[name][part], part, place, usage, is_partial=is_partial)
        if part == "html" and (made := _protected(sources, name)):
            yield from check_elements(made, hosts)


def _protected(sources: TemplateSources, name: str) -> Protected | None:
    """The source without Jinja: of MJML as it was compiled, with its partials."""
    if name in sources.made:
        return sources.made[name]
    place = sources.places[name, "html"]
    try:
        return protect(cut(sources.parts[name]["html"], place.file, place.lines_before))
    except Spoiled:
        return None  # told by whoever read it first
