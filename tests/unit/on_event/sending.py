"""What senders do, for the tests of this folder: requests as API Gateway hands them on, and a shop."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from on_event.envelope import Envelope, open_envelope
from on_event.receive import build
from on_event.translate import Translation, translate
from perennial.adapters.memory import MemoryWorld

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
SECRET = "shopify-secret"
SETTINGS = {
    "WRITE_KEY": "browser-key",
    "SERVER_KEY": "server-key",
    "SHOPIFY_SECRET": SECRET,
    "SHOPIFY_DOMAIN": "garden.myshopify.example",
}
SHOP = "garden.myshopify.example"
EVENTS = Path(__file__).parents[2] / "events"

Json = dict[str, Any]


def fixture(name: str) -> Json:
    """A payload of tests/events, free to be changed."""
    content: Json = json.loads((EVENTS / f"{name}.json").read_text())
    return content


def raw(name: str) -> bytes:
    """The same, as it was written."""
    return (EVENTS / f"{name}.json").read_bytes()


def world(**settings: str) -> MemoryWorld:
    """A shop with all keys set, at noon of a day in March."""
    return MemoryWorld(clock=lambda: NOW, settings=SETTINGS | settings)


def request(
    path: str,
    body: bytes | str | None = b"",
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> Json:
    """An event of API Gateway, payload format 2.0; bytes travel as base64, text as it is."""
    binary = isinstance(body, bytes)
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "headers": dict(headers or {}),
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": binary,
    }


def answer(to: MemoryWorld, event: Json) -> tuple[int, Json]:
    """Status and JSON body."""
    given = build(to)(event, None)
    return given["statusCode"], json.loads(given["body"] or "{}")


def signature(body: bytes, secret: str = SECRET) -> str:
    """As Shopify signs."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def webhook(topic: str, body: bytes, **headers: str) -> Json:
    """A signed delivery; `headers` by Shopify's names with underscores, without `x_shopify_`."""
    given = {
        "topic": topic,
        "shop_domain": SHOP,
        "hmac_sha256": signature(body),
        "event_id": "ev-1",
    } | headers
    names = {f"X-Shopify-{name.replace('_', '-').title()}": value for name, value in given.items() if value}
    return request("/webhooks/shopify", body, headers=names)


def basic(key: str, colon: str = ":") -> Mapping[str, str]:
    """The header all Segment clients send."""
    return {"Authorization": "Basic " + base64.b64encode(f"{key}{colon}".encode()).decode()}


def call(path: str, content: Any, key: str = "browser-key") -> Json:
    """A request of a Segment client."""
    return request(path, json.dumps(content), headers=basic(key))


def queued(at: MemoryWorld, *, trusted: bool) -> list[Envelope]:
    """What stands on the queue for calls of this trust."""
    queue = at.signed_queue if trusted else at.browser_queue
    return [open_envelope(text, at.blobs) for text in queue.bodies]


def shopify(topic: str, content: Any, currency: str | None = None, **headers: str) -> Translation:
    """The translation of one webhook."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = {"topic": topic, "shop": SHOP, "event_id": "ev-1"} | headers
    return translate(Envelope("shopify", NOW, trusted=True, body=body, headers=given), currency)


def segment(content: Any, *, trusted: bool = False, received_at: datetime = NOW) -> Translation:
    """The translation of one Segment body."""
    return translate(Envelope("segment", received_at, trusted=trusted, body=json.dumps(content).encode()))


def track(event: str, properties: Json | None = None, /, **fields: Any) -> Json:
    """A track call of a visitor."""
    content = {"type": "track", "anonymousId": "visitor-1", "messageId": "m-1", "event": event}
    return content | {"properties": properties or {}} | fields
