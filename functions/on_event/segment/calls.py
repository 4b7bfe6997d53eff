"""The calls of the Segment API: what makes one acceptable, and the events that are more than a name.

Shared by the answer (`api`) and the translation: what was accepted is what is understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from on_event import reading
from perennial.events import Name

IDENTIFY, TRACK = "identify", "track"
TYPES = (IDENTIFY, TRACK)

# The e-commerce specification, second version and first; matched without regard to case.
SPECIFIED: Mapping[str, Name] = {
    "product viewed": Name.PRODUCT_VIEWED,
    "viewed product": Name.PRODUCT_VIEWED,
    "product added": Name.PRODUCT_ADDED,
    "added product": Name.PRODUCT_ADDED,
    "checkout started": Name.CHECKOUT_STARTED,
    "started order": Name.CHECKOUT_STARTED,
    "order completed": Name.ORDER_COMPLETED,
    "completed order": Name.ORDER_COMPLETED,
}
_ABOUT_ONE_PRODUCT = frozenset({Name.PRODUCT_VIEWED, Name.PRODUCT_ADDED})
_NAMES = frozenset(Name)


class Fault(NamedTuple):
    """Why one call is not taken; both are shown to the sender."""

    code: str
    message: str


def fault(call: Any) -> Fault | None:
    """What is wrong with a call of a batch, or None."""
    if not isinstance(call, dict):
        return Fault("not_an_object", "Each call of a batch is a JSON object.")
    if call.get("type") not in TYPES:
        return Fault("unsupported_type", f"The type of a call is one of: {', '.join(TYPES)}.")
    if any(isinstance(call.get(field), dict | list) for field in ("userId", "anonymousId")):
        return Fault("bad_identity", "userId and anonymousId are text or numbers.")
    if not (user_id(call) or anonymous_id(call)):
        return Fault(
            "no_identity", "A call needs a userId or an anonymousId that names one customer or device."
        )
    return _track_fault(call) if call["type"] == TRACK else None


def _track_fault(call: Mapping[str, Any]) -> Fault | None:
    name = event_name(call)
    if not name:
        return Fault("no_event", "A track call needs the name of its event.")
    if name in _ABOUT_ONE_PRODUCT and not product_id(properties(call)):
        return Fault("no_product", "This event needs properties.product_id.")
    if name == Name.ORDER_COMPLETED and not order_id(properties(call)):
        return Fault("no_order", "This event needs properties.order_id.")
    return None


def event_name(call: Mapping[str, Any]) -> str:
    """The canonical name, or the sender's own in snake case; empty without one."""
    given = reading.text(call.get("event"), 100) or ""
    words = " ".join(re.findall(r"[^\W_]+", given.casefold()))
    if words in SPECIFIED:
        return SPECIFIED[words]
    own = words.replace(" ", "_")
    # A sender's own event must not pass for one of ours: only the specified ones get their meaning.
    return f"segment_{own}" if own in _NAMES else own


def properties(call: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a track call."""
    return reading.mapping(call.get("properties"))


def user_id(call: Mapping[str, Any]) -> str | None:
    """The store's id of the customer."""
    return reading.customer_identifier(call.get("userId"))


def anonymous_id(call: Mapping[str, Any]) -> str | None:
    """The device's id."""
    return reading.customer_identifier(call.get("anonymousId"))


def product_id(product: Mapping[str, Any]) -> str | None:
    """Of a product in either version of the specification."""
    return reading.identifier(product.get("product_id")) or reading.identifier(product.get("id"))


def order_id(order: Mapping[str, Any]) -> str | None:
    """Of an order in either version of the specification."""
    return reading.identifier(order.get("order_id")) or reading.identifier(order.get("orderId"))
