"""Triggers of buying: after an order, before the next one, and when it does not come."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from perennial.events import Name
from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import Days, Duration, Percentage


class PostPurchase(Kind):
    """A customer ordered."""

    kind: Literal["post_purchase"]
    after: Duration = written("1 hour", "How long after the order was placed.")


class Review(Kind):
    """An order has arrived."""

    kind: Literal["review"]
    after: Days = written("7 days", "How long after it arrived.")
    on_its_way: Days = written("5 days", "How long it travels, where the store tells only that it left.")


class CrossSell(Kind):
    """A customer ordered, and something goes with it that they do not have."""

    kind: Literal["cross_sell"]
    after: Duration = written("14 days", "How long after the order was placed.")


class SubscriptionOffer(Kind):
    """A customer buys the same product again and again, without a subscription."""

    kind: Literal["subscription_offer"]
    times: int = Field(default=3, ge=2, le=8, description="On how many days it was bought, at least.")
    after: Duration = written("3 days", "How long after its last purchase.")


class Replenishment(Kind):
    """A product bought before is about to run out, by the customer's own rhythm."""

    kind: Literal["replenishment"]
    before: Days = written("5 days", "How long before the day it is expected to run out.")
    default_cycle: Days = written("45 days", "How long the product lasts, until purchases have shown it.")


def _probable(share: float) -> float:
    if not 0.5 <= share <= 0.99:
        raise ValueError("this must lie between '50%' and '99%'. Write for example '90%'.")
    return share


class Winback(Kind):
    """A customer has been silent for longer than their own rhythm explains."""

    kind: Literal["winback"]
    silence: Annotated[Percentage, AfterValidator(_probable)] = written(
        "90%", "The share of this customer's gaps between orders that would have ended by now."
    )
    default_rhythm: Days = written(
        "60 days", "The usual time between two orders, until orders have shown it."
    )
    at_least: Days = written("45 days", "Never earlier than this after the last order.")


_CANCELLED, _ORDERED = Name.ORDER_CANCELLED.value, Name.ORDER_COMPLETED.value
KINDS: Kinds = {
    "post_purchase": (PostPurchase, KindDefaults("1 day", about="order", ends_with=(_CANCELLED,))),
    "review": (Review, KindDefaults("14 days", about="order", ends_with=(_CANCELLED, "product_reviewed"))),
    "cross_sell": (
        CrossSell,
        KindDefaults(once_per="30 days", about="order", ends_with=(_CANCELLED, _ORDERED)),
    ),
    "subscription_offer": (
        SubscriptionOffer,
        KindDefaults("180 days", ends_with=(Name.SUBSCRIPTION_STARTED.value,)),
    ),
    "replenishment": (Replenishment, KindDefaults(once_per="14 days", about="product")),
    "winback": (Winback, KindDefaults(once_per="90 days")),
}
