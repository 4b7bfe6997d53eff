"""Puts partials in before the compile: `extends`, `include`, and macros of `.mjml` files.

MJML makes of each element what its surroundings need, so a partial can only be compiled where it is used. A macro call
becomes the macro's own lines, inside a `{% with %}` that gives its parameters their values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_

from perennial.publishing.mjml.macros import CALL, Macro, Scope, macro_of, picked_names, reference, values_of
from perennial.publishing.mjml.pieces import Kind, Piece, closing, opens, spoiled
from perennial.publishing.problems import did_you_mean

ENDING = ".mjml"
DEEPEST = 20
MOST_PIECES = 5000
_HOISTED = ("from", "import", "set")

Load = Callable[
    [str], "list[Piece] | None"
]  # the pieces of "partials/button.mjml", None when there is no such file


@dataclass(slots=True)
class Assembled:
    """before: tags that stand before the first element (imports of html macros, `set`)."""

    before: list[Piece] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


Blocks = dict[str, tuple[Sequence[Piece], "Scope"]]


def assemble(pieces: Sequence[Piece], load: Load) -> Assembled:
    """One flat template without references to other `.mjml` files. Spoiled at the line that cannot be followed."""
    return _Assembler(load).run(pieces)


class _Assembler:
    def __init__(self, load: Load) -> None:
        self._load = load
        self._before: list[Piece] = []
        self._depth = 0
        self._count = 0

    def run(self, pieces: Sequence[Piece]) -> Assembled:
        flat = list(self._file(pieces, {}))
        return Assembled(self._before, flat)

    def _file(self, pieces: Sequence[Piece], blocks: Blocks) -> Iterator[Piece]:
        """A whole file: what it extends with its blocks filled in, or itself. blocks: those of the files that extend it."""
        scope, rest = self._top(list(pieces))
        parent = next((piece for piece in rest if piece.word == "extends"), None)
        if parent is None:
            yield from self._body(rest, scope, blocks)
            return
        own = dict(self._blocks(rest, scope))
        yield from self._deeper(parent, lambda: self._file(self._loaded(parent), {**own, **blocks}))

    def _top(self, pieces: list[Piece]) -> tuple[Scope, list[Piece]]:
        """Takes macros and imports out of a file."""
        scope, rest, position = Scope(), list[Piece](), 0
        depth = 0
        while position < len(pieces):
            piece = pieces[position]
            if piece.word == "macro":
                end = closing(pieces, position)
                name, macro = macro_of(piece, pieces[position + 1 : end], scope)
                scope.macros[name] = macro
                position = end + 1
                continue
            depth += opens(piece) - piece.word.startswith("end")
            if piece.word in {"from", "import"} and ENDING in piece.rest:
                scope.macros |= self._imported(piece)
            elif piece.word in _HOISTED and depth == 0:
                self._before.append(piece)
            else:
                rest.append(piece)
            position += 1
        return scope, rest

    def _imported(self, piece: Piece) -> dict[str, Macro]:
        name, tail = reference(piece)
        scope = self._deeper(piece, lambda: iter([self._top(self._loaded(piece))[0]]))
        (there,) = scope
        if piece.word == "import":
            alias = re.fullmatch(r"as\s+(\w+)(\s+with\s+context)?", tail)
            if not alias:
                spoiled(piece, f'write {{% import "{name}" as parts %}}.', "jinja-syntax")
            return {f"{alias[1]}.{each}": macro for each, macro in there.macros.items()}
        return {
            alias: self._picked(piece, there, wanted, name) for wanted, alias in picked_names(piece, tail)
        }

    def _picked(self, piece: Piece, there: Scope, wanted: str, file: str) -> Macro:
        if wanted not in there.macros:
            hint = did_you_mean(wanted, there.macros) or f" {file} has none of that name."
            spoiled(piece, f"there is no macro '{wanted}'.{hint}", "unknown-partial")
        return there.macros[wanted]

    def _blocks(self, pieces: list[Piece], scope: Scope) -> Iterator[tuple[str, tuple[list[Piece], Scope]]]:
        position = 0
        while position < len(pieces):
            piece = pieces[position]
            if piece.word == "block":
                end = closing(pieces, position)
                yield piece.rest.split()[0], (pieces[position + 1 : end], scope)
                position = end
            elif (piece.kind == Kind.TEXT and piece.source.strip()) or piece.kind == Kind.SHOWN:
                blank = len(piece.source) - len(piece.source.lstrip())
                line = piece.line + piece.source.count("\n", 0, blank)
                text = "this stands outside of any {% block %} and would never be seen. Move it into one."
                spoiled(with_(piece, line=line), text, "outside-block")
            position += 1

    def _body(self, pieces: Sequence[Piece], scope: Scope, blocks: Blocks) -> Iterator[Piece]:
        position, pieces = 0, list(pieces)
        while position < len(pieces):
            piece = pieces[position]
            self._count += 1
            if self._count > MOST_PIECES:
                spoiled(piece, f"more than {MOST_PIECES} pieces after putting the partials in.", "too-deep")
            if piece.word == "block":
                end = closing(pieces, position)
                own: tuple[Sequence[Piece], Scope] = (pieces[position + 1 : end], scope)
                filled, its_scope = blocks.get(piece.rest.split()[0], own)
                yield from self._deeper(piece, lambda f=filled, s=its_scope: self._body(f, s, blocks))  # type: ignore[misc]
                position = end + 1
                continue
            if piece.word == "call" and (called := self._called(piece.rest, scope)):
                end = closing(pieces, position)
                caller = (pieces[position + 1 : end], scope)
                yield from self._expanded(piece, *called, caller, blocks)
                position = end + 1
                continue
            yield from self._one(piece, scope, blocks)
            position += 1

    def _one(self, piece: Piece, scope: Scope, blocks: Blocks) -> Iterator[Piece]:
        if piece.word == "include" and ENDING in piece.rest:
            yield from self._deeper(piece, lambda: self._file(self._loaded(piece), blocks))
        elif piece.kind == Kind.SHOWN and piece.inside.replace(" ", "") == "caller()" and scope.caller:
            body, its_scope = scope.caller
            yield from self._deeper(piece, lambda: self._body(body, its_scope, blocks))
        elif piece.kind == Kind.SHOWN and (called := self._called(piece.inside, scope)):
            yield from self._expanded(piece, *called, None, blocks)
        elif piece.kind == Kind.SHOWN and piece.inside.replace(" ", "") == "super()":
            spoiled(piece, "super() is not possible in .mjml files. Write the lines out.", "jinja-syntax")
        else:
            yield piece

    def _called(self, source: str, scope: Scope) -> tuple[Macro, str] | None:
        call = CALL.fullmatch(source.strip())
        macro = scope.macros.get(call[1]) if call else None
        return (macro, call[2]) if call and macro else None

    def _expanded(
        self,
        piece: Piece,
        macro: Macro,
        arguments: str,
        caller: tuple[Sequence[Piece], Scope] | None,
        blocks: Blocks,
    ) -> Iterator[Piece]:
        values = values_of(piece, macro, arguments)
        given = ", ".join(f"{name}={value}" for name, value in values.items())
        scope = Scope(macro.scope.macros, caller)
        if given:
            yield with_(piece, kind=Kind.BLOCK, source=f"{{% with {given} %}}", inside=f"with {given}")
        yield from self._deeper(piece, lambda: self._body(macro.body, scope, blocks))
        if given:
            yield with_(piece, kind=Kind.BLOCK, source="{% endwith %}", inside="endwith")

    def _deeper(self, piece: Piece, make: Callable[[], Iterator[object]]) -> Iterator:  # type: ignore[type-arg]
        self._depth += 1
        if self._depth > DEEPEST:
            spoiled(piece, "partials that use each other never end. Break the circle.", "too-deep")
        yield from make()
        self._depth -= 1

    def _loaded(self, piece: Piece) -> list[Piece]:
        name, _ = reference(piece)
        found = self._load(name)
        if found is None:
            spoiled(piece, f"there is no '{name}'. Add templates/{name}.", "unknown-partial")
        return found
