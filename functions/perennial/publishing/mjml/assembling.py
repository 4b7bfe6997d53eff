"""Puts partials in before the compile: `extends`, `include`, and macros of `.mjml` files.

MJML makes of each element what its surroundings need, so a partial can only be compiled where it is used. A macro call
becomes the macro's own lines, inside a `{% with %}` that gives its parameters their values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_

from perennial.publishing.mjml.pieces import Kind, Piece, closing, opens, spoiled
from perennial.publishing.problems import did_you_mean, nearest

ENDING = ".mjml"
DEEPEST = 20
MOST_PIECES = 5000
_CALL = re.compile(r"([a-zA-Z_][\w.]*)\s*\((.*)\)", re.DOTALL)
_QUOTED = re.compile(r"""\s*(["'])([^"']+)\1\s*(.*)""", re.DOTALL)
_NAMED = re.compile(r"([a-zA-Z_]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)
_HOISTED = ("from", "import", "set")

Load = Callable[
    [str], "list[Piece] | None"
]  # the pieces of "partials/button.mjml", None when there is no such file


@dataclass(slots=True)
class Assembled:
    """before: tags that stand before the first element (imports of html macros, `set`)."""

    before: list[Piece] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class _Macro:
    parameters: dict[str, str | None]  # each with the source of its default
    body: Sequence[Piece]
    scope: _Scope


@dataclass(slots=True)
class _Scope:
    """What one file can call, and what stands for the `{{ caller() }}` of the macro it is in."""

    macros: dict[str, _Macro] = field(default_factory=dict)
    caller: tuple[Sequence[Piece], _Scope] | None = None


Blocks = dict[str, tuple[Sequence[Piece], "_Scope"]]


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

    def _top(self, pieces: list[Piece]) -> tuple[_Scope, list[Piece]]:
        """Takes macros and imports out of a file."""
        scope, rest, position = _Scope(), list[Piece](), 0
        depth = 0
        while position < len(pieces):
            piece = pieces[position]
            if piece.word == "macro":
                end = closing(pieces, position)
                name, macro = _macro(piece, pieces[position + 1 : end], scope)
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

    def _imported(self, piece: Piece) -> dict[str, _Macro]:
        name, tail = _reference(piece)
        scope = self._deeper(piece, lambda: iter([self._top(self._loaded(piece))[0]]))
        (there,) = scope
        if piece.word == "import":
            alias = re.fullmatch(r"as\s+(\w+)(\s+with\s+context)?", tail)
            if not alias:
                spoiled(piece, f'write {{% import "{name}" as parts %}}.', "jinja-syntax")
            return {f"{alias[1]}.{each}": macro for each, macro in there.macros.items()}
        return {
            alias: self._picked(piece, there, wanted, name) for wanted, alias in _picked_names(piece, tail)
        }

    def _picked(self, piece: Piece, there: _Scope, wanted: str, file: str) -> _Macro:
        if wanted not in there.macros:
            hint = did_you_mean(wanted, there.macros) or f" {file} has none of that name."
            spoiled(piece, f"there is no macro '{wanted}'.{hint}", "unknown-partial")
        return there.macros[wanted]

    def _blocks(self, pieces: list[Piece], scope: _Scope) -> Iterator[tuple[str, tuple[list[Piece], _Scope]]]:
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

    def _body(self, pieces: Sequence[Piece], scope: _Scope, blocks: Blocks) -> Iterator[Piece]:
        position, pieces = 0, list(pieces)
        while position < len(pieces):
            piece = pieces[position]
            self._count += 1
            if self._count > MOST_PIECES:
                spoiled(piece, f"more than {MOST_PIECES} pieces after putting the partials in.", "too-deep")
            if piece.word == "block":
                end = closing(pieces, position)
                own: tuple[Sequence[Piece], _Scope] = (pieces[position + 1 : end], scope)
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

    def _one(self, piece: Piece, scope: _Scope, blocks: Blocks) -> Iterator[Piece]:
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

    def _called(self, source: str, scope: _Scope) -> tuple[_Macro, str] | None:
        call = _CALL.fullmatch(source.strip())
        macro = scope.macros.get(call[1]) if call else None
        return (macro, call[2]) if call and macro else None

    def _expanded(
        self,
        piece: Piece,
        macro: _Macro,
        arguments: str,
        caller: tuple[Sequence[Piece], _Scope] | None,
        blocks: Blocks,
    ) -> Iterator[Piece]:
        values = _values(piece, macro, arguments)
        given = ", ".join(f"{name}={value}" for name, value in values.items())
        scope = _Scope(macro.scope.macros, caller)
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
        name, _ = _reference(piece)
        found = self._load(name)
        if found is None:
            spoiled(piece, f"there is no '{name}'. Add templates/{name}.", "unknown-partial")
        return found


def _reference(piece: Piece) -> tuple[str, str]:
    """The file a tag names, and what follows."""
    quoted = _QUOTED.fullmatch(piece.rest)
    if not quoted:
        spoiled(
            piece, "the names of partials cannot be computed. Write them out, in quotes.", "unknown-partial"
        )
    tail = quoted[3].strip()
    return quoted[2], tail.removeprefix("import").strip() if piece.word == "from" else tail


def _picked_names(piece: Piece, tail: str) -> Iterator[tuple[str, str]]:
    for part in re.sub(r"\s+with(out)?\s+context$", "", tail).split(","):
        named = re.fullmatch(r"\s*(\w+)(?:\s+as\s+(\w+))?\s*", part)
        if not named:
            spoiled(piece, 'write {% from "partials/button.mjml" import button %}.', "jinja-syntax")
        yield named[1], named[2] or named[1]


def _macro(piece: Piece, body: Sequence[Piece], scope: _Scope) -> tuple[str, _Macro]:
    signature = _CALL.fullmatch(piece.rest)
    if not signature:
        spoiled(piece, "write {% macro name(first, second=1) %}.", "jinja-syntax")
    parameters: dict[str, str | None] = {}
    for part in arguments_of(signature[2]):
        named = _NAMED.fullmatch(part)
        parameters[named[1] if named else part] = named[2] if named else None
    return signature[1], _Macro(parameters, body, scope)


def _values(piece: Piece, macro: _Macro, arguments: str) -> dict[str, str]:
    values: dict[str, str] = {}
    free = iter(macro.parameters)
    for part in arguments_of(arguments):
        named = _NAMED.fullmatch(part)
        name = named[1] if named else next(free, None)
        if name is None or name not in macro.parameters:
            known = f"It takes {', '.join(macro.parameters) or 'nothing'}."
            near = nearest(name, macro.parameters) if name else None
            spoiled(
                piece, f"this is one value too many: {part}. {f'Did you mean {near}?' if near else known}"
            )
        values[name] = named[2] if named else part
    for name, default in macro.parameters.items():
        if name not in values and default is None:
            spoiled(piece, f"the value for '{name}' is missing. It takes {', '.join(macro.parameters)}.")
        values.setdefault(name, str(default))
    return values


def arguments_of(source: str) -> list[str]:
    """The parts of a list of arguments, cut at its commas and not at those inside of them."""
    parts, depth, quote = [""], 0, ""
    for letter in source:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
