"""Calls of the Segment API, from browsers and from servers, as canonical events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from on_event import reading, strict_json
from on_event.envelope import Envelope
from on_event.segment import calls, customers, names, orders
from on_event.segment.call import Call
from on_event.translation import Rejection, Translation
from perennial.errors import Unintelligible
from perennial.events import Event, Name, OrderStatus
from perennial.people.identities import strongest_first
from perennial.times import stamp

# Canonical properties a sender's own must not pass for.
_OURS = ("traits", "consent", "device", "order", "cart", "refund", "ts_adjusted", "unreadable")
_NAMELESS = dict.fromkeys(("checkout_id", "cart_id", "order_id"))


def translate(envelope: Envelope, _currency: str | None = None) -> Translation:
    """The events of a batch, or of a single call; Unintelligible when the body is neither."""
    translation = Translation()
    for content in _calls(strict_json.parse(envelope.body)):
        fault = calls.fault(content)
        if fault:
            translation.rejected.append(
                Rejection(f"{fault.code}: {fault.message}", strict_json.dump(content))
            )
        else:
            _add(translation, Call(content, envelope.trusted, envelope.received_at))
    return translation


def _calls(body: Any) -> list[Any]:
    """What stands beside a batch holds for each call in it."""
    if not isinstance(body, dict):
        raise Unintelligible("A Segment body is one JSON object.")
    if "batch" not in body:
        return [body]
    if not isinstance(body["batch"], list):
        raise Unintelligible("The batch is not a list.")
    shared = {"sentAt": body["sentAt"]} if "sentAt" in body else {}
    context = reading.mapping(body.get("context"))
    return [_with_shared(call, shared, context) for call in body["batch"]]


def _with_shared(call: Any, shared: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    if not isinstance(call, dict):
        return call
    merged = {**context, **reading.mapping(call.get("context"))}
    return {**shared, **call, **({"context": merged} if merged else {})}


def _add(translation: Translation, call: Call) -> None:
    event = _event(call)
    translation.events.append(event)
    if call.trusted and (names.is_specified(event.name) or event.name == Name.CART_UPDATED):
        translation.products.extend(orders.products_of(call.properties, stamp(event.occurred_at)))


def _event(call: Call) -> Event:
    name = calls.event_name(call.content)
    return Event(
        id=call.event_id,
        name=name,
        occurred_at=call.occurred_at,
        received_at=call.received_at,
        source="segment",
        trusted=call.trusted,
        identities=strongest_first(customers.identities(call.content, trusted=call.trusted)),
        properties=_told(call, name) | _aside(call, name),
        sent_at=call.sent_at,
    )


def _told(call: Call, name: str) -> dict[str, Any]:
    """The canonical properties of an event that has some; else the sender's own, bounded."""
    read = _OF_TYPE.get(call.content["type"]) or _OF_NAME.get(name, _own)
    return read(call)


def _aside(call: Call, name: str) -> dict[str, Any]:
    """What a call of any type says beside itself, and what could not be believed of it."""
    told = {
        "traits": customers.traits(call.content, trusted=call.trusted),
        "consent": _consent(call, name) if call.trusted else {},
        "device": customers.device(call.content) if call.trusted else None,
        "unreadable": customers.unreadable(call.content) if call.trusted else [],
        "ts_adjusted": call.is_adjusted,
    }
    return {key: value for key, value in told.items() if value}


def _consent(call: Call, name: str) -> Mapping[str, Any]:
    """Said in traits; or a mail tool of the shop's passes on that somebody unsubscribed."""
    if call.content["type"] == calls.IDENTIFY:
        return customers.consent(call.content, call.occurred_at)
    is_refusal = call.content["type"] == calls.TRACK and name == names.UNSUBSCRIBED
    return {"email": customers.refusal(call.occurred_at)} if is_refusal else {}


def _own(call: Call) -> dict[str, Any]:
    kept = reading.mapping(reading.bounded(call.properties))
    own = {key: value for key, value in kept.items() if key not in _OURS}
    product_id = calls.product_id({"product_id": own.get("product_id")})
    return own | ({"product_id": product_id} if product_id else {})


def _nothing(call: Call) -> dict[str, Any]:
    return {}


def _page(call: Call) -> dict[str, Any]:
    """Which page, without what its address carries: a query may hold a token or a mail address."""
    page = reading.mapping(reading.mapping(call.content.get("context")).get("page"))
    told = {**page, **call.properties}
    found = {
        "path": _path(told.get("path")) or _path(told.get("url")),
        "title": reading.text(told.get("title")),
        "name": reading.text(call.content.get("name")) or reading.text(call.properties.get("name")),
        "category": reading.text(call.content.get("category"), 100)
        or reading.text(told.get("category"), 100),
    }
    return {key: value for key, value in found.items() if value}


def _path(address: Any) -> str | None:
    try:
        return reading.text(urlsplit(reading.text(address, 2048) or "").path, 500)
    except ValueError:
        return None


def _group(call: Call) -> dict[str, Any]:
    group_id = reading.identifier(call.content.get("groupId"))
    name = reading.text(reading.mapping(call.content.get("traits")).get("name"))
    return {"group_id": group_id} | ({"name": name} if name else {})


def _alias(call: Call) -> dict[str, Any]:
    """A previous id is linked as a device alone: two customers whom the store knows stay two."""
    return {"previous_id": reading.identifier(call.content.get("previousId"))}


def _viewed(call: Call) -> dict[str, Any]:
    page = reading.mapping(reading.mapping(call.content.get("context")).get("page"))
    url = reading.url(call.properties.get("url")) or reading.url(page.get("url"))
    return {"product_id": calls.product_id(call.properties)} | ({"url": url} if url else {})


def _added(call: Call) -> dict[str, Any]:
    return {"quantity": 1} | orders.moved(call.properties)


def _removed(call: Call) -> dict[str, Any]:
    return orders.moved(call.properties)


def _cart_viewed(call: Call) -> dict[str, Any]:
    """A cart without a name, as far as it is told what lies in it: one that has a name is told as any other."""
    if not calls.lists_products(call.properties):
        return _own(call)
    at = stamp(call.occurred_at)
    return {"cart": orders.cart_of({**call.properties, **_NAMELESS}, "", at, trusted=call.trusted)}


def _cart(call: Call) -> dict[str, Any]:
    """Without a list of products nothing is said of what lies in it."""
    if not calls.lists_products(call.properties):
        return _own(call)
    at = stamp(call.occurred_at)
    return {"cart": orders.cart_of(call.properties, call.event_id, at, trusted=call.trusted)}


def _ordered(call: Call, status: OrderStatus = OrderStatus.OPEN) -> dict[str, Any]:
    order_id, at = calls.order_id(call.properties) or "", stamp(call.occurred_at)
    return {"order": orders.order_of(call.properties, order_id, at, status, trusted=call.trusted)}


def _cancelled(call: Call) -> dict[str, Any]:
    return _ordered(call, OrderStatus.CANCELLED)


def _refunded(call: Call) -> dict[str, Any]:
    """Each call is a refund of its own; one that does not say how much is kept in the sender's words."""
    refund = orders.refund_of(call.properties, stamp(call.occurred_at)) if call.trusted else None
    if refund is None:
        return _own(call)
    refund_id = f"segment:{call.event_id}"
    return {"order_id": calls.order_id(call.properties), "refund_id": refund_id, "refund": refund}


def _delivered(call: Call) -> dict[str, Any]:
    return {"order_id": calls.order_id(call.properties)}


_OF_TYPE: Mapping[str, Callable[[Call], dict[str, Any]]] = {
    calls.IDENTIFY: _nothing,
    calls.PAGE: _page,
    calls.SCREEN: _page,
    calls.GROUP: _group,
    calls.ALIAS: _alias,
}
_OF_NAME: Mapping[str, Callable[[Call], dict[str, Any]]] = {
    Name.PRODUCT_VIEWED: _viewed,
    Name.PRODUCT_ADDED: _added,
    Name.PRODUCT_REMOVED: _removed,
    Name.CART_VIEWED: _cart_viewed,
    Name.CART_UPDATED: _cart,
    Name.CHECKOUT_STARTED: _cart,
    Name.ORDER_COMPLETED: _ordered,
    Name.ORDER_UPDATED: _ordered,
    Name.ORDER_CANCELLED: _cancelled,
    Name.ORDER_REFUNDED: _refunded,
    Name.ORDER_DELIVERED: _delivered,
}
