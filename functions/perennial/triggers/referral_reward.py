"""Referral reward: a friend's first order is past the refund window, and stands."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Name
from perennial.folding.happenings import Happening, of_each
from perennial.insight import referrals
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One for each friend, due `after` the window ended. Key, and subject: the event. A browser's word is none."""
    told = sorted(
        of_each(customer.get("happened", {}), Name.CUSTOMER_REFERRED),
        key=lambda each: (each["at"], each["id"]),
    )
    if not told:
        return Nothing({"why": "no friend has ordered yet"})
    return [_occurrence(each, customer, campaign, shop) for each in told]


def _occurrence(told: Happening, customer: Customer, campaign: Campaign, shop: Shop) -> Occurrence:
    code = referrals.code_of(customer["id"])
    return Occurrence(
        key=told["id"],
        subject=told["id"],
        since=told["at"],
        moment=after(moment(told["at"]), campaign.trigger["after"], shop.settings.timezone),
        facts={"since": told["at"], "referral": {"code": code, "url": referrals.link(shop.settings, code)}},
    )
