"""The second half of the nightly pass, for one customer: where they stand now, and when to look at them next.

Nothing is sent from here: what is due is left to the sweep, which has the budget. Pure.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial.customer import Customer, is_anonymous
from perennial.plan import Plan, plan
from perennial.shop import Shop
from perennial.times import stamp

NEXT_NIGHTS = timedelta(hours=48)  # what is later is looked at again before it is due


def reconsidered(customer: Customer, shop: Shop, now: datetime) -> Plan | None:
    """The customer as they should be put; None when there is nothing worth a write."""
    if is_anonymous(customer) or "merged_into" in customer or "erasing" in customer:
        return None
    planned = plan(customer, shop, now, budget=0, may_postpone=False, may_settle=False)
    told = planned.customer["wake_at"]
    same = {**planned.customer, "wake_at": None} == {**customer, "wake_at": None}
    if same and not _is_news(customer["wake_at"], told, now):
        return None
    return planned


def _is_news(held: str | None, told: str | None, now: datetime) -> bool:
    """Tables change a little each night, and with them moments far away: those are corrected when they come near."""
    if told is None or told == held:
        return False
    return held is None or (told < held and told < stamp(now + NEXT_NIGHTS))
