"""A template cut into text and Jinja tags, each of which knows the line it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from perennial.errors import PerennialError
from perennial.publishing.problems import Problem

_INSIDE = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?"""
_TAG = re.compile(
    rf"(?P<comment>\{{\#.*?\#\}})|\{{%[-+]?(?P<block>{_INSIDE})[-+]?%\}}|\{{\{{[-+]?(?P<shown>{_INSIDE})[-+]?\}}\}}",
    re.DOTALL,
)
_OPENING = re.compile(r"\{[{%#]")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_WORD = re.compile(r"\s*(\w+)\s*")


class Kind(StrEnum):
    """What a piece is."""

    TEXT = "text"
    BLOCK = "block"  # {% ... %}
    SHOWN = "shown"  # {{ ... }}


@dataclass(frozen=True, slots=True)
class Piece:
    """source: as written, with its braces. inside: of a tag, what stands between them."""

    kind: Kind
    source: str
    file: str
    line: int
    inside: str = ""

    @property
    def word(self) -> str:
        """The first word of a block tag: "for", "endif"; "" for whatever else."""
        found = _WORD.match(self.inside) if self.kind == Kind.BLOCK else None
        return found[1] if found else ""

    @property
    def rest(self) -> str:
        """What follows the first word of a block tag."""
        return _WORD.sub("", self.inside, count=1).strip()


class Spoiled(PerennialError):
    """A file that cannot be compiled, and the problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def spoiled(piece: Piece, text: str, rule: str = "") -> NoReturn:
    """Raises `Spoiled` at the line of a piece."""
    raise Spoiled(Problem(piece.file, piece.line, "", text, rule))


def cut(source: str, file: str, lines_before: int = 0) -> list[Piece]:
    """The pieces of a source; comments are left out. Spoiled when a tag is not closed."""
    return list(_cut(source, file, lines_before + 1))


def _cut(source: str, file: str, line: int) -> Iterator[Piece]:
    end = 0
    while opening := _OPENING.search(source, end):
        yield from _text(source[end : opening.start()], file, line)
        line += source.count("\n", end, opening.start())
        tag = _TAG.match(source, opening.start())
        if tag is None or _OPENING.search(_QUOTED.sub("", (tag["block"] or "") + (tag["shown"] or ""))):
            text = f"this {opening[0]} is not closed. Close it with {_CLOSING[opening[0]]}"
            raise Spoiled(Problem(file, line, "", f"{text}.", "jinja-syntax"))
        yield from _tag(tag, file, line)
        line += tag[0].count("\n")
        end = tag.end()
    yield from _text(source[end:], file, line)


_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}


def _text(source: str, file: str, line: int) -> Iterator[Piece]:
    if source:
        yield Piece(Kind.TEXT, source, file, line)


def _tag(tag: re.Match[str], file: str, line: int) -> Iterator[Piece]:
    if tag["block"] is not None:
        yield Piece(Kind.BLOCK, tag[0], file, line, tag["block"].strip())
    elif tag["shown"] is not None:
        yield Piece(Kind.SHOWN, tag[0], file, line, tag["shown"].strip())


def joined(pieces: Iterable[Piece]) -> str:
    """The source again."""
    return "".join(piece.source for piece in pieces)


ENDS = {"for", "if", "macro", "call", "block", "with", "filter", "set", "raw", "autoescape"}
"""Blocks that an end... tag closes; `set` only where it has no '='."""


def opens(piece: Piece) -> bool:
    """Whether a tag begins a block."""
    return piece.word in ENDS and not (piece.word == "set" and "=" in piece.rest)


def closing(pieces: list[Piece], start: int) -> int:
    """The position of the tag that ends the block beginning at `start`. Spoiled when there is none."""
    stack: list[Piece] = []
    for position in range(start, len(pieces)):
        piece = pieces[position]
        if opens(piece):
            stack.append(piece)
        elif piece.word.startswith("end"):
            if piece.word != f"end{stack[-1].word}":
                break
            stack.pop()
            if not stack:
                return position
    begun = stack[-1]
    spoiled(begun, f"this {{% {begun.word} %}} is not closed. Add {{% end{begun.word} %}}.", "jinja-syntax")
