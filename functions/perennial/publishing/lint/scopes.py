"""What is known of the values of a template: which names there are, and what stands below them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from perennial.rendering import schema

LOOP = (
    "index",
    "index0",
    "revindex",
    "revindex0",
    "first",
    "last",
    "length",
    "previtem",
    "nextitem",
    "cycle",
    "changed",
)


class Known(NamedTuple):
    """path: as a marketer writes it ("customer.first_name"). fields: what stands below it, None for whatever there may be.

    each: what a list holds one of, by the name of its shape ("item", "line"). is_money: it is printed with `money` only.
    """

    path: str = ""
    fields: Collection[str] | None = None
    each: str = ""
    is_money: bool = False


ANY = Known()
_SHAPES: Mapping[str, Known] = {"item": Known("item", schema.ITEM), "line": Known("item", schema.LINE)}
_MONEY = frozenset(
    {"item.price", "cart.total", "order.total", "customer.total_spent", "offer.minimum_spend"}
    | {f"event.{name}" for name in ("total", "price", "was")}
)


@dataclass(frozen=True, slots=True)
class Usage:
    """Who sends a template. facts: of its triggers, None when that is not known. sure: paths that are never empty there."""

    kinds: frozenset[str] = frozenset()
    facts: frozenset[str] | None = None
    maybe: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()


@dataclass(slots=True)
class Scope:
    """Names by nesting: those of loops and macros hide the global ones."""

    names: dict[str, Known]
    is_partial: bool = False
    guarded: frozenset[str] = field(default=frozenset())

    def inside(self, **more: Known) -> Scope:
        """The scope of a block, with names of its own."""
        return Scope({**self.names, **more}, self.is_partial, self.guarded)

    def guarding(self, paths: Iterable[str]) -> Scope:
        """Where these paths are known not to be empty."""
        return Scope(self.names, self.is_partial, self.guarded | frozenset(paths))


def names_for(part: str, usage: Usage) -> dict[str, Known]:
    """The global names of a part of a template."""
    names = {name: Known(name, fields) for name, fields in schema.OBJECTS.items()}
    names["event"] = Known("event", usage.facts)
    names |= {name: Known(name, each="item") for name in schema.LISTS}
    names |= dict.fromkeys((*schema.LINKS, *schema.WORDS, *schema.FUNCTIONS), ANY)
    if part in {"html", "text"}:
        names |= dict.fromkeys(schema.IN_BODY, ANY)
    return names


def below(known: Known, name: str) -> Known:
    """What a field of something is."""
    path = f"{known.path}.{name}" if known.path else ""
    if known.path in schema.LINES and name == "items":
        return Known(path, each="line")
    if path in _MONEY:
        return Known(path, schema.MONEY, is_money=True)
    return Known(path)


def one_of(known: Known) -> Known:
    """An element of a list."""
    return _SHAPES.get(known.each, ANY)
