"""Segment: a customer has come into a segment of shop.yaml, or left it."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.insight.standing import Lifecycle
from perennial.shop import Shop
from perennial.triggers import entered
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The last time they came in, or left. Key: the segment and the day."""
    name = campaign.trigger["enters"] or campaign.trigger["leaves"]
    held = customer.get("lifecycle", Lifecycle()).get("segments", {}).get(name)
    if held is None:
        return Nothing({"why": "nobody has looked at them yet", "segment": name})
    facts = {"segment": name, "inside": held["inside"], "since": held["since"]}
    here, before = (name, "") if held["inside"] else ("", name)
    return entered.occurrences(campaign, shop, here, before, held["since"], facts)
