"""The calls of the Segment API: what makes one acceptable, and what each says it is about.

Shared by the answer (`api`) and the translation: what was accepted is what is understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from on_event import reading
from on_event.segment import names
from perennial.events import Name

IDENTIFY, TRACK, PAGE, SCREEN, GROUP, ALIAS = "identify", "track", "page", "screen", "group", "alias"
TYPES = (IDENTIFY, TRACK, PAGE, SCREEN, GROUP, ALIAS)

_OF_TYPE: Mapping[str, str] = {
    IDENTIFY: Name.IDENTIFIED,
    PAGE: names.PAGE_VIEWED,
    SCREEN: names.SCREEN_VIEWED,
    GROUP: names.GROUP_JOINED,
    ALIAS: names.ALIASED,
}
_IDS = ("userId", "anonymousId", "previousId", "groupId")
_ABOUT_ONE_PRODUCT = (
    Name.PRODUCT_VIEWED,
    Name.PRODUCT_ADDED,
    Name.SUBSCRIPTION_STARTED,
    Name.SUBSCRIPTION_CANCELLED,
)
_ABOUT_AN_ORDER = (
    Name.ORDER_COMPLETED,
    Name.ORDER_UPDATED,
    Name.ORDER_CANCELLED,
    Name.ORDER_REFUNDED,
    Name.ORDER_DELIVERED,
)
_ABOUT_A_CART = (Name.PRODUCT_ADDED, Name.PRODUCT_REMOVED, Name.CART_VIEWED)


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
    if any(isinstance(call.get(field), dict | list) for field in _IDS):
        return Fault("bad_identity", f"{', '.join(_IDS)} are text or numbers.")
    if not (user_id(call) or anonymous_id(call)):
        return Fault(
            "no_identity", "A call needs a userId or an anonymousId that names one customer or device."
        )
    check = _FAULTS.get(call["type"])
    return check(call) if check else None


def _track_fault(call: Mapping[str, Any]) -> Fault | None:
    name = event_name(call)
    if not name:
        return Fault("no_event", "A track call needs the name of its event.")
    if name in _ABOUT_ONE_PRODUCT and not product_id(properties(call)):
        return Fault("no_product", "This event needs properties.product_id.")
    if name in _ABOUT_AN_ORDER and not order_id(properties(call)):
        return Fault("no_order", "This event needs properties.order_id.")
    return None


def _group_fault(call: Mapping[str, Any]) -> Fault | None:
    known = reading.identifier(call.get("groupId"))
    return None if known else Fault("no_group", "A group call needs a groupId.")


def _alias_fault(call: Mapping[str, Any]) -> Fault | None:
    if user_id(call) and reading.identifier(call.get("previousId")):
        return None
    return Fault("no_alias", "An alias call needs a userId and a previousId.")


_FAULTS = {TRACK: _track_fault, GROUP: _group_fault, ALIAS: _alias_fault}


def event_name(call: Mapping[str, Any]) -> str:
    """The canonical name, or the sender's own in snake case; empty without one."""
    if call["type"] != TRACK:
        return _OF_TYPE[call["type"]]
    name, told = names.canonical(call.get("event")), properties(call)
    if name in _ABOUT_A_CART and tells_whole_cart(told):
        return Name.CART_UPDATED
    if name == Name.ORDER_UPDATED and not isinstance(told.get("products"), list):
        return names.apart(name)  # taken for the whole order, it would empty it
    return name


def tells_whole_cart(told: Mapping[str, Any]) -> bool:
    """All its products and its id: then it is known what was left behind."""
    return lists_products(told) and bool(reading.identifier(told.get("cart_id")))


def lists_products(told: Mapping[str, Any]) -> bool:
    """An empty list says something too: nothing is in it."""
    return isinstance(told.get("products"), list)


def properties(call: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a call."""
    return reading.mapping(call.get("properties"))


def user_id(call: Mapping[str, Any]) -> str | None:
    """The store's id of the customer."""
    return reading.customer_identifier(call.get("userId"))


def anonymous_id(call: Mapping[str, Any]) -> str | None:
    """The device's id."""
    return reading.customer_identifier(call.get("anonymousId"))


def previous_id(call: Mapping[str, Any]) -> str | None:
    """The device an alias call names; an alias of oneself, or of nobody, names none."""
    previous = reading.customer_identifier(call.get("previousId")) if call["type"] == ALIAS else None
    return None if previous == user_id(call) else previous


def product_id(product: Mapping[str, Any]) -> str | None:
    """Of a product in either version of the specification."""
    return reading.identifier(product.get("product_id")) or reading.identifier(product.get("id"))


def order_id(order: Mapping[str, Any]) -> str | None:
    """Of an order in either version of the specification."""
    return reading.identifier(order.get("order_id")) or reading.identifier(order.get("orderId"))
