"""Customers shared out among processes, a hundred at a time."""

from __future__ import annotations

from infra.backtesting.replaying import Message, replay
from infra.forecasting.book import Book, Person
from infra.sharing import Advance, shared
from perennial.shop import Shop

PIECE = 100  # customers
_World = tuple[Shop, int, int]
_held: list[_World] = []  # of this process


def replay_all(
    book: Book,
    shop: Shop,
    first: int,
    last: int,
    processes: int | None = None,
    advance: Advance = lambda done: None,
) -> list[Message]:
    """What the shop's one campaign would have sent. processes: 1 stays in this one; None for one on each processor."""
    messages: list[Message] = []
    known = ((name, person) for name, person in book.people.items() if person.days[0] <= last)
    for done, found in shared(known, PIECE, _begin, (shop, first, last), _replay, processes):
        messages += found
        advance(done)
    return messages


def _begin(world: _World) -> None:
    _held[:] = [world]


def _replay(piece: list[tuple[str, Person]]) -> list[Message]:
    shop, first, last = _held[0]
    (campaign,) = shop.campaigns.values()
    return [each for name, person in piece for each in replay(name, person, shop, campaign, first, last)]
