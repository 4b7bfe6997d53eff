"""The words of the table of forty hostile or broken requests: what is sent, and what it may leave behind."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from infra.desk.desk import Desk
from infra.desk.gateway import Response
from tests.end_to_end.storefront import SHOP, signature

START = datetime(2026, 11, 2, 15, tzinfo=UTC)  # a Monday, late in the morning of the shop
FIRST, NOON = (
    "2026-11-02T15:00:00.001Z",
    "2026-11-02T12:00:00Z",
)  # when the first request arrives; some time before
BROWSER, SERVER = "local", "local-server"
WOOCOMMERCE_SECRET = b"woocommerce-local-secret"

Json = dict[str, Any]


class Sent(NamedTuple):
    """One request."""

    target: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    def to(self, desk: Desk) -> Response:
        return desk.request(self.method, self.target, self.headers, self.body)


@dataclass(frozen=True)
class Left:
    """What is there afterwards; nothing and nobody unless it is named.

    who: an identity of the one customer. timeline: names. orders: the customer's count. holds: values by their dotted
    path in what the desk tells of the customer. letters: words out of the reason of each dead letter. rejected: codes of
    the calls the last answer rejects. shown, hidden: what the mail of the next day says, and what it does not.
    """

    who: str = ""
    timeline: tuple[str, ...] = ()
    orders: int = 0
    holds: Mapping[str, Any] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


NOTHING = Left()


@dataclass(frozen=True)
class Row:
    """Its number in the list of forty, the requests and the status of each of them."""

    number: int
    title: str
    sent: tuple[Sent, ...]
    status: int
    left: Left = NOTHING


def as_bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def shopify(content: Any, topic: str = "orders/create", *, signed: str | None = None, **headers: str) -> Sent:
    """A webhook of our shop. signed: a signature in place of the right one. headers: by Shopify's names, without `x_`."""
    body = as_bytes(content)
    given = {
        "shopify_topic": topic,
        "shopify_shop_domain": SHOP,
        "shopify_event_id": "event-1",
        "shopify_hmac_sha256": signature(body) if signed is None else signed,
    } | headers
    return Sent(
        "/webhooks/shopify", {f"x-{name.replace('_', '-')}": text for name, text in given.items()}, body
    )


def woocommerce(content: Any, topic: str = "order.updated") -> Sent:
    body = as_bytes(content)
    signed = signature(body, WOOCOMMERCE_SECRET)
    headers = {
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-signature": signed,
        "x-wc-webhook-delivery-id": "d-1",
    }
    return Sent("/webhooks/woocommerce", headers, body)


def client(content: Any, *, key: str = BROWSER, **headers: str) -> Sent:
    """A batch of a Segment client."""
    basic = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return Sent("/v1/batch", {"authorization": basic, **given}, as_bytes(content))


def server(*calls: Any) -> Sent:
    """A batch of calls made with the secret key."""
    return client({"batch": list(calls)}, key=SERVER)


def browser(*calls: Any) -> Sent:
    return client({"batch": list(calls)})


def seen(properties: Json | None = None, **fields: Any) -> Json:
    """Something a visitor did."""
    return {
        "type": "track",
        "anonymousId": "visitor-1",
        "event": "Seen",
        "properties": properties or {},
        **fields,
    }


def viewed(properties: Json, **fields: Any) -> Json:
    return {"type": "track", "userId": "7", "event": "Product Viewed", "properties": properties, **fields}


def ordered(order_id: str, **properties: Any) -> Json:
    told = {"order_id": order_id, **properties}
    return {"type": "track", "userId": "7", "event": "Order Completed", "properties": told}


def named(**traits: Any) -> Json:
    """What a store's server knows of customer 7."""
    return {"type": "identify", "userId": "7", "traits": traits}


def order(**fields: Any) -> Json:
    """A Shopify order of customer 7."""
    whole = {
        "id": 9001,
        "created_at": NOON,
        "updated_at": NOON,
        "currency": "USD",
        "total_price": "19.90",
        "financial_status": "paid",
        "customer": {"id": 7, "email": "c7@example.com", "first_name": "Ada"},
        "line_items": [{"product_id": 55, "title": "Green tea", "quantity": 1, "price": "19.90"}],
    }
    return {**whole, **fields}


def subscriber(**fields: Any) -> Json:
    """Customer 7 of a Shopify shop, who wants our mails."""
    said = {"state": "subscribed", "opt_in_level": "confirmed_opt_in", "consent_updated_at": NOON}
    whole = {
        "id": 7,
        "email": "c7@example.com",
        "created_at": NOON,
        "updated_at": NOON,
        "email_marketing_consent": said,
    }
    return {**whole, **fields}
