"""The world outside: a shop's webhooks, its visitors' browsers, the mail provider's events, a click on a link."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from perennial.times import stamp

Json = dict[str, Any]
STORE_ID = "1001"
EMAIL = "ada@fernleaf.example"
SECRET, WRITE_KEY, SERVER_KEY = "a secret of the shop's", "a-public-key", "a-key-of-the-shop's-servers"
CUSTOMER, VISITOR = {"userId": STORE_ID}, {"anonymousId": "a-laptop"}
SIGNED_IN = CUSTOMER | VISITOR


class Request(NamedTuple):
    """tells: the event it is remembered by on the timeline. id: equal for copies. event: as API Gateway hands it on."""

    tells: str
    id: str
    event: Json


class Accepted(NamedTuple):
    """A mail that the provider took."""

    message_id: str
    customer_id: str
    provider_id: str
    at: datetime


def signed_up(at: datetime) -> Request:
    """A new customer of the store, who wants mail."""
    said = {"state": "subscribed", "consent_updated_at": stamp(at)}
    times = {"created_at": stamp(at), "updated_at": stamp(at)}
    customer = _customer() | times | {"email_marketing_consent": said}
    return _webhook("customer_created", "customers/create", "signed-up", customer)


def subscribed(at: datetime) -> Request:
    """A visitor leaves an address with the shop's own form, and wants mail."""
    call = {
        "messageId": "subscribed",
        "timestamp": stamp(at),
        "traits": {"email": EMAIL, "consent": {"email": "subscribed"}},
    }
    return _call("identified", "identify", call | VISITOR, SERVER_KEY)


def ordered(at: datetime, order_id: str = "5001", *, as_guest: bool = False) -> Request:
    """An order of one thing."""
    line = {"product_id": 71, "title": "Oolong tea", "quantity": 1, "price": "12.00"}
    order = {
        "id": int(order_id),
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "currency": "GBP",
        "total_price": "12.00",
        "financial_status": "paid",
        "customer": {"email": EMAIL} if as_guest else _customer(),
        "line_items": [line],
    }
    return _webhook("order_completed", "orders/create", order_id, order)


def redacted(at: datetime) -> Request:
    """The store passes on that the customer wants to be forgotten."""
    customer = {"id": int(STORE_ID), "email": EMAIL, "phone": None}
    wanted = {"shop_domain": "fernleaf.example", "customer": customer, "orders_to_redact": [5001]}
    return _webhook("erase_requested", "customers/redact", f"redact at {stamp(at)}", wanted)


def viewed(at: datetime, product: str = "71", who: Json = CUSTOMER, key: str = WRITE_KEY) -> Request:
    """Somebody, known or not, looks at a product; told by a browser, or by the shop's server with its own key."""
    call = {
        "messageId": f"{product} at {stamp(at)} by {', '.join(who)}",
        "event": "Product Viewed",
        "timestamp": stamp(at),
        "properties": {"product_id": product},
    }
    return _call("product_viewed", "track", call | who, key)


def unsubscribed(path: str) -> Request:
    """The one click of a mail program on the link it was given."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Request("consent_changed", path, _http(path, "List-Unsubscribe=One-Click", headers))


def send_event(mail: Accepted) -> str:
    """What SES tells EventBridge of a mail it has accepted."""
    tags = {"message_id": [mail.message_id], "customer_id": [mail.customer_id]}
    told = {"messageId": mail.provider_id, "timestamp": stamp(mail.at), "destination": [EMAIL], "tags": tags}
    at = stamp(mail.at + timedelta(seconds=1))
    detail = {"eventType": "Send", "mail": told, "send": {}}
    return json.dumps({"source": "aws.ses", "detail-type": "Email Sent", "time": at, "detail": detail})


def _customer() -> Json:
    return {"id": int(STORE_ID), "email": EMAIL, "first_name": "Ada", "last_name": "Fern"}


def _call(tells: str, kind: str, call: Json, key: str) -> Request:
    authorization = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"authorization": f"Basic {authorization}", "content-type": "application/json"}
    return Request(tells, call["messageId"], _http(f"/v1/{kind}", json.dumps(call), headers))


def _webhook(tells: str, topic: str, event_id: str, resource: Json) -> Request:
    body = json.dumps(resource)
    digest = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest()
    headers = {
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": "fernleaf.example",
        "x-shopify-event-id": event_id,
        "x-shopify-hmac-sha256": base64.b64encode(digest).decode(),
    }
    return Request(tells, event_id, _http("/webhooks/shopify", body, headers))


def _http(path: str, body: str, headers: Json) -> Json:
    http = {"method": "POST", "path": path}
    return {"rawPath": path, "headers": headers, "requestContext": {"http": http}, "body": body}
