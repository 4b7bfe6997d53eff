"""Shopify webhooks: orders, customers, checkouts, carts and products, as canonical events.

A webhook carries the whole resource, or the fields its subscription asked for; so any key may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from on_event import reading, refunding, strict_json
from on_event.envelope import Envelope
from on_event.shopify import customers, merges, orders, privacy, products, refunds, shipping
from on_event.shopify.delivery import Webhook
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import Event, Name
from perennial.people.identities import Identity, Kind
from perennial.times import stamp

_ORDERS = {
    "orders/create": (Name.ORDER_COMPLETED, ("created_at", "updated_at")),
    "orders/paid": (Name.ORDER_PAID, ("updated_at", "created_at")),
    "orders/updated": (Name.ORDER_UPDATED, ("updated_at", "created_at")),
    "orders/partially_fulfilled": (Name.ORDER_UPDATED, ("updated_at", "created_at")),
    "orders/fulfilled": (Name.ORDER_FULFILLED, ("updated_at", "created_at")),
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


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """The events and products of one webhook; Unintelligible for a topic or a body we do not know."""
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
    event = _told(webhook, {"order": order}, _carts(tokens))
    # A sale at a till to nobody in particular has no customer to be kept with; its products are still learnt.
    if not event.identities:
        return Translation(products=taught)
    event = replace(event, identities=(*event.identities, Identity(Kind.ORDER, order["id"])))
    times = refunds.times_of(resource, webhook.envelope.received_at)
    return Translation(events=[event, *refunding.refunds_in(event, times)], products=taught)


def _placed_at(webhook: Webhook) -> datetime:
    """The earlier time: an order moved over from another system was created today, and processed long ago."""
    created_at = webhook.read_at("created_at", "processed_at", "updated_at")
    return min(created_at, webhook.told_at("processed_at") or created_at)


def _refund(webhook: Webhook) -> Translation:
    """It names its order and no customer: whoever the order led to."""
    resource, made = webhook.resource, ("created_at", "processed_at")
    order_id, refund_id = (reading.identifier(resource.get(field)) for field in ("order_id", "id"))
    if order_id is None or refund_id is None:
        raise Unintelligible("A refund without an id, or without its order's.")
    refund = refunds.refund_of(resource, webhook.currency, stamp(webhook.read_at(*made)))
    properties = {"order_id": order_id, "refund_id": refund_id, "refund": refund}
    event = webhook.event(Name.ORDER_REFUNDED, [Identity(Kind.ORDER, order_id)], properties, *made)
    return Translation(events=[replace(event, id=refunding.refund_id("shopify", order_id, refund_id))])


def _deleted_order(webhook: Webhook) -> Translation:
    order_id = reading.identifier(webhook.resource.get("id"))
    if order_id is None:
        raise Unintelligible("A deleted order without an id.")
    leads = [Identity(Kind.ORDER, order_id)]
    return Translation(events=[webhook.event(Name.ORDER_DELETED, leads, {"order_id": order_id})])


def _parcel(webhook: Webhook) -> Translation:
    order_id = shipping.arrived(webhook.resource)
    if order_id is None:
        return Translation()
    leads = [Identity(Kind.ORDER, order_id)]
    told = {"order_id": order_id}
    return Translation(events=[webhook.event(Name.ORDER_DELIVERED, leads, told, *shipping.TIMES)])


def _cart(webhook: Webhook) -> Translation:
    resource = webhook.resource
    cart = orders.cart_of(resource, stamp(webhook.read_at("updated_at", "created_at")))
    event = _told(webhook, {"cart": cart}, _carts((resource.get("cart_token"), cart["token"])))
    return Translation(events=[event])


def _customer(webhook: Webhook) -> Translation:
    event = _told(webhook, {}, [])
    if not event.identities:
        raise Unintelligible("A customer without an id, an address or a number.")
    return Translation(events=[event])


def _consent(webhook: Webhook) -> Translation:
    """One channel's consent; a state of null says nothing."""
    person = customers.subscriber_of(webhook.resource)
    statements = [reading.mapping(each) for each in person.customer.values()]
    dated = replace(webhook, resource={key: value for each in statements for key, value in each.items()})
    when = "consent_updated_at"
    properties = person.properties(stamp(dated.read_at(when)), webhook.topic)
    identities = list(person.identities())
    if not identities or "consent" not in properties:
        return Translation()
    return Translation(events=[dated.event(Name.CONSENT_CHANGED, identities, properties, when)])


def _product(webhook: Webhook) -> Translation:
    at = stamp(webhook.read_at("updated_at", "created_at"))
    return Translation(products=[products.product_of(webhook.resource, webhook.shop, webhook.currency, at)])


def _deleted_product(webhook: Webhook) -> Translation:
    return Translation(products=[products.deleted(webhook.resource, stamp(webhook.read_at()))])


def _nothing(_webhook: Webhook) -> Translation:
    return Translation()


def _told(webhook: Webhook, facts: Mapping[str, Any], tokens: list[Identity]) -> Event:
    name, fields = _EVENTS[webhook.topic]
    person = customers.person_of(webhook.resource, is_customer=webhook.topic in _CUSTOMERS)
    properties = {**facts, **person.properties(stamp(webhook.read_at(*fields)), webhook.topic)}
    return webhook.event(name, [*person.identities(), *tokens], properties, *fields)


def _carts(tokens: tuple[Any, ...]) -> list[Identity]:
    found = (orders.token_of(token) for token in tokens)
    return [Identity(Kind.CART, token) for token in found if token]


_TOPICS: Mapping[str, Callable[[Webhook], Translation]] = {
    **dict.fromkeys(_ORDERS, _order),
    **dict.fromkeys(_CUSTOMERS, _customer),
    **dict.fromkeys(_CARTS, _cart),
    "orders/delete": _deleted_order,
    "refunds/create": _refund,
    **dict.fromkeys(("fulfillments/create", "fulfillments/update", "fulfillment_events/create"), _parcel),
    "customers_email_marketing_consent/update": _consent,
    "customers_marketing_consent/update": _consent,
    "customers/delete": privacy.account_closed,
    "customers/merge": merges.merged,
    "customers/data_request": privacy.data_request,
    "customers/redact": privacy.redact,
    "shop/redact": privacy.redact_shop,
    "products/create": _product,
    "products/update": _product,
    "products/delete": _deleted_product,
    # Understood, and nothing to keep: a product tells its own stock (see `products`); a deleted checkout names neither
    # its token nor its customer, and Shopify deletes the finished ones too.
    "checkouts/delete": _nothing,
    "inventory_levels/connect": _nothing,
    "inventory_levels/disconnect": _nothing,
    "inventory_levels/update": _nothing,
}
