"""After the goodbye: a subscriber who was asked, and told that this was the last, gets no marketing until they stir. Pure.

A click, an order or a new yes is a sign of life. Clicks are known by their day, so one on the day of the goodbye counts.
"""

from __future__ import annotations

from typing import Any

from perennial.campaigns import SUNSET, Campaign
from perennial.customer import Customer
from perennial.deciding.steps import sends
from perennial.deciding.walking import rest_after
from perennial.folding import orders
from perennial.messaging.messages import Enrollment
from perennial.messaging.outbox import WENT_OUT
from perennial.shop import Shop

CHANNEL = "email"


def last_sign(customer: Customer) -> str:
    """Stamp of the last click or order; of who never gave one, of their yes."""
    clicks = (each["clicked_at"] for each in customer.get("engagement", {}).values())
    placed = orders.first_and_last(customer)
    said = customer["consent"].get(CHANNEL)
    return max([*clicks, placed[1] if placed else "", said["at"] if said else ""])


def refusal(customer: Customer, shop: Shop) -> dict[str, Any] | None:
    """Why marketing is not wanted any more, as facts; None when it is, or nobody can say."""
    for campaign_id, inside in customer["enrollments"].items():
        campaign = shop.campaigns.get(campaign_id)
        if campaign is not None and campaign.kind == SUNSET:
            for enrollment in inside.values():
                at = enrollment.get("settled_at", "")
                if _is_over(campaign, enrollment) and last_sign(customer)[:10] < at[:10]:
                    return {"goodbye_at": at, "campaign": campaign_id}
    return None


def _is_over(campaign: Campaign, enrollment: Enrollment) -> bool:
    """Its last message went out; nothing that came in between ended it before."""
    if enrollment["state"] == "planned":
        return False  # that very message is on its way
    rest = rest_after(campaign.steps, enrollment["step"])
    is_last = rest is not None and not any(True for _ in sends(rest))
    return is_last and enrollment.get("outcome") in WENT_OUT
