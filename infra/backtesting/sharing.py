"""Customers shared out among processes, a hundred at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

from infra.backtesting.replaying import Message, replay
from infra.forecasting.book import Book, Person
from perennial.shop import Shop

PIECE = 100  # customers
_World = tuple[Shop, int, int]
_Piece = list[tuple[str, Person]]
_held: list[_World] = []  # of this process


def replay_all(
    book: Book,
    shop: Shop,
    first: int,
    last: int,
    processes: int | None = None,
    advance: Callable[[int], None] = lambda done: None,
) -> list[Message]:
    """What the shop's one campaign would have sent. processes: 1 stays in this one; None for one on each processor."""
    messages: list[Message] = []
    known = {name: person for name, person in book.people.items() if person.days[0] <= last}
    world = (shop, first, last)
    pieces = list(_in_pieces(known))
    processes = min(processes or os.cpu_count() or 1, len(pieces))
    for piece, found in zip(pieces, _replayed(pieces, world, processes), strict=True):
        messages += found
        advance(len(piece))
    return messages


def _replayed(pieces: list[_Piece], world: _World, processes: int) -> Iterator[list[Message]]:
    if processes <= 1:
        _begin(world)
        yield from map(_replay, pieces)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (world,)) as pool:
        yield from pool.map(_replay, pieces)


def _in_pieces(known: dict[str, Person]) -> Iterator[_Piece]:
    rest = iter(known.items())
    while piece := list(islice(rest, PIECE)):
        yield piece


def _begin(world: _World) -> None:
    _held[:] = [world]


def _replay(piece: _Piece) -> list[Message]:
    shop, first, last = _held[0]
    (campaign,) = shop.campaigns.values()
    return [each for name, person in piece for each in replay(name, person, shop, campaign, first, last)]
