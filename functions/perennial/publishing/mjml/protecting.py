"""Hides Jinja from the MJML compiler, and finds it again in what the compiler made.

A tag between elements or in text becomes a comment. An attribute with tags in it becomes one opaque word as a whole, and
so do tags where no comment may stand: in the title, the preheader and the styles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_
from enum import StrEnum

from perennial.publishing.mjml.pieces import Kind, Piece, closing, opens, spoiled

TOKEN = re.compile(r'<!--j(\d+)z-->|(?:j(\d+)z=""|j(\d+)z)')
_COMMENT = re.compile(r"<!--(?!\[if|<!\[endif).*?-->", re.DOTALL)
_NAME = re.compile(r"<\s*([a-zA-Z][\w-]*)")


class Where(StrEnum):
    """Where a token stands; only `TEXT` may neither be doubled nor change places."""

    TEXT = "text"
    ATTRIBUTE = "attribute"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Token:
    """source: what is put back. piece: the first tag in it, for its line."""

    where: Where
    source: str
    piece: Piece


@dataclass(slots=True)
class Protected:
    """starts: offset in `source` of each line's beginning, and where that line came from."""

    source: str = ""
    tokens: list[Token] = field(default_factory=list)
    origins: list[tuple[int, Piece]] = field(default_factory=list)

    def origin(self, offset: int) -> tuple[str, int]:
        """File and line of a place in the protected source."""
        file, line = "", 0
        for start, piece in self.origins:
            if start > offset:
                break
            line = (
                piece.line + self.source.count("\n", start, offset) if piece.kind == Kind.TEXT else piece.line
            )
            file = piece.file
        return file, line


def protect(pieces: Sequence[Piece]) -> Protected:
    """The source without Jinja. Spoiled when a tag stands where it could not be found again."""
    return _Protector(list(pieces)).run()


def tokens_in(text: str) -> list[int]:
    """The numbers of the tokens of a text, in order."""
    return [int(found[1] or found[2] or found[3]) for found in TOKEN.finditer(text)]


def restore(text: str, tokens: Sequence[Token]) -> str:
    """The text with each token replaced by what it stands for."""
    return TOKEN.sub(lambda found: tokens[int(found[1] or found[2] or found[3])].source, text)


class _Protector:
    """One pass over the pieces with the state of an HTML scanner: in text, in an element's tag, in a value."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._out: list[str] = []
        self._size = 0
        self._made = Protected()
        self._in_tag = False
        self._quote = ""
        self._value = 0  # where the value that is open began in `_out`
        self._value_tags: list[Piece] = []
        self._value_parts: list[str] = []

    def run(self) -> Protected:
        position = 0
        self._pieces = [_without_comments(piece) for piece in self._pieces]
        while position < len(self._pieces):
            piece = self._pieces[position]
            self._made.origins.append((self._size, piece))
            if piece.kind == Kind.TEXT:
                self._text(piece)
            elif self._quote:
                self._value_tags.append(piece)
                self._value_parts.append(piece.source)
            elif self._in_tag:
                position = self._bare(position)
            else:
                self._between(piece)
            position += 1
        if self._quote and self._value_tags:
            spoiled(
                self._value_tags[0], f"the value around this tag is not closed. Add {self._quote}.", "mjml"
            )
        self._made.source = "".join(self._out)
        return self._made

    def _write(self, text: str) -> None:
        self._out.append(text)
        self._size += len(text)

    def _token(self, where: Where, source: str, piece: Piece) -> int:
        self._made.tokens.append(Token(where, source, piece))
        return len(self._made.tokens) - 1

    def _between(self, piece: Piece) -> None:
        opaque = _opaque("".join(self._out))
        number = self._token(Where.HEAD if opaque else Where.TEXT, piece.source, piece)
        self._write(f"j{number}z" if opaque else f"<!--j{number}z-->")

    def _bare(self, position: int) -> int:
        """Tags among the attributes of an element, up to the end of the block they begin."""
        piece = self._pieces[position]
        element = _NAME.search("".join(self._out), "".join(self._out).rfind("<"))
        if element and element[1].startswith("mj"):
            text = f"a tag cannot stand among the attributes of <{element[1]}>. Put it inside of a value, in quotes."
            spoiled(piece, text, "mjml")
        end = closing(self._pieces, position) if opens(piece) else position
        source = "".join(each.source for each in self._pieces[position : end + 1])
        self._write(f'j{self._token(Where.ATTRIBUTE, source, piece)}z="" ')
        return end

    def _text(self, piece: Piece) -> None:
        start, source = 0, piece.source
        for index, letter in enumerate(source):
            if self._quote:
                if letter == self._quote:
                    self._end_value(source[start:index])
                    start = index
            elif self._in_tag and letter in "\"'":
                self._write(source[start : index + 1])
                self._quote, start = letter, index + 1
                self._value_tags, self._value_parts = [], []
            elif self._in_tag and letter == ">":
                self._in_tag = False
            elif letter == "<" and source[index + 1 : index + 2].isalpha():
                self._in_tag = True
        if self._quote:
            self._value_parts.append(source[start:])
        else:
            self._write(source[start:])

    def _end_value(self, last: str) -> None:
        parts = [*self._value_parts, last]
        if self._value_tags:
            source = "".join(parts)
            number = self._token(Where.ATTRIBUTE, _double_quoted(source, self._quote), self._value_tags[0])
            self._write(f"j{number}z")
        else:
            self._write(_double_quoted("".join(parts), self._quote))
        self._quote = ""


def _without_comments(piece: Piece) -> Piece:
    """HTML comments are for whoever reads the file; those that Outlook reads stay."""
    if piece.kind != Kind.TEXT or "<!--" not in piece.source:
        return piece
    return with_(piece, source=_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), piece.source))


def _double_quoted(source: str, quote: str) -> str:
    """The compiler writes every value in double quotes; those inside of tags are read by Jinja before anybody else."""
    if quote == '"' or '"' not in source:
        return source
    parts = re.split(r"(\{[{%].*?[%}]\})", source)
    return "".join(part if part[:2] in {"{{", "{%"} else part.replace('"', "&quot;") for part in parts)


def _opaque(before: str) -> bool:
    opened = max((found.start() for found in re.finditer(r"<mj-(title|preview|style)\b", before)), default=-1)
    return opened > max(before.rfind("</mj-title"), before.rfind("</mj-preview"), before.rfind("</mj-style"))
