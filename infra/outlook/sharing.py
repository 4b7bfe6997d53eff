"""Shares the customers out among processes, a few hundred at a time, and adds up what they find.

Memory does not grow with the number of customers: no more pieces are under way than keep the processes busy.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import datetime
from itertools import islice
from typing import Any

from perennial.customer import Customer, is_anonymous
from perennial.outlook.foreseeing import foresee
from perennial.outlook.tally import Tally
from perennial.shop import Shop, pack, unpack

PIECE = 250  # customers
Release = Mapping[str, Any]
Advance = Callable[[int], None]  # customers done

_shops: list[Shop] = []  # of this process


def foresee_all(
    customers: Iterable[Customer],
    releases: Sequence[Release],
    now: datetime,
    end: datetime,
    processes: int | None = None,
    advance: Advance = lambda done: None,
) -> list[Tally]:
    """One tally for each release. processes: 1 stays in this one; None for as many as there are processors."""
    packed = [pack(release) for release in releases]
    tallies = [Tally(zone=unpack(*each).settings.timezone) for each in packed]
    for done, found in _pieces(customers, packed, now, end, processes or os.cpu_count() or 1):
        for tally, part in zip(tallies, found, strict=True):
            tally.merge(part)
        advance(done)
    return tallies


def _pieces(
    customers: Iterable[Customer],
    packed: Sequence[tuple[str, bytes]],
    now: datetime,
    end: datetime,
    processes: int,
) -> Iterator[tuple[int, list[Tally]]]:
    pieces = _in_pieces(customers)
    first = next(pieces, [])
    if processes == 1 or len(first) < PIECE:
        _begin(packed)
        for piece in (first, *pieces) if processes == 1 else (first,):
            yield len(piece), _foresee(piece, now, end)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (packed,)) as pool:
        under_way: dict[Future[list[Tally]], int] = {pool.submit(_foresee, first, now, end): len(first)}
        for piece in pieces:
            under_way[pool.submit(_foresee, piece, now, end)] = len(piece)
            if len(under_way) >= 2 * processes:
                yield from _finished(under_way)
        while under_way:
            yield from _finished(under_way)


def _finished(under_way: dict[Future[list[Tally]], int]) -> Iterator[tuple[int, list[Tally]]]:
    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for each in done:
        yield under_way.pop(each), each.result()


def _in_pieces(customers: Iterable[Customer]) -> Iterator[list[Customer]]:
    rest = iter(customers)
    while piece := list(islice(rest, PIECE)):
        yield piece


def _begin(packed: Sequence[tuple[str, bytes]]) -> None:
    _shops[:] = [unpack(*each) for each in packed]


def _foresee(piece: Sequence[Customer], now: datetime, end: datetime) -> list[Tally]:
    tallies = []
    for shop in _shops:
        tally = Tally(zone=shop.settings.timezone)
        for customer in piece:
            if not is_anonymous(customer):
                tally.add(foresee(customer, shop, now, end))
        tallies.append(tally)
    return tallies
