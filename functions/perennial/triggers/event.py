"""Event: the customer did something that the shop has a name for."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The last time it happened, due `after` it. Key: the event's name and that time, for no older one is remembered."""
    name: str = campaign.trigger["name"]
    at = customer["seen"].get(name)
    if at is None:
        return Nothing({"why": "it did not happen, or too much has happened since", "event": name})
    return [
        Occurrence(
            key=f"{name}:{at}",
            subject="",
            since=at,
            moment=after(moment(at), campaign.trigger["after"], shop.settings.timezone),
            facts={"event": name, "at": at},
        )
    ]
