"""From templates as written to templates that can be rendered: MJML compiled, references followed, Jinja read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jinja2 import TemplateSyntaxError

from perennial.publishing.lint.habits import foreign
from perennial.publishing.mjml.compiling import compile_mjml
from perennial.publishing.mjml.pieces import Piece, Spoiled, cut
from perennial.publishing.parsing import said
from perennial.publishing.problems import Problem, did_you_mean, known_are, nearest
from perennial.publishing.template_files import (
    FOLDER,
    MJML,
    PARTIALS,
    Place,
    TemplateSources,
    named,
    read_sources,
)
from perennial.rendering.filters import FILTERS, TESTS
from perennial.rendering.language import translations
from perennial.rendering.names import Needs
from perennial.rendering.templates import check

_UNKNOWN = re.compile(r"No (filter|test) named '(\w+)'")
_WITH_PRODUCTS = ("cart", "order", "items", "recommendations")


def read_templates(files: Mapping[str, bytes]) -> TemplateSources:
    """The templates among the files of a content folder, ready to be rendered, and what is wrong with them."""
    sources = read_sources(files)
    sources.problems += _foreign(sources)
    _compile(sources)
    sources.problems += _misformed(sources)
    for name in sources.parts:
        sources.closures[name] = sorted(_closure(sources, name))
        sources.behind[name] |= {sources.places[part].file for part in sources.closures[name]}
    return sources


def _foreign(sources: TemplateSources) -> Iterator[Problem]:
    """Other tools' languages, before the compiler and Jinja say something less helpful about them."""
    for pieces in sources.mjml.values():
        yield from foreign(pieces)
    for (name, part), place in sources.places.items():
        try:
            yield from foreign(cut(sources.parts[name][part], place.file, place.lines_before))
        except Spoiled as spoiled:
            yield spoiled.problem


class _Partials:
    """Looks up partials for one template: in its own language first. paths: by name."""

    def __init__(self, mjml: Mapping[str, list[Piece]], paths: Mapping[str, str], template: str) -> None:
        self._mjml, self._paths = mjml, paths
        self._language = template.partition(".")[2]
        self.used: set[str] = set()

    def __call__(self, name: str) -> list[Piece] | None:
        stem = name.removesuffix(MJML)
        found = next((each for each in translations(stem, self._language) if each in self._paths), None)
        if found is None:
            return None
        self.used.add(self._paths[found])
        return self._mjml[self._paths[found]]


def _compile(sources: TemplateSources) -> None:
    """Everything in MJML that is a mail of its own."""
    paths = {named(path): path for path in sources.mjml}
    for path, pieces in sources.mjml.items():
        if path.startswith(PARTIALS):
            continue
        name = named(path)
        partials = _Partials(sources.mjml, paths, name)
        compiled = compile_mjml(pieces, partials)
        told = {(each.file, each.line) for each in sources.problems}
        sources.problems += (each for each in compiled.problems if (each.file, each.line) not in told)
        sources.behind.setdefault(name, set()).update(partials.used)
        if not compiled.problems and compiled.made:
            sources.add(name, "html", compiled.html, Place(path, 0, compiled.places))
            sources.made[name] = compiled.made


def _misformed(sources: TemplateSources) -> Iterator[Problem]:
    """Parts that Jinja cannot compile, and parts that build on others that are not there."""
    told = {(each.file, each.line) for each in sources.problems}
    for (name, part), place in sources.places.items():
        problem = None
        try:
            check(sources.parts[name][part], f"{name}.{part}")
            yield from _broken_references(sources, name, part, place)
        except TemplateSyntaxError as error:
            problem = Problem(*place.at(error.lineno), _key(part), _remedy(error), "jinja-syntax")
        except RecursionError:
            problem = Problem(
                *place.at(1), _key(part), "this is nested too deeply. Take it apart.", "jinja-syntax"
            )
        if problem and (problem.file, problem.line) not in told:
            yield problem


def _key(part: str) -> str:
    return part if part in {"subject", "preheader"} else ""


def _remedy(error: TemplateSyntaxError) -> str:
    said = str(error.message)
    if unknown := _UNKNOWN.search(said):
        kind, word = unknown[1], unknown[2]
        choices = [each for each in (FILTERS if kind == "filter" else TESTS) if each != "counted"]
        hint = did_you_mean(word, choices) or known_are(sorted(choices))
        return f"there is no {kind} '{word}'.{hint}"
    for pattern, words in _SAID:
        if found := pattern.search(said):
            return found.expand(words) if "\\" in words else words
    return f"{said.rstrip('.')}."


_SAID = (
    (
        re.compile(r"got ':'"),
        "values of filters stand in brackets here: default('there'), not default: 'there'.",
    ),
    (
        re.compile(r"Encountered unknown tag 'end(\w+)'"),
        r"this {% end\1 %} ends nothing. Delete it, or add the {% \1 %} before.",
    ),
    (
        re.compile(r"Encountered unknown tag '(\w+)'"),
        r"there is no {% \1 %}. Known are for, if, set, with, include, from, macro, call, block, extends.",
    ),
    (
        re.compile(r"innermost block that needs to be closed is '(\w+)'"),
        r"a {% \1 %} is not closed. Add {% end\1 %} where it ends.",
    ),
    (
        re.compile(r"end of print statement', got '(\w+)'"),
        r"'\1' is one word too many. Names have no spaces (first_name), and texts need quotes.",
    ),
    (
        re.compile(r"end of statement block', got '(.+)'"),
        r"'\1' is not understood here. Names have no spaces, texts need quotes, and = is for set alone.",
    ),
    (re.compile(r"escaping cannot be"), "escaping cannot be switched off. Delete this tag."),
)


def _broken_references(sources: TemplateSources, name: str, part: str, place: Place) -> Iterator[Problem]:
    there = {f"{each}.{its_part}" for each, its_part in sources.places}
    for reference in said(sources.parts[name][part]).references:
        if reference is None:
            text = "the names of partials cannot be computed. Write them out."
            yield Problem(*place.at(1), _key(part), text)
        elif _as_part(reference) not in there:
            where = place.at(_line_of(reference, sources.parts[name][part]))
            near = nearest(reference, there)
            hint = f"Did you mean '{near}'?" if near else f"Add {FOLDER}{reference}."
            yield Problem(*where, _key(part), f"there is no '{reference}'. {hint}")


def _as_part(reference: str) -> str:
    return reference.removesuffix(".txt") + ".text" if reference.endswith(".txt") else reference


def _line_of(reference: str, source: str) -> int:
    return source.count("\n", 0, max(0, source.find(reference))) + 1


def mentions(sources: TemplateSources, name: str, part: str, word: str) -> bool:
    """Whether the part, or one it builds on, names `word`."""
    return any(word in sources.parts[owner][own] for owner, own in _reached(sources, [(name, part)]))


def _closure(sources: TemplateSources, name: str) -> set[tuple[str, str]]:
    """All parts of a template, and all that they build on."""
    return _reached(sources, [(name, part) for part in sources.parts[name]]) & sources.places.keys()


def _reached(sources: TemplateSources, waiting: list[tuple[str, str]]) -> set[tuple[str, str]]:
    seen = set[tuple[str, str]]()
    while waiting:
        name, part = waiting.pop()
        if (name, part) in seen or part not in sources.parts.get(name, {}):
            continue
        seen.add((name, part))
        language = name.partition(".")[2]
        for reference in filter(None, said(sources.parts[name][part]).references):
            stem, _, its_part = _as_part(reference).rpartition(".")
            waiting += [(each, its_part) for each in translations(stem, language)]
    return seen


def needs_of(sources: TemplateSources, name: str) -> Needs:
    """Which products the template asks for, so that no others are loaded."""
    heard = [said(sources.parts[owner][part]) for owner, part in sources.closures[name]]
    names = frozenset[str]().union(*(each.names for each in heard))
    products = frozenset[str]().union(*(each.products for each in heard))
    return Needs(names & {*_WITH_PRODUCTS}, tuple(sorted(products)))
