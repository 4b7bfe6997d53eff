"""Referral invitation: a customer who has ordered again may know somebody who would like the shop."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.insight import referrals
from perennial.shop import Shop
from perennial.triggers import milestone
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """After that many orders, with the customer's code and link. Key: "invitation" and the day of the order."""
    code = referrals.code_of(customer["id"])
    facts = {"referral": {"code": code, "url": referrals.link(shop.settings, code)}}
    return milestone.occurrences("invitation", customer, campaign, shop, facts)
