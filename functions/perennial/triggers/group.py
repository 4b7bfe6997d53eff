"""Group: recency, frequency and money have brought a customer into another group."""

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
    """The last change of group. Key: the group and the day.

    The first group of all is no change: else everybody would be written to when the shop can tell groups for the first time.
    """
    rfm = customer.get("lifecycle", Lifecycle()).get("rfm")
    if rfm is None:
        return Nothing({"why": "the shop cannot tell groups yet"})
    facts = {"group": rfm["group"], "previous": rfm["previous"], "since": rfm["since"]}
    since = rfm["since"] if rfm["previous"] else ""
    return entered.occurrences(campaign, shop, rfm["group"], rfm["previous"], since, facts)
