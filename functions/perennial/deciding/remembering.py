"""What follows from one document is worked out once while it is decided about, however many campaigns ask.

A shop has dozens of campaigns and most of them ask the same of a customer: the orders that count, what was bought when, the
gaps between. Derivations stay plain functions of the document; those marked here keep their answer while somebody
`remembering` that very document has promised not to change what they read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar, Token
from functools import wraps
from typing import Any, TypeVar

from perennial.customer import Customer

_Answer = TypeVar("_Answer")
_Memory = tuple[Customer, dict[Any, Any]]  # a document, and what follows from it by the derivation
_memory: ContextVar[_Memory | None] = ContextVar("memory", default=None)


class remembering:  # noqa: N801 - used as a statement: `with remembering(customer):`
    """While this block lasts neither orders nor carts of the document change. A block inside it remembers the same."""

    __slots__ = ("_customer", "_token")

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._token: Token[_Memory | None] | None = None

    def __enter__(self) -> None:
        held = _memory.get()
        if held is None or held[0] is not self._customer:
            self._token = _memory.set((self._customer, {}))

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _memory.reset(self._token)


def remembered(derive: Callable[[Customer], _Answer]) -> Callable[[Customer], _Answer]:
    """A derivation whose answer is kept while its document is remembered. Nobody may change the answer."""

    @wraps(derive)
    def once(customer: Customer) -> _Answer:
        memory = _memory.get()
        if memory is None or memory[0] is not customer:
            return derive(customer)
        held = memory[1]
        try:
            answer: _Answer = held[derive]
        except KeyError:
            answer = held[derive] = derive(customer)
        return answer

    return once


def recalled(customer: Customer, key: Hashable, make: Callable[[], _Answer]) -> _Answer:
    """The same for what follows from the document and something else, which `key` names as long as the block lasts."""
    memory = _memory.get()
    if memory is None or memory[0] is not customer:
        return make()
    held = memory[1]
    if key not in held:
        held[key] = make()
    found: _Answer = held[key]
    return found
