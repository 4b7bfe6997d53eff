"""A mail's HTML as plain text, for templates that have no `.txt`: paragraphs, lists, and each link behind its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"head", "script", "style", "title"})
_OWN_LINES = frozenset(
    "address article blockquote div dl dt dd figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section "
    "table tbody td th tr ul".split()
)
_PARAGRAPHS = frozenset("h1 h2 h3 h4 h5 h6 p ul ol blockquote".split())
_VOID = frozenset({"br", "img", "hr", "meta", "link", "input", "wbr", "col"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_FILLERS = re.compile("[\u034f\u00ad\u200b-\u200f\u2060\ufeff]+")
_BREAKS = re.compile(r"\n{3,}")


def plain_text(html: str) -> str:
    """The words of the mail, without what it hides, such as the preheader."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent: list[str] = []  # the silent element, and all that is open in it
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        lines = "".join(self._parts).split("\n")
        tidy = "\n".join(" ".join(_FILLERS.sub("", line).split()) for line in lines)
        return _BREAKS.sub("\n\n", tidy).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._silent or tag in _SILENT or _HIDDEN.search(given.get("style") or ""):
            if tag not in _VOID:
                self._silent.append(tag)
            return
        self._break(tag)
        if tag == "li":
            self._parts.append("- ")
        elif tag == "img" and given.get("alt"):
            self._parts.append(f" {given['alt']} ")
        elif tag == "a" and given.get("href"):
            self._link = (given["href"] or "", len(self._parts))

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[len(self._silent) - 1 - self._silent[::-1].index(tag) :]
            return
        if tag == "a" and self._link:
            self._close_link(*self._link)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if tag == "br" or tag in _OWN_LINES:
            self._parts.append("\n\n" if tag in _PARAGRAPHS else "\n")

    def _close_link(self, url: str, start: int) -> None:
        words = " ".join("".join(self._parts[start:]).split())
        url = url.removeprefix("mailto:").removeprefix("tel:")
        if url and url not in words and not url.startswith("#"):
            self._parts.append(f": {url} " if words else f" {url} ")
        self._link = None
