"""Which MJML elements there are, where each may stand, and whether a document is put together of them properly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perennial.publishing.mjml.protecting import Protected
from perennial.publishing.problems import Problem, did_you_mean, known_are, one_of

_IN_COLUMN = (
    "mj-text mj-button mj-image mj-divider mj-spacer mj-table mj-raw mj-social mj-navbar mj-accordion".split()
)
_IN_BODY = ["mj-section", "mj-wrapper", "mj-hero", "mj-raw"]
CHILDREN: dict[str, list[str]] = {
    "": ["mjml"],
    "mjml": ["mj-head", "mj-body"],
    "mj-head": "mj-title mj-preview mj-attributes mj-style mj-font mj-breakpoint mj-raw".split(),
    "mj-attributes": ["mj-all", "mj-class", "mj-section", "mj-wrapper", "mj-hero", "mj-column", *_IN_COLUMN],
    "mj-body": _IN_BODY,
    "mj-wrapper": ["mj-section", "mj-raw"],
    "mj-section": ["mj-column", "mj-group", "mj-raw"],
    "mj-group": ["mj-column", "mj-raw"],
    "mj-column": _IN_COLUMN,
    "mj-hero": _IN_COLUMN,
    "mj-social": ["mj-social-element"],
    "mj-navbar": ["mj-navbar-link"],
    "mj-accordion": ["mj-accordion-element"],
    "mj-accordion-element": ["mj-accordion-title", "mj-accordion-text"],
}
KNOWN = frozenset(name for names in CHILDREN.values() for name in names)
_WITH_HTML = frozenset(
    "mj-text mj-button mj-table mj-raw mj-social-element mj-navbar-link mj-accordion-title mj-accordion-text".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNKNOWN = "there is no MJML element"
_OPAQUE = frozenset({"mj-style", "mj-title", "mj-preview"})
_ELEMENT = re.compile(r"""<(/?)([a-zA-Z][\w:-]*)((?:"[^"]*"|'[^']*'|[^"'>])*?)(/?)>|<!--.*?-->""", re.DOTALL)


def structure(made: Protected) -> list[Problem]:
    """What is wrong with how elements stand inside each other; where one is not closed, that alone."""
    stack: list[tuple[str, int]] = []
    found: list[Problem] = []
    end = 0
    for element in _ELEMENT.finditer(made.source):
        inside = stack[-1][0] if stack else ""
        if inside in _OPAQUE and element[2] != inside:
            continue
        found += _stray_text(made, end, element.start(), inside)
        end = element.end()
        name = (element[2] or "").lower()
        if element[1]:
            if problem := _closed(made, element.start(), name, stack):
                return [each for each in found if each.text.startswith(_UNKNOWN)] or [problem]
        elif name:
            found += _placed(made, element.start(), name, inside)
            if not element[4] and name not in _VOID:
                stack.append((name, element.start()))
    return [_not_closed(made, *stack[-1])] if stack else found


def _closed(made: Protected, start: int, name: str, stack: list[tuple[str, int]]) -> Problem | None:
    if stack and stack[-1][0] == name:
        stack.pop()
        return None
    if name in {each for each, _ in stack}:
        return _not_closed(made, *stack[-1])
    return _at(made, start, f"</{name}> closes nothing here. Delete it, or add <{name}> before.")


def _not_closed(made: Protected, name: str, start: int) -> Problem:
    return _at(made, start, f"<{name}> is not closed. Add </{name}>.")


def _placed(made: Protected, start: int, name: str, inside: str) -> Iterator[Problem]:
    if name.startswith("mj") and name not in KNOWN:
        hint = did_you_mean(name, sorted(KNOWN)) or known_are(sorted(KNOWN))
        yield _at(made, start, f"{_UNKNOWN} <{name}>.{hint}")
    elif name in KNOWN and inside in CHILDREN and name not in CHILDREN[inside]:
        where = sorted(parent or "the file" for parent, names in CHILDREN.items() if name in names)
        place = f"inside <{inside}>" if inside else "at the top"
        yield _at(made, start, f"<{name}> cannot stand {place}. It goes into {one_of(where)}.")
    elif name in KNOWN and inside not in CHILDREN:
        yield _at(made, start, f"<{name}> cannot stand inside <{inside}>. Close <{inside}> first.")
    elif name not in KNOWN and inside in CHILDREN:
        yield _at(
            made, start, f"<{name}> is HTML and stands here among MJML. Put it into <mj-text> or <mj-raw>."
        )


def _stray_text(made: Protected, start: int, end: int, inside: str) -> Iterator[Problem]:
    text = made.source[start:end]
    if inside and inside in CHILDREN and (word := text.strip()):
        place = start + text.index(word[0])
        yield _at(made, place, f"text cannot stand right inside <{inside}>. Put it into <mj-text>.")


def _at(made: Protected, offset: int, text: str) -> Problem:
    file, line = made.origin(offset)
    return Problem(file, line, "", text, "mjml")
