"""The facts that each kind of trigger knows of an occurrence: what `event` means in templates and conditions.

docs/campaigns.md describes them; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ANYTHING = "details"  # a fact with whatever the shop sent in it


class Facts(NamedTuple):
    """always: there in each occurrence. sometimes: only where they are known."""

    always: tuple[str, ...]
    sometimes: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.always + self.sometimes)


_CART = ("token", "changed_at", "products", "pieces", "total")
_ORDER = ("order", "ordered_at", "number", "total", "products")
_VISIT = ("visit", "products", "categories", "searches", "pages")

FACTS: Mapping[str, Facts] = {
    "account_change": Facts(("fields", "at")),
    "anniversary": Facts(("years", "first_order_at")),
    "back_in_stock": Facts(("products", "since"), ("price",)),
    "birthday": Facts(("year", "day")),
    "browse": Facts((*_VISIT, "last_view")),
    "bundle": Facts(("bundle", "title", "products", "has")),
    "cart": Facts(_CART, ("url",)),
    "cart_on_request": Facts((*_CART, "requested_at"), ("url",)),
    "checkout": Facts(_CART, ("url",)),
    "cross_sell": Facts((*_ORDER, "suggested")),
    "event": Facts(("event", "at", ANYTHING)),
    "group": Facts(("group", "previous", "since")),
    "loyalty_enrolment": Facts(("orders", "since")),
    "opt_in": Facts(("channel", "asked_at", "source")),
    "post_purchase": Facts(_ORDER),
    "price_drop": Facts(("products", "since", "was", "price", "percent")),
    "referral_invitation": Facts(("orders", "since", "referral")),
    "referral_reward": Facts(("since", "referral")),
    "replenishment": Facts(
        (
            "last_bought", "times_bought", "usual_days", "expected_at", "days_passed", "chance_within_14_days",
            "products",
        )
    ),
    "review": Facts((*_ORDER, "arrived_at")),
    "scheduled": Facts(("date",)),
    "segment": Facts(("segment", "inside", "since")),
    "stage": Facts(("stage", "previous", "since")),
    "subscription_offer": Facts(("last_bought", "times_bought", "usual_days", "products")),
    "sunset": Facts(("silent_since", "silent_days")),
    "tier": Facts(("tier", "title", "previous", "since", "spent")),
    "visit_summary": Facts((*_VISIT, "requested_at")),
    "welcome": Facts(("channel", "opt_in", "subscribed_at", "source", "products")),
    "winback": Facts(
        ("last_order", "last_order_at", "usual_days", "silent_days", "chance_within_30_days", "chance_lost", "products")
    ),
}  # fmt: skip


_NOTHING: Mapping[str, None] = dict.fromkeys(sorted({name for each in FACTS.values() for name in each.names}))


def facts_of(given: Mapping[str, object]) -> dict[str, object]:
    """The facts of an occurrence, and as None what others know: a template may ask for it, and goes for all of them."""
    return {**_NOTHING, **given}
