"""Visit summary: a customer asked for a mail with what they looked at today."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Name
from perennial.shop import Shop
from perennial.times import moment
from perennial.triggers.occurrence import Nothing, Occurrence
from perennial.triggers.visiting import facts, last_visit

PRODUCTS_SHOWN = 10


def occurrences(
    customer: Customer, campaign: Campaign, _shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The newest request, due at once. Key: the request."""
    asked = customer.get("happened", {}).get(Name.VISIT_SUMMARY_REQUESTED)
    if asked is None:
        return Nothing({"why": "nobody asked for it"})
    visit = last_visit(customer, until=asked["at"])
    if not visit:
        return Nothing({"why": "nothing was looked at", "requested_at": asked["at"]})
    return [
        Occurrence(
            key=asked["id"],
            subject="",
            since=asked["at"],
            moment=moment(asked["at"]),
            facts={"requested_at": asked["at"], "visit": visit[0].at, **facts(visit, PRODUCTS_SHOWN)},
        )
    ]
