"""The customer as marketers name it: what `customer.…` means in templates and conditions alike."""

from __future__ import annotations

from typing import Any

from perennial.customer import Customer
from perennial.folding import opinions, orders
from perennial.insight.standing import Lifecycle
from perennial.money import Money
from perennial.times import moment

TRAITS = ("first_name", "last_name", "email", "phone", "locale", "timezone", "country", "birthday")
DERIVED = ("id", "orders_count", "total_spent", "first_order_at", "last_order_at")
LIFECYCLE = (
    "stage",
    "stage_since",
    "previous_stage",
    "rfm_group",
    "rfm_group_since",
    "previous_rfm_group",
    "recency",
    "frequency",
    "monetary",
    "tier",
    "tier_since",
    "previous_tier",
    "spent_12_months",
    "loyalty_points",
    "segments",
    "feedback_score",
    "feedback_at",
    "feedback_stage",
)
NAMES = TRAITS + DERIVED + LIFECYCLE
POINTS = "loyalty_points"  # a trait where the shop counts them itself


def profile(customer: Customer, currency: str) -> dict[str, Any]:
    """Every name of `NAMES`; None for what is not known. Times are aware datetimes.

    total_spent: a Money in the shop's `currency`; orders in other currencies are left out of it.
    """
    traits = customer["traits"]
    placed = orders.first_and_last(customer)
    return {
        **{name: traits.get(name) for name in TRAITS},
        "id": customer["id"],
        "orders_count": orders.count(customer),
        "total_spent": Money(amount=orders.spent(customer).get(currency, 0), currency=currency),
        "first_order_at": moment(placed[0]) if placed else None,
        "last_order_at": moment(placed[1]) if placed else None,
        **_lifecycle(customer.get("lifecycle", Lifecycle())),
        **_loyalty(customer, currency),
        **_feedback(customer),
    }


def _lifecycle(held: Lifecycle) -> dict[str, Any]:
    """Where the customer stands, as of the last plan."""
    stage, rfm = held.get("stage"), held.get("rfm")
    return {
        "stage": stage["name"] if stage else None,
        "stage_since": moment(stage["since"]) if stage and stage["since"] else None,
        "previous_stage": (stage["previous"] or None) if stage else None,
        "rfm_group": rfm["group"] if rfm else None,
        "rfm_group_since": moment(rfm["since"]) if rfm else None,
        "previous_rfm_group": (rfm["previous"] or None) if rfm else None,
        **{name: (rfm[name] or None) if rfm else None for name in ("recency", "frequency", "monetary")},
    }


def _loyalty(customer: Customer, currency: str) -> dict[str, Any]:
    held = customer.get("lifecycle", Lifecycle())
    tier, told = held.get("tier"), customer["traits"].get(POINTS)
    return {
        "tier": (tier["name"] or None) if tier else None,
        "tier_since": moment(tier["since"]) if tier and tier["since"] else None,
        "previous_tier": (tier["previous"] or None) if tier else None,
        "spent_12_months": Money(amount=tier["spent"], currency=currency) if tier else None,
        POINTS: int(told) if told else tier.get("points") if tier else None,
        "segments": sorted(name for name, each in held.get("segments", {}).items() if each["inside"]),
    }


def _feedback(customer: Customer) -> dict[str, Any]:
    """The last answer on the feedback page."""
    stage, told = opinions.newest(customer) or ("", None)
    return {
        "feedback_score": told["score"] if told else None,
        "feedback_at": moment(told["at"]) if told else None,
        "feedback_stage": stage or None,
    }
