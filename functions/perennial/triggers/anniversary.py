"""Anniversary: so many years ago they ordered for the first time."""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.deciding.look import zone_for
from perennial.folding import orders
from perennial.shop import Shop
from perennial.times import moment, stamp
from perennial.triggers import yearly
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, now: datetime
) -> list[Occurrence] | Nothing:
    """This year's and the next one's. Key: the year."""
    placed = orders.first_and_last(customer)
    if placed is None:
        return Nothing({"why": "never ordered"})
    zone = zone_for(customer, shop)
    first = moment(placed[0]).astimezone(zone).date()
    coming = yearly.next_two(first, timedelta(), campaign, zone.key, now)
    return [
        Occurrence(
            key=str(year),
            subject="",
            since=stamp(at),
            moment=at,
            facts={"years": year - first.year, "first_order_at": placed[0]},
        )
        for year, at in coming
        if year > first.year
    ]
