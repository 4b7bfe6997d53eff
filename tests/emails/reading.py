"""Reads a mail's html as a mail program would: elements, and the colours and sizes in which each text stands.

It knows the selectors that the layout uses: element and class names, side by side, below each other, as children. What a
browser makes of it all, `make screenshots` measures; this is the part of it that every run of the tests can afford.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "img", "meta", "hr", "input", "link"})
_HIDDEN = frozenset({"style", "title", "head", "script"})
_INHERITED = ("color", "background", "font-size", "display")
_FOR_OUTLOOK = re.compile(r"<!--\[if [^\]]*\]>.*?<!\[endif\]-->", re.DOTALL)
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{((?:[^{}]*\{[^}]*\})*)\s*\}", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
_IMPORTANT = re.compile(r"\s*!important")

Rule = tuple[str, dict[str, str]]


@dataclass
class Element:
    """One element; `style` holds what applies to its text, inherited values included."""

    tag: str
    attributes: dict[str, str]
    style: dict[str, str] = field(default_factory=dict)


@dataclass
class Text:
    """Visible words and how they look."""

    words: str
    style: dict[str, str]


class Page(HTMLParser):
    """A parsed mail, without what only Outlook reads. dark: as shown where the reader prefers dark colours."""

    def __init__(self, html: str, *, dark: bool = False) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[Text] = []
        self._open: list[Element] = []
        found = _DARK.search(html)
        self._rules = list(_rules(found[1])) if dark and found else []
        self.feed(_FOR_OUTLOOK.sub("", html))

    def of(self, tag: str) -> list[Element]:
        """All elements of a tag, in order."""
        return [element for element in self.elements if element.tag == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        inherited = self._open[-1].style if self._open else {"color": "#000000", "background": "#ffffff"}
        element.style = {key: inherited[key] for key in _INHERITED if key in inherited}
        self._open.append(element)
        element.style |= _declarations(element.attributes.get("style", "")) | self._dark_style()
        self.elements.append(element)
        if tag in _VOID:
            self._open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and not any(element.tag in _HIDDEN for element in self._open):
            self.texts.append(Text(data.strip(), self._open[-1].style))

    def _dark_style(self) -> dict[str, str]:
        style: dict[str, str] = {}
        for selector, declared in self._rules:
            if _matches(selector.replace(">", " > ").split(), self._open):
                style |= declared
        return style


def _rules(source: str) -> list[Rule]:
    """Only what is important: everything else gives way to the styles that stand beside the elements."""
    return [
        (selector.strip(), _declarations(body))
        for selectors, body in _RULE.findall(source)
        if "!important" in body
        for selector in selectors.split(",")
    ]


def _matches(selector: list[str], path: list[Element]) -> bool:
    """Whether the last element of the path is meant. selector: [".card", ">", "table"]."""
    if not path or not _is(path[-1], selector[-1]):
        return False
    rest = selector[:-1]
    if not rest:
        return True
    if rest[-1] == ">":
        return _matches(rest[:-1], path[:-1])
    return any(_matches(rest, path[:end]) for end in range(1, len(path)))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb) as WCAG counts it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if ":" in part)
    declared = {key.strip(): _IMPORTANT.sub("", value).strip() for key, _, value in pairs}
    if "background-color" in declared:
        declared["background"] = declared.pop("background-color")
    return declared


def _is(element: Element, simple: str) -> bool:
    if simple.startswith("."):
        return simple[1:] in element.attributes.get("class", "").split()
    return element.tag == simple
