"""The three webhooks that the law asks of every Shopify app, and an account that was closed.

Shopify wants an answer at once and the work done within 30 days. Its signature covers the body alone, so the shop named in
the body must be the one in the header: otherwise any shop of the same app could have our customers erased.
"""

from __future__ import annotations

from typing import Any, NoReturn

from on_event import reading
from on_event.shopify.customers import Person
from on_event.shopify.delivery import Webhook
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import ConsentEvidence, ConsentState, Name
from perennial.people.identities import Identity
from perennial.times import stamp

_ORDERS_NAMED = 250


def data_request(webhook: Webhook) -> Translation:
    """A customer asks what is known of them: kept on their timeline, where the operator finds it."""
    request = reading.identifier(reading.mapping(webhook.resource.get("data_request")).get("id"))
    properties = {"orders": _orders(webhook, "orders_requested")} | ({"request": request} if request else {})
    return Translation(events=[webhook.event(Name.DATA_REQUESTED, _customer(webhook), properties)])


def redact(webhook: Webhook) -> Translation:
    """A customer is to be forgotten. The event holds no address, only what leads to the document."""
    properties = {"orders": _orders(webhook, "orders_to_redact")}
    return Translation(events=[webhook.event(Name.ERASE_REQUESTED, _customer(webhook), properties)])


def redact_shop(webhook: Webhook) -> NoReturn:
    """The shop gave the app up. Nobody deletes a whole stack for a message: it is put before the operator."""
    _check_shop(webhook)
    raise Unintelligible(
        f"The shop {webhook.shop or 'of this stack'} asks that all of its data be erased (shop/redact). Delete the stack"
        " within 30 days, and then the tables, the bucket and the secrets that it leaves behind."
    )


def account_closed(webhook: Webhook) -> Translation:
    """The store deleted a customer: what they agreed to with that account holds no longer."""
    customer_id = reading.customer_identifier(webhook.resource.get("id"))
    person = Person(customer={"id": customer_id}, guest={}, resource=webhook.resource)
    identities = list(person.identities())
    if not identities:
        raise Unintelligible("A deleted customer without an id.")
    said = ConsentEvidence(
        state=ConsentState.NOT_SUBSCRIBED,
        at=stamp(webhook.read_at()),
        source="shopify",
        evidence=f"{webhook.topic}/{customer_id}",
    )
    properties = {"consent": {"email": said, "sms": said}}
    return Translation(events=[webhook.event(Name.CUSTOMER_DELETED, identities, properties)])


def _customer(webhook: Webhook) -> list[Identity]:
    """By id, address and number, as far as they are given; Unintelligible without any."""
    _check_shop(webhook)
    customer = reading.mapping(webhook.resource.get("customer"))
    identities = list(Person(customer=customer, guest={}, resource=webhook.resource).identities())
    if not identities:
        raise Unintelligible(f"The request {webhook.topic} names no customer.")
    return identities


def _orders(webhook: Webhook, field: str) -> list[str]:
    given = webhook.resource.get(field)
    entries: list[Any] = given if isinstance(given, list) else []
    return [order_id for entry in entries[:_ORDERS_NAMED] if (order_id := reading.identifier(entry))]


def _check_shop(webhook: Webhook) -> None:
    named = reading.text(webhook.resource.get("shop_domain"))
    if named and webhook.shop and named.lower() != webhook.shop:
        raise Unintelligible(f"The request {webhook.topic} is of another shop than its header says.")
