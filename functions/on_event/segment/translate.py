"""Calls of the Segment API, from browsers and from servers, as canonical events."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from on_event import reading, strict_json
from on_event.envelope import Envelope
from on_event.segment import calls, customers, orders
from on_event.translation import Rejection, Translation
from perennial.errors import Unintelligible
from perennial.events import Event, Name
from perennial.identities import short_id, strongest_first
from perennial.times import stamp

_OURS = ("traits", "consent", "order", "cart")  # canonical properties a sender's own must not pass for


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a batch, with what its envelope says of it."""

    content: dict[str, Any]
    trusted: bool
    received_at: datetime

    @property
    def properties(self) -> dict[str, Any]:
        """Of a track call, as sent."""
        return calls.properties(self.content)

    def sent_at(self) -> datetime | None:
        """When the customer did it by the sender's clock: the same in every retry."""
        return reading.time(self.content.get("originalTimestamp")) or reading.time(
            self.content.get("timestamp")
        )

    def occurred_at(self) -> datetime:
        """The sender's time, corrected by what its clock is wrong by when it sends."""
        done_at, sent_at = self.sent_at(), reading.time(self.content.get("sentAt"))
        if done_at is None:
            return self.received_at
        at = self.received_at - (sent_at - done_at) if sent_at else done_at
        return reading.believed(at, self.received_at)

    def event_id(self) -> str:
        """Over the sender's message id, in a name space of its own for each key; else over what was sent."""
        key = "server" if self.trusted else "browser"
        return short_id(
            "segment", key, reading.identifier(self.content.get("messageId")) or self._fingerprint()
        )

    def _fingerprint(self) -> str:
        """The call itself. Equal calls without a time are different events, told apart by their arrival."""
        same = {key: value for key, value in self.content.items() if key not in ("sentAt", "writeKey")}
        arrival = "" if self.sent_at() else stamp(self.received_at)
        return json.dumps(same, sort_keys=True) + arrival


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
    if call.trusted and event.name in _TEACHING:
        translation.products.extend(orders.products_of(call.properties, stamp(event.occurred_at)))


def _event(call: Call) -> Event:
    is_track = call.content["type"] == calls.TRACK
    name = calls.event_name(call.content) if is_track else Name.IDENTIFIED
    traits = customers.traits(call.content, trusted=call.trusted)
    return Event(
        id=call.event_id(),
        name=name,
        occurred_at=call.occurred_at(),
        received_at=call.received_at,
        source="segment",
        trusted=call.trusted,
        identities=strongest_first(customers.identities(call.content, trusted=call.trusted)),
        properties=(_track(call, name) if is_track else _consent(call))
        | ({"traits": traits} if traits else {}),
        sent_at=call.sent_at(),
    )


def _consent(call: Call) -> dict[str, Any]:
    told = customers.consent(call.content, call.occurred_at()) if call.trusted else {}
    return {"consent": told} if told else {}


def _track(call: Call, name: str) -> dict[str, Any]:
    if name in _CANONICAL:
        return _CANONICAL[name](call)
    kept = reading.mapping(reading.bounded(call.properties))
    return {key: value for key, value in kept.items() if key not in _OURS}


def _viewed(call: Call) -> dict[str, Any]:
    page = reading.mapping(reading.mapping(call.content.get("context")).get("page"))
    url = reading.url(call.properties.get("url")) or reading.url(page.get("url"))
    return {"product_id": calls.product_id(call.properties)} | ({"url": url} if url else {})


def _added(call: Call) -> dict[str, Any]:
    quantity = reading.quantity(call.properties.get("quantity")) or 1
    return {"product_id": calls.product_id(call.properties), "quantity": quantity}


def _checkout(call: Call) -> dict[str, Any]:
    at = stamp(call.occurred_at())
    return {"cart": orders.cart_of(call.properties, call.event_id(), at, trusted=call.trusted)}


def _ordered(call: Call) -> dict[str, Any]:
    order_id = calls.order_id(call.properties) or ""
    return {
        "order": orders.order_of(
            call.properties, order_id, stamp(call.occurred_at()), trusted=call.trusted
        )
    }


_CANONICAL: Mapping[str, Callable[[Call], dict[str, Any]]] = {
    Name.PRODUCT_VIEWED: _viewed,
    Name.PRODUCT_ADDED: _added,
    Name.CHECKOUT_STARTED: _checkout,
    Name.ORDER_COMPLETED: _ordered,
}
_TEACHING = frozenset(_CANONICAL)
