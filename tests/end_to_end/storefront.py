"""A storefront that talks to the desk as Shopify and a Segment client do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from infra.desk.desk import Desk

SHOP = "alder-and-thyme.myshopify.com"
SECRET = b"shopify-local-secret"


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


class Storefront:
    """Customers are numbered; number 7 has the address c7@example.com."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._numbers = count(1)

    def webhook(
        self, topic: str, body: Mapping[str, Any] | bytes, *, event_id: str = "", signed: str = ""
    ) -> int:
        """Status of a Shopify webhook. signed: a signature in place of the right one."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Event-Id": event_id or f"event-{next(self._numbers)}",
            "X-Shopify-Hmac-Sha256": signed or signature(raw),
        }
        return self.desk.request("POST", "/webhooks/shopify", headers, raw).status

    def customer(self, number: int, consent: str = "subscribed") -> int:
        now = self.desk.now.isoformat()
        said = {"state": consent, "opt_in_level": "confirmed_opt_in", "consent_updated_at": now}
        person = {
            **self._person(number),
            "created_at": now,
            "updated_at": now,
            "email_marketing_consent": said,
        }
        return self.webhook("customers/create", person)

    def order(
        self, number: int, product: int, title: str, *, topic: str = "orders/create", **fields: Any
    ) -> dict[str, Any]:
        """The body that was sent, for telling it again."""
        now = self.desk.now.isoformat()
        body = {
            "id": 9000 + next(self._numbers),
            "created_at": now,
            "updated_at": now,
            "currency": "USD",
            "total_price": "19.90",
            "financial_status": "pending",
            "customer": self._person(number),
            "line_items": [{"product_id": product, "title": title, "quantity": 1, "price": "19.90"}],
            **fields,
        }
        assert self.webhook(topic, body) == 200
        return body

    def view(self, number: int, product: str, *, key: str = "local") -> int:
        return self.track(number, "Product Viewed", {"product_id": product}, key=key)

    def track(self, number: int, name: str, properties: Mapping[str, Any], *, key: str = "local") -> int:
        """Status of a Segment client's call."""
        call = {
            "messageId": f"call-{next(self._numbers)}",
            "userId": str(number),
            "event": name,
            "properties": {"name": "Whatever a browser says", **properties},
            "timestamp": self.desk.now.isoformat(),
        }
        headers = {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
        return self.desk.request("POST", "/v1/track", headers, json.dumps(call)).status

    def mails(self, number: int) -> list[dict[str, Any]]:
        return [message for message in self.desk.outbox() if message["to"] == f"c{number}@example.com"]

    def seen(self, number: int) -> dict[str, Any]:
        """The customer as the desk shows it."""
        found: dict[str, Any] | None = self.desk.customer(f"c{number}@example.com")
        assert found is not None
        return found

    def verdict(self, number: int, campaign: str) -> str:
        return str(self.seen(number)["explanation"][campaign]["verdict"])

    def _person(self, number: int) -> dict[str, Any]:
        return {"id": number, "email": f"c{number}@example.com", "first_name": f"Customer{number}"}
