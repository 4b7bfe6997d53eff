"""WooCommerce webhooks: orders, customers and products, as canonical events.

Payment, cancellation and refund all come as `order.updated`; what an order is now is read from its status and its refunds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from on_event import reading, refunding, strict_json
from on_event.envelope import Envelope
from on_event.translation import Translation
from on_event.woocommerce import customers, orders, products
from on_event.woocommerce.delivery import SOURCE, Webhook, topic_of
from perennial.errors import Unintelligible
from perennial.events import ConsentEvidence, ConsentState, Name, OrderStatus, Product
from perennial.people.identities import Identity, Kind
from perennial.times import stamp

# An update that comes with one of these times is what it tells of.
_REACHED = {"date_completed_gmt": Name.ORDER_FULFILLED, "date_paid_gmt": Name.ORDER_PAID}


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """The events and products of one webhook; Unintelligible for a topic or a body we do not know."""
    topic = topic_of(envelope)
    translator = _TOPICS.get(topic)
    if translator is None:
        raise Unintelligible(f"There is no translation for the WooCommerce topic {topic!r}.")
    resource = strict_json.parse(envelope.body)
    if not isinstance(resource, dict):
        raise Unintelligible("A WooCommerce webhook is one JSON object.")
    _check_readable(resource, topic)
    return translator(Webhook(envelope, resource, currency))


def _check_readable(resource: dict[str, Any], topic: str) -> None:
    """A webhook whose owner may no longer read the resource sends the error in its place, signed."""
    status = reading.identifier(reading.mapping(resource.get("data")).get("status"))
    if "id" not in resource and isinstance(resource.get("code"), str) and status:
        code = reading.text(resource["code"], 100)
        raise Unintelligible(
            f"WooCommerce sent an error ({code}, {status}) in place of what {topic} is about. Its webhook belongs to a user"
            " who may not read it: save the webhook again as an administrator of the shop."
        )


def _order(webhook: Webhook) -> Translation:
    order_id, resource = webhook.id(), webhook.resource
    placed_at, updated_at = webhook.created_at(), webhook.updated_at()
    order = orders.order_of(resource, order_id, stamp(placed_at), stamp(updated_at))
    taught = orders.products_of(resource, order["currency"], order["updated_at"])
    buyer = customers.buyer_of(resource)
    identities = list(buyer.identities())
    if not identities:
        return Translation(products=taught)
    name = _name(webhook, order["status"])
    at = placed_at if name == Name.ORDER_COMPLETED else updated_at
    identities.append(Identity(Kind.ORDER, order_id))
    event = webhook.event(name, identities, {"order": order, "traits": buyer.traits()}, at)
    return Translation(events=[event, *refunding.refunds_in(event, {})], products=taught)


def _name(webhook: Webhook, status: str) -> Name:
    """An order is completed when it is placed, not while its customer stands at the till."""
    if status == OrderStatus.CANCELLED:
        return Name.ORDER_CANCELLED
    if webhook.topic == "order.created" and status != OrderStatus.PENDING:
        return Name.ORDER_COMPLETED
    reached = (name for field, name in _REACHED.items() if webhook.changed_with(field))
    return next(reached, Name.ORDER_UPDATED) if status == OrderStatus.PAID else Name.ORDER_UPDATED


def _deleted_order(webhook: Webhook) -> Translation:
    """Into the bin, or for good: it names its order and no customer, and counts until the order comes back."""
    order_id = webhook.id()
    leads = [Identity(Kind.ORDER, order_id)]
    event = webhook.event(Name.ORDER_DELETED, leads, {"order_id": order_id}, webhook.updated_at())
    return Translation(events=[event])


def _customer(webhook: Webhook) -> Translation:
    webhook.id()
    created = webhook.topic == "customer.created"
    person = customers.customer_of(webhook.resource)
    name = Name.CUSTOMER_CREATED if created else Name.CUSTOMER_UPDATED
    at = webhook.created_at() if created else webhook.updated_at()
    return Translation(events=[webhook.event(name, person.identities(), {"traits": person.traits()}, at)])


def _deleted_customer(webhook: Webhook) -> Translation:
    """What was agreed to with the account holds no longer."""
    customer_id, at = webhook.id(), webhook.updated_at()
    said = ConsentEvidence(
        state=ConsentState.NOT_SUBSCRIBED,
        at=stamp(at),
        source=SOURCE,
        evidence=f"{webhook.topic}/{customer_id}",
    )
    person = customers.Person(customer_id, {}, {})
    consent = {"consent": {"email": said, "sms": said}}
    return Translation(events=[webhook.event(Name.CUSTOMER_DELETED, person.identities(), consent, at)])


def _product(webhook: Webhook) -> Translation:
    if products.is_variation(webhook.resource):
        return Translation()
    at = stamp(webhook.updated_at())
    product = products.product_of(webhook.resource, webhook.id(), webhook.currency, at)
    return Translation(products=[product])


def _restored_product(webhook: Webhook) -> Translation:
    found = _product(webhook)
    return replace(found, products=[{**product, "deleted": False} for product in found.products])


def _deleted_product(webhook: Webhook) -> Translation:
    at = stamp(webhook.updated_at())
    return Translation(products=[Product(id=webhook.id(), at=at, rank=2, available=False, deleted=True)])


def _nothing(_webhook: Webhook) -> Translation:
    return Translation()


_TOPICS: Mapping[str, Callable[[Webhook], Translation]] = {
    "order.created": _order,
    "order.updated": _order,
    "order.restored": _order,
    "order.deleted": _deleted_order,
    "customer.created": _customer,
    "customer.updated": _customer,
    "customer.deleted": _deleted_customer,
    "product.created": _product,
    "product.updated": _product,
    "product.restored": _restored_product,
    "product.deleted": _deleted_product,
    # Understood, and nothing to keep: a coupon concerns no customer until an order uses it.
    "coupon.created": _nothing,
    "coupon.updated": _nothing,
    "coupon.deleted": _nothing,
    "coupon.restored": _nothing,
}
