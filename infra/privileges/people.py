"""What senders do to the desk: stores, browsers, servers, customers, AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from infra import senders
from infra.desk.desk import Desk
from infra.desk.keys import Keys
from perennial.errors import PerennialError


class FlowFailed(PerennialError):
    """What was to use a permission did not get so far."""


class Senders:
    """Customers are numbered; number 7 has the address c7@fernleaf.example."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._numbers = count(1)

    def person(self, number: int) -> dict[str, Any]:
        """As Shopify names them."""
        return {"id": number, "email": f"c{number}@fernleaf.example", "first_name": "Ann"}

    def shopify(self, topic: str, body: Mapping[str, Any] | bytes, *, settle: bool = True) -> None:
        """A signed webhook."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        event_id = f"event-{next(self._numbers)}"
        headers = senders.shopify(topic, "fern.myshopify.com", raw, Keys().shopify_secret, event_id)
        self.desk.request("POST", "/webhooks/shopify", headers, raw, settle=settle)

    def customer(self, number: int) -> None:
        """Subscribed, and confirmed."""
        now = self.desk.now.isoformat()
        said = {"state": "subscribed", "opt_in_level": "confirmed_opt_in", "consent_updated_at": now}
        told = {"created_at": now, "updated_at": now, "email_marketing_consent": said}
        self.shopify("customers/create", self.person(number) | told)

    def order(self, number: int, at: str) -> None:
        """One of one thing."""
        line = {"product_id": 61, "title": "Tea", "quantity": 1, "price": "5.00"}
        told = {"created_at": at, "updated_at": at, "currency": "USD", "total_price": "5.00"}
        order = {"id": 9000 + next(self._numbers), **told, "line_items": [line]}
        self.shopify("orders/create", order | {"customer": self.person(number)})

    def product(self, price: str) -> None:
        """What the store says of number 61."""
        variant = {"id": 1, "product_id": 61, "price": price, "inventory_quantity": 5}
        told = {"id": 61, "title": "Tea", "status": "active", "variants": [variant]}
        times = {"updated_at": self.desk.now.isoformat(), "published_at": "2026-01-01T00:00:00Z"}
        self.shopify("products/update", told | times)

    def call(self, kind: str, *, key: str = Keys().server, **call: Any) -> None:
        """Of a Segment client."""
        call |= {"messageId": f"call-{next(self._numbers)}", "timestamp": self.desk.now.isoformat()}
        self.desk.request("POST", f"/v1/{kind}", senders.basic(key), json.dumps(call))

    def view(self, *, key: str = Keys().write, **who: str) -> None:
        """Somebody looks at number 61."""
        self.call("track", key=key, event="Product Viewed", properties={"product_id": "61"}, **who)

    def page(self, method: str, target: str, body: str = "", *, settle: bool = True) -> None:
        """A page that a customer opens or posts."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = self.desk.request(method, target, headers, body, settle=settle)
        if answer.status not in {200, 202}:
            raise FlowFailed(f"{method} /{target.split('/')[1]} answered {answer.status}.")

    def file(self, name: str, text: str) -> None:
        """Dropped into the bucket."""
        bucket = self.desk.template.buckets["ContentBucket"].name
        put = self.desk.client("s3").put_object(Bucket=bucket, Key=f"imports/{name}", Body=text.encode())
        found = {"key": f"imports/{name}", "version-id": put["VersionId"]}
        self.desk.deliver(
            {
                "source": "aws.s3",
                "detail-type": "Object Created",
                "time": self.desk.now.isoformat(),
                "detail": {"bucket": {"name": bucket}, "object": found},
            }
        )
