"""Event: the customer did something that the shop has a name for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The last time it happened, due `after` it. Key: the event's id; of names seen too often to keep ids, its time."""
    name: str = campaign.trigger["name"]
    told = _newest(customer, name)
    if told is None:
        return Nothing({"why": "it did not happen, or too much has happened since", "event": name})
    return [
        Occurrence(
            key=told["id"],
            subject="",
            since=told["at"],
            moment=after(moment(told["at"]), campaign.trigger["after"], shop.settings.timezone),
            facts={"event": name, "at": told["at"], "details": told["details"]},
        )
    ]


def _newest(customer: Customer, name: str) -> dict[str, Any] | None:
    known = [
        happening for key, happening in customer.get("happened", {}).items() if key.partition(":")[0] == name
    ]
    at = customer["seen"].get(name)
    if known:
        newest = max(known, key=lambda each: (each["at"], each["id"]))
        return {"id": newest["id"], "at": newest["at"], "details": newest.get("details", {})}
    return {"id": f"{name}:{at}", "at": at, "details": {}} if at else None
