"""What WooCommerce sends, and the whole way of a webhook: through the door, the queue and the record."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count
from typing import Any

from on_event.envelope import Envelope
from on_event.receive import build as build_receive
from on_event.record import build as build_record
from on_event.translate import Translation, translate
from perennial.adapters.memory import MemoryWorld
from perennial.customer import Customer
from perennial.people.identities import Identity, Kind
from perennial.times import Clock
from tests.unit.on_event.sending import NOW, SETTINGS, Json, request, signature

SECRET = "woocommerce-secret"
SOURCE = "https://shop.garden.example/"


def shop(clock: Clock = lambda: NOW, **settings: str) -> MemoryWorld:
    """A shop that both stores may send to."""
    given = SETTINGS | {"WOOCOMMERCE_SECRET": SECRET, "IDENTITY_KEY": "identity-key"} | settings
    return MemoryWorld(clock=clock, settings=given)


def ticking_shop() -> MemoryWorld:
    """A shop in which a second passes each time somebody looks at the clock."""
    seconds = count()
    return shop(lambda: NOW + timedelta(seconds=next(seconds)))


def woo_webhook(topic: str, body: bytes, *, secret: str = SECRET, **headers: str) -> Json:
    """A signed delivery; `headers` by WooCommerce's names with underscores, without `x_wc_webhook_`; "" leaves one out."""
    resource, _, event = topic.partition(".")
    given = {
        "source": SOURCE,
        "topic": topic,
        "resource": resource,
        "event": event,
        "signature": signature(body, secret),
        "id": "12",
        "delivery_id": "d-1",
    } | headers
    names = {
        f"X-WC-Webhook-{name.replace('_', '-').title()}": value for name, value in given.items() if value
    }
    return request("/webhooks/woocommerce", body, headers={"Content-Type": "application/json", **names})


def woocommerce(topic: str, content: Any, currency: str | None = None, /, **headers: str) -> Translation:
    """The translation of one webhook."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    resource, _, event = topic.partition(".")
    given = {"topic": topic, "resource": resource, "event": event, "source": SOURCE, "delivery_id": "d-1"}
    return translate(Envelope("woocommerce", NOW, trusted=True, body=body, headers=given | headers), currency)


def deliver(to: MemoryWorld, *requests: Json) -> None:
    """Each request is received and answered 200, then all that was queued is recorded in one batch."""
    for each in requests:
        assert build_receive(to)(each, None)["statusCode"] == 200
    bodies = to.signed_queue.take()
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    assert build_record(to)({"Records": records}, None) == {"batchItemFailures": []}


def customer(at: MemoryWorld, kind: Kind, value: str) -> Customer:
    """Whom an identity leads to."""
    identity = Identity(kind, value)
    owner = at.documents.owners([identity])[identity]
    return at.documents.load([owner])[owner]
