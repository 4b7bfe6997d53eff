"""Loyalty: tiers by what a customer spent within twelve months, and points. From `loyalty.yaml`; pure.

Counted are whole months: an order counts to the end of the month in which it is a year old. So an order that leaves the
open window counts on to the cent, and nobody loses a tier in the middle of a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perennial.customer import Customer
from perennial.folding import orders
from perennial.insight.standing import Tiered
from perennial.money import exponent
from perennial.times import stamp


@dataclass(frozen=True, slots=True)
class Tier:
    """title: as customers read it. least: what must have been spent, in minor units of the shop's currency."""

    name: str
    title: str
    least: int


@dataclass(frozen=True, slots=True)
class Loyalty:
    """tiers: the lowest first. points: for each whole unit of the shop's currency, 0 for none."""

    tiers: tuple[Tier, ...] = ()
    points: int = 0

    def rank(self, name: str) -> int:
        """The place of a tier, counted from 0; -1 for none, and for one that is not there any more."""
        return next((place for place, tier in enumerate(self.tiers) if tier.name == name), -1)

    def title(self, name: str) -> str:
        """What customers read; "" for none."""
        return next((tier.title for tier in self.tiers if tier.name == name), "")


def loyalty_from(data: Mapping[str, Any] | None) -> Loyalty | None:
    """Of a release; None where the shop has none."""
    if not data:
        return None
    return Loyalty(tuple(Tier(**tier) for tier in data["tiers"]), data["points"])


def since_month(now: datetime) -> str:
    """The first month that counts, as in "2025-11"."""
    return f"{now.year - 1:04}-{now.month:02}"


def tiered(
    customer: Customer, loyalty: Loyalty, currency: str, now: datetime, held: Tiered | None
) -> Tiered | None:
    """Where the customer stands now; None while there is nothing to say. held: what was said last.

    since: when the order was placed by which a tier was reached; of one that was lost, when that was noticed.
    """
    month = since_month(now)
    spent = orders.spent_since(customer, currency, month)
    reached = [tier for tier in loyalty.tiers if tier.least <= spent]
    name = reached[-1].name if reached else ""
    if held is None and not spent:
        return None
    found = Tiered(name=name, since="", previous="", spent=spent)
    if loyalty.points:
        found["points"] = loyalty.points * (spent // 10 ** exponent(currency))
    before = held["name"] if held else ""
    if held and before == name:
        found["since"], found["previous"] = held["since"], held["previous"]
        return found
    found["previous"] = before
    if loyalty.rank(name) > loyalty.rank(before):
        found["since"] = orders.reached(customer, currency, month, reached[-1].least)
    else:
        found["since"] = stamp(now) if held else ""
    return found
