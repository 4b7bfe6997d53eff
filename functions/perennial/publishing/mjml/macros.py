"""Macros of `.mjml` files: what a file can call, the file that a tag names, and the values that a call gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from perennial.publishing.mjml.pieces import Piece, spoiled
from perennial.publishing.problems import nearest

CALL = re.compile(r"([a-zA-Z_][\w.]*)\s*\((.*)\)", re.DOTALL)
_QUOTED = re.compile(r"""\s*(["'])([^"']+)\1\s*(.*)""", re.DOTALL)
_NAMED = re.compile(r"([a-zA-Z_]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)


@dataclass(slots=True)
class Macro:
    """parameters: by name, each with the source of its default. scope: that of the file it stands in."""

    parameters: dict[str, str | None]
    body: Sequence[Piece]
    scope: Scope


@dataclass(slots=True)
class Scope:
    """What one file can call, and what stands for the `{{ caller() }}` of the macro it is in."""

    macros: dict[str, Macro] = field(default_factory=dict)
    caller: tuple[Sequence[Piece], Scope] | None = None


def reference(piece: Piece) -> tuple[str, str]:
    """The file a tag names, and what follows."""
    quoted = _QUOTED.fullmatch(piece.rest)
    if not quoted:
        spoiled(
            piece, "the names of partials cannot be computed. Write them out, in quotes.", "unknown-partial"
        )
    tail = quoted[3].strip()
    return quoted[2], tail.removeprefix("import").strip() if piece.word == "from" else tail


def picked_names(piece: Piece, tail: str) -> Iterator[tuple[str, str]]:
    """(name there, name here) of each macro in `button, card as tile`."""
    for part in re.sub(r"\s+with(out)?\s+context$", "", tail).split(","):
        named = re.fullmatch(r"\s*(\w+)(?:\s+as\s+(\w+))?\s*", part)
        if not named:
            spoiled(piece, 'write {% from "partials/button.mjml" import button %}.', "jinja-syntax")
        yield named[1], named[2] or named[1]


def macro_of(piece: Piece, body: Sequence[Piece], scope: Scope) -> tuple[str, Macro]:
    """The name and the macro that a tag begins."""
    signature = CALL.fullmatch(piece.rest)
    if not signature:
        spoiled(piece, "write {% macro name(first, second=1) %}.", "jinja-syntax")
    parameters: dict[str, str | None] = {}
    for part in arguments_of(signature[2]):
        named = _NAMED.fullmatch(part)
        parameters[named[1] if named else part] = named[2] if named else None
    return signature[1], Macro(parameters, body, scope)


def values_of(piece: Piece, macro: Macro, arguments: str) -> dict[str, str]:
    """The source of each parameter's value. Spoiled when one is missing or too many."""
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
