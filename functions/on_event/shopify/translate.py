"""Shopify webhooks: orders, customers, checkouts, carts and products, as canonical events.

A webhook carries the whole resource, or the fields its subscription asked for; so any key may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from on_event import reading, strict_json
from on_event.envelope import Envelope
from on_event.shopify import customers, orders, products
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import Event, Name, Product
from perennial.identities import Identity, Kind, short_id, strongest_first
from perennial.times import stamp

_ORDERS = {
    "orders/create": (Name.ORDER_COMPLETED, ("created_at", "updated_at")),
    "orders/paid": (Name.ORDER_PAID, ("updated_at", "created_at")),
    "orders/updated": (Name.ORDER_UPDATED, ("updated_at", "created_at")),
    "orders/cancelled": (Name.ORDER_CANCELLED, ("cancelled_at", "updated_at", "created_at")),
}
_CUSTOMERS = {
    "customers/create": (Name.CUSTOMER_CREATED, ("created_at", "updated_at")),
    "customers/update": (Name.CUSTOMER_UPDATED, ("updated_at", "created_at")),
}
_CARTS = {
    "checkouts/create": (Name.CHECKOUT_STARTED, ("created_at", "updated_at")),
    "checkouts/update": (Name.CHECKOUT_UPDATED, ("updated_at", "created_at")),
    "carts/create": (Name.CART_UPDATED, ("updated_at", "created_at")),
    "carts/update": (Name.CART_UPDATED, ("updated_at", "created_at")),
}

# Topic -> the event it tells, and the fields that say when, best first.
_EVENTS = {**_ORDERS, **_CUSTOMERS, **_CARTS}


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery. `currency`: the shop's, None when unknown."""

    envelope: Envelope
    topic: str
    resource: dict[str, Any]
    currency: str | None

    @property
    def shop(self) -> str:
        """The shop's domain, lower case."""
        return self.envelope.headers.get("shop", "").lower()

    def event_id(self) -> str:
        """Equal for every delivery of one event of one topic; Shopify's own ids first."""
        headers = self.envelope.headers
        delivery = (
            headers.get("event_id") or headers.get("webhook_id") or sha256(self.envelope.body).hexdigest()
        )
        return short_id("shopify", self.shop, delivery, self.topic)

    def told_at(self, *fields: str) -> datetime | None:
        """The resource's own time: the first of its fields that can be read."""
        return next((at for field in fields if (at := reading.time(self.resource.get(field)))), None)

    def read_at(self, *fields: str) -> datetime:
        """The time told, else when Shopify noticed, else now; never in the future."""
        told_at = self.told_at(*fields) or reading.time(self.envelope.headers.get("triggered_at"))
        return reading.believed(told_at, self.envelope.received_at)


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """The event or the product of one webhook; Unintelligible for a topic or a body we do not know."""
    topic = envelope.headers.get("topic", "")
    translator = _TOPICS.get(topic)
    if translator is None:
        raise Unintelligible(f"There is no translation for the Shopify topic {topic!r}.")
    resource = strict_json.parse(envelope.body)
    if not isinstance(resource, dict):
        raise Unintelligible("A Shopify webhook is one JSON object.")
    return translator(Webhook(envelope, topic, resource, currency))


def _order(webhook: Webhook) -> Translation:
    resource = webhook.resource
    order = orders.order_of(
        resource,
        trusted=webhook.envelope.trusted,
        placed_at=stamp(_placed_at(webhook)),
        updated_at=stamp(webhook.read_at("updated_at", "created_at")),
        told=orders.TOLD_BY_TOPIC.get(webhook.topic),
    )
    tokens = (resource.get("cart_token"), resource.get("checkout_token"))
    taught = orders.products_of(resource, order["currency"], order["updated_at"])
    return _told(webhook, {"order": order}, tokens, taught)


def _placed_at(webhook: Webhook) -> datetime:
    """The earlier time: an order moved over from another system was created today, and processed long ago."""
    created_at = webhook.read_at("created_at", "processed_at", "updated_at")
    return min(created_at, webhook.told_at("processed_at") or created_at)


def _cart(webhook: Webhook) -> Translation:
    resource = webhook.resource
    cart = orders.cart_of(resource, stamp(webhook.read_at("updated_at", "created_at")))
    return _told(webhook, {"cart": cart}, (resource.get("cart_token"), cart["token"]))


def _customer(webhook: Webhook) -> Translation:
    return _told(webhook, {})


def _product(webhook: Webhook) -> Translation:
    at = stamp(webhook.read_at("updated_at", "created_at"))
    return Translation(
        products=[products.product_of(webhook.resource, webhook.shop, webhook.currency, at)]
    )


def _told(
    webhook: Webhook,
    facts: Mapping[str, Any],
    tokens: tuple[Any, ...] = (),
    taught: list[Product] | None = None,
) -> Translation:
    name, fields = _EVENTS[webhook.topic]
    person = customers.person_of(webhook.resource, is_customer=webhook.topic in _CUSTOMERS)
    identities = strongest_first((*person.identities(), *_carts(tokens)))
    occurred_at = webhook.read_at(*fields)
    event = Event(
        id=webhook.event_id(),
        name=name,
        occurred_at=occurred_at,
        received_at=webhook.envelope.received_at,
        source="shopify",
        trusted=webhook.envelope.trusted,
        identities=identities,
        properties={**facts, **person.properties(stamp(occurred_at), webhook.topic)},
        sent_at=webhook.told_at(*fields),
    )
    # A sale at a till to nobody in particular has no customer to be kept with; its products are still learnt.
    return Translation(events=[event] if identities else [], products=taught or [])


def _carts(tokens: tuple[Any, ...]) -> list[Identity]:
    found = (orders.token_of(token) for token in tokens)
    return [Identity(Kind.CART, token) for token in found if token]


_TOPICS: Mapping[str, Callable[[Webhook], Translation]] = {
    **dict.fromkeys(_ORDERS, _order),
    **dict.fromkeys(_CUSTOMERS, _customer),
    **dict.fromkeys(_CARTS, _cart),
    "products/create": _product,
    "products/update": _product,
}
