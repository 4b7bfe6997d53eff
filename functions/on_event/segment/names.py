"""The names of Segment's e-commerce specification, in its second version and its first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from on_event import reading
from perennial.events import Name

ALIASED, GROUP_JOINED = "aliased", "group_joined"
PAGE_VIEWED, SCREEN_VIEWED = "page_viewed", "screen_viewed"
UNSUBSCRIBED = "unsubscribed"

# Second version -> ours. Each also goes by its first version's name, which puts the verb first.
_OBJECT_AND_VERB: Mapping[str, str] = {
    "product viewed": Name.PRODUCT_VIEWED,
    "product added": Name.PRODUCT_ADDED,
    "checkout started": Name.CHECKOUT_STARTED,
    "order completed": Name.ORDER_COMPLETED,
    "order updated": Name.ORDER_UPDATED,
    "order cancelled": Name.ORDER_CANCELLED,
    "order refunded": Name.ORDER_REFUNDED,
    # Kept by their name, in one spelling.
    "products searched": "products_searched",
    "product list viewed": "product_list_viewed",
    "product list filtered": "product_list_filtered",
    "promotion viewed": "promotion_viewed",
    "promotion clicked": "promotion_clicked",
    "product clicked": "product_clicked",
    "product removed": Name.PRODUCT_REMOVED,
    "cart viewed": Name.CART_VIEWED,
    "checkout step viewed": "checkout_step_viewed",
    "checkout step completed": "checkout_step_completed",
    "payment info entered": "payment_info_entered",
    "coupon entered": "coupon_entered",
    "coupon applied": "coupon_applied",
    "coupon denied": "coupon_denied",
    "coupon removed": "coupon_removed",
    "product shared": "product_shared",
    "cart shared": "cart_shared",
    "product reviewed": "product_reviewed",
    # Not of the specification, but of the same kind.
    "order delivered": Name.ORDER_DELIVERED,
    "subscription started": Name.SUBSCRIPTION_STARTED,
    "subscription cancelled": Name.SUBSCRIPTION_CANCELLED,
    "cart requested": Name.CART_REQUESTED,
    "visit summary requested": Name.VISIT_SUMMARY_REQUESTED,
}
_OTHERWISE: Mapping[str, str] = {
    "product added to wishlist": "product_added_to_wishlist",
    "added product to wishlist": "product_added_to_wishlist",
    "product removed from wishlist": "product_removed_from_wishlist",
    "removed product from wishlist": "product_removed_from_wishlist",
    "wishlist product added to cart": "wishlist_product_added_to_cart",
    "added wishlist product to cart": "wishlist_product_added_to_cart",
    "product category viewed": "product_list_viewed",
    "viewed product category": "product_list_viewed",
    "started order": Name.CHECKOUT_STARTED,
    "order started": Name.CHECKOUT_STARTED,
    "order canceled": Name.ORDER_CANCELLED,
    "canceled order": Name.ORDER_CANCELLED,
    "subscription canceled": Name.SUBSCRIPTION_CANCELLED,
}


def _spellings() -> Iterator[tuple[str, str]]:
    for words, name in _OBJECT_AND_VERB.items():
        thing, _, verb = words.rpartition(" ")
        yield words, name
        yield f"{verb} {thing}", name
    yield from _OTHERWISE.items()


SPECIFIED: Mapping[str, str] = dict(_spellings())
_MEANT = frozenset(SPECIFIED.values())
# Names that mean something here: a sender's own event must not pass for one of them.
_OURS = frozenset(Name) | {ALIASED, GROUP_JOINED}


def canonical(given: Any) -> str:
    """Ours of an event's name, without regard to case; else the sender's own in snake case, empty without one."""
    words = " ".join(re.findall(r"[^\W_]+", (reading.text(given, 100) or "").casefold()))
    if words in SPECIFIED:
        return SPECIFIED[words]
    own = words.replace(" ", "_")
    return apart(own) if own in _OURS else own


def apart(name: str) -> str:
    """A name of ours as a sender's own, without its meaning."""
    return f"segment_{name}"


def is_specified(name: str) -> bool:
    """Whether it is of the specification, so that its properties are what that says."""
    return name in _MEANT
