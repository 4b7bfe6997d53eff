"""Pools of unique codes: what goes back into them, and which of them run low."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from perennial.customer import Customer, copied
from perennial.messaging.offers import Coupon
from perennial.ports.data import Coupons
from perennial.ports.world import World
from perennial.times import stamp


class Pool(NamedTuple):
    """What is left of a pool. coupons: the offers that take from it."""

    name: str
    free: int
    low_at: int
    coupons: tuple[str, ...]

    @property
    def is_low(self) -> bool:
        """There is still time to fill it, or there is not."""
        return self.free < self.low_at


def pools(offers: Mapping[str, Coupon], coupons: Coupons, *, exactly: bool = False) -> list[Pool]:
    """The pools that the shop's offers take from, by name. exactly: count all free codes, not only up to `low_at`."""
    takers: dict[str, list[Coupon]] = {}
    for each in offers.values():
        if each.pool:
            takers.setdefault(each.pool, []).append(each)
    found = []
    for name, theirs in sorted(takers.items()):
        low_at = max(each.low_at for each in theirs)
        free = coupons.free(name, None if exactly else low_at)
        found.append(Pool(name, free, low_at, tuple(sorted(each.name for each in theirs))))
    return found


def take_back(world: World, customer: Customer, now: datetime) -> Customer:
    """Give the codes back that are to be by now; the document as it is stored then. Conflict as of any put.

    First the pool, then the document: a crash in between repeats it, and releasing again changes nothing.
    """
    due = [each for each in customer.get("returned", ()) if each["look_at"] <= stamp(now)]
    if not due:
        return customer
    for each in due:
        world.coupons.release(each["pool"], each["code"], each["message"])
    draft = copied(customer)
    draft["returned"] = [each for each in draft["returned"] if each not in due]
    if not draft["returned"]:
        del draft["returned"]
    return world.documents.save(draft)
