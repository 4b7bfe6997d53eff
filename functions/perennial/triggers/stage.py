"""Stage: a customer has come to a stage of their life with the shop, or left it."""

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
    """The last change of stage. Key: the stage and the day of the fact that led there."""
    stage = customer.get("lifecycle", Lifecycle()).get("stage")
    if stage is None:
        return Nothing({"why": "nobody has looked at them yet"})
    facts = {"stage": stage["name"], "previous": stage["previous"], "since": stage["since"]}
    return entered.occurrences(campaign, shop, stage["name"], stage["previous"], stage["since"], facts)
