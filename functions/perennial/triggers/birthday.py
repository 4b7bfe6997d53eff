"""Birthday: a present on the day, or some days before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.deciding.look import zone_for
from perennial.shop import Shop
from perennial.times import stamp
from perennial.triggers import yearly
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, now: datetime
) -> list[Occurrence] | Nothing:
    """This year's and the next one's, at that time of day where the customer lives. Key: the year."""
    told = customer["traits"].get("birthday")
    if told is None:
        return Nothing({"why": "the birthday is not known"})
    born, before = date.fromisoformat(told), timedelta(days=campaign.trigger["before"].days)
    return [
        Occurrence(
            key=str(year),
            subject="",
            since=stamp(at),
            moment=at,
            facts={"year": year, "day": yearly.on(born, year).isoformat()},
        )
        for year, at in yearly.next_two(born, before, campaign, zone_for(customer, shop).key, now)
    ]
