"""Shares the customers out among processes, a few hundred at a time, and adds up what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from infra.sharing import Advance, shared
from perennial.customer import Customer, is_anonymous
from perennial.outlook.foreseeing import foresee
from perennial.outlook.tally import Tally
from perennial.shop import Shop, pack, unpack

PIECE = 250  # customers
Release = Mapping[str, Any]
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
    work = partial(_foresee, now=now, end=end)
    for done, found in shared(customers, PIECE, _begin, packed, work, processes):
        for tally, part in zip(tallies, found, strict=True):
            tally.merge(part)
        advance(done)
    return tallies


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
