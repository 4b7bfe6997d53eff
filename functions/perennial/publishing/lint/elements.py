"""Rules about single elements of a source, MJML or HTML: what mail programs need, and what they cannot show."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

from perennial.publishing.lint.support import ATTRIBUTES, ELEMENTS, STYLES
from perennial.publishing.mjml.protecting import Protected, restore
from perennial.publishing.problems import Problem
from perennial.rendering.links import host_of

_ELEMENT = re.compile(r"""<([a-zA-Z][\w:-]*)((?:"[^"]*"|'[^']*'|[^"'>])*?)/?>""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_STYLE = re.compile(r"<(mj-style|style)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_DEFAULTS = re.compile(r"<mj-attributes\b.*?</mj-attributes>", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NO_PAGE = ("mailto:", "tel:", "#")
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|\.local\b|\btest\.", re.IGNORECASE)
_WITH_LINK = frozenset({"a", "mj-button", "mj-navbar-link", "mj-social-element"})
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)


class Said(NamedTuple):
    """What a rule says of an element."""

    rule: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """attributes: with their tags put back; one without a value is there with ""."""

    name: str
    attributes: Mapping[str, str]

    @property
    def style(self) -> str:
        """Its inline style, without what tags may add to it."""
        return _TAG.sub("", self.attributes.get("style", "")).lower()


Rule = Callable[[Element, Collection[str]], Iterator[Said]]


def alt(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """Whoever sees no pictures reads this."""
    if element.name in {"img", "mj-image"} and "alt" not in element.attributes:
        yield Said(
            "img-alt", 'this picture has no alt. Add alt="what it shows", or alt="" for mere decoration.'
        )


def role(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """Screen readers would read a layout out as a table."""
    if element.name == "table" and "role" not in element.attributes:
        yield Said(
            "table-role", 'this table has no role. Add role="presentation", or role="table" to one of data.'
        )


def link(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """Where it leads, as far as it is written here."""
    href = unescape(element.attributes.get("href", "")).strip()
    if element.name not in _WITH_LINK or (
        "href" not in element.attributes and element.name == "mj-social-element"
    ):
        return
    if href in {"", "#"}:
        yield Said("empty-link", 'this link leads nowhere. Write href="https://...", or {{ shop.url }}.')
    elif not href.startswith(_NO_PAGE):
        yield from _address(href, hosts, "link")


def picture(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """Where it is fetched from."""
    for name in ("src", "background", "background-url"):
        url = unescape(element.attributes.get(name, "")).strip()
        if url and not url.startswith("{"):
            yield from _address(url, None, "picture")


def _address(url: str, hosts: Collection[str] | None, what: str) -> Iterator[Said]:
    literal = _TAG.split(url)[0] if not url.startswith("{") else ""
    if not literal:
        return
    if _LOCAL.search(literal):
        yield Said(
            "localhost",
            f"this {what} leads to a computer of yours. Write the shop's address, or {{{{ shop.url }}}}.",
        )
    elif not literal.startswith("https://"):
        yield Said("https-links", f"this {what} is no https address. Write https:// and the whole address.")
    elif hosts is not None and "/" in literal.removeprefix("https://") + ("/" if literal == url else ""):
        host = host_of(literal)
        if host not in hosts:
            shown = host or "nowhere"
            text = f"this link leads to {shown}, which is none of the hosts of shop.yaml. Correct it, or add the host there."
            yield Said("link-host", text)


def support(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """What some of the large mail programs drop or refuse."""
    if element.name in ELEMENTS:
        yield Said("client-support", *ELEMENTS[element.name])
    for name, (text, warning) in ATTRIBUTES.items():
        if name in element.attributes:
            yield Said("client-support", text, warning)
    yield from _styles(element.style)


def colour(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """Outlook on Windows shows no background picture, and then dark letters may stand on nothing."""
    has_picture = "background-url" in element.attributes or "background" in element.attributes
    has_colour = any(name in element.attributes for name in ("background-color", "bgcolor"))
    if re.search(r"background(-image)?\s*:[^;]*url\(", element.style):
        has_picture = True
        has_colour = has_colour or bool(
            re.search(r"background-color\s*:|background\s*:\s*#|background\s*:\s*rgb", element.style)
        )
    if has_picture and not has_colour and not element.name.startswith("mj-social"):
        yield Said(
            "background-colour",
            'a background picture needs a colour for programs that do not show it. Add background-color="#...".',
        )


def language(element: Element, hosts: Collection[str]) -> Iterator[Said]:
    """Screen readers choose their voice by it, and translations their direction."""
    if element.name in {"html", "mjml"}:
        missing = [name for name in ("lang", "dir") if not element.attributes.get(name)]
        if missing:
            yield Said(
                "html-lang",
                f'<{element.name}> has no {" and no ".join(missing)}. Write <{element.name} lang="en" dir="ltr">.',
            )


RULES: Sequence[Rule] = (alt, role, link, picture, support, colour, language)


def check_elements(made: Protected, hosts: Collection[str]) -> Iterator[Problem]:
    """What the rules say of each element, and of the style sheets."""
    defaults = [each.span() for each in _DEFAULTS.finditer(made.source)]
    for found in _ELEMENT.finditer(made.source):
        if any(start < found.start() < end for start, end in defaults):
            continue
        element = Element(found[1].lower(), dict(_attributes(found[2], made)))
        for rule in RULES:
            for said in rule(element, hosts):
                yield _problem(made, found.start(), said)
    for sheet in _STYLE.finditer(made.source):
        rules = _COMMENT.sub(lambda comment: " " * len(comment[0]), sheet[2])
        for said in _sheet(rules):
            yield _problem(made, sheet.start(2), said)


def _attributes(source: str, made: Protected) -> Iterator[tuple[str, str]]:
    for found in _ATTRIBUTE.finditer(source):
        value = next((each for each in found.groups()[1:] if each is not None), "")
        yield found[1].lower(), restore(value, made.tokens)


def _styles(style: str) -> Iterator[Said]:
    for pattern, text, warning in STYLES:
        if pattern.search(style):
            yield Said("client-support", text, warning)


def _sheet(rules: str) -> Iterator[Said]:
    """A style sheet is dropped as a whole by some programs, so only what cannot be meant is told."""
    for pattern, text, warning in STYLES:
        if warning is False and pattern.search(rules.lower()):
            yield Said("client-support", text, warning)


def _problem(made: Protected, offset: int, said: Said) -> Problem:
    file, line = made.origin(offset)
    return Problem(file, line, "", said.text, said.rule, said.warning)
