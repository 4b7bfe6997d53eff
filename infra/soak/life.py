"""What the customers of a simulated shop do in a month, and what must be known of it in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from infra import senders

DOMAIN = "soak.myshopify.com"
SECRET = "secret-of-the-soak"  # noqa: S105 - it signs invented webhooks
WRITE_KEY = "write-key-of-the-soak"
GOODS = [str(7000 + n) for n in range(60)]


class Request(NamedTuple):
    """One request of a storefront; `copies`: how often it is sent."""

    at: datetime
    path: str
    headers: dict[str, str]
    body: bytes
    copies: int


@dataclass(slots=True)
class Truth:
    """What really happened, by customer number: the ledger is held against this."""

    events: int = 0
    orders: Counter[int] = field(default_factory=Counter)
    customers: int = 0


class Life:
    """Customers of a shop. events: about how many in all; each customer signs up first."""

    def __init__(self, chance: Random, customers: int, events: int, start: datetime, days: int) -> None:
        self._chance, self._customers, self._start, self._days = chance, customers, start, days
        self._visits = max(1, (events - customers) // 5)  # a visit is five events on the average
        self.truth = Truth(customers=customers)
        self._orders = 0

    def day(self, number: int) -> Iterator[Request]:
        """The requests of one day, in their order."""
        begin = self._start + timedelta(days=number)
        new = range(number, self._customers, self._days)
        plans = [(self._chance.uniform(0, 80_000), "sign_up", who) for who in new]
        share = self._visits // self._days + (number < self._visits % self._days)
        plans += [(self._chance.uniform(0, 86_000), "visit", self._known_by(number)) for _ in range(share)]
        for seconds, what, who in sorted(plans):
            yield from getattr(self, f"_{what}")(begin + timedelta(seconds=seconds), who)

    def _known_by(self, day: int) -> int:
        """Whoever has signed up on that day or before."""
        who = self._chance.randrange(self._customers)
        known = who - who % self._days + min(who % self._days, self._chance.randint(0, day))
        return min(known, self._customers - 1)

    def _sign_up(self, at: datetime, who: int) -> Iterator[Request]:
        self.truth.events += 1
        consent = {"state": "subscribed", "consent_updated_at": _iso(at)}
        yield self._webhook(
            at,
            "customers/create",
            {**_customer(who), "updated_at": _iso(at), "email_marketing_consent": consent},
        )

    def _visit(self, at: datetime, who: int) -> Iterator[Request]:
        seen = self._chance.choices(GOODS, k=self._chance.randint(2, 6))
        calls = [self._call(at, who, "Product Viewed", good) for good in seen]
        if self._chance.random() < 0.2:
            calls.append(self._call(at, who, "Product Added", seen[-1]))
        self.truth.events += len(calls)
        body = json.dumps({"batch": calls, "sentAt": _iso(at)}).encode()
        yield Request(at, "/v1/batch", senders.basic(WRITE_KEY), body, self._copies())
        if self._chance.random() < 0.25:
            yield from self._order(at + timedelta(minutes=3), who, seen[-1])

    def _order(self, at: datetime, who: int, good: str) -> Iterator[Request]:
        self._orders += 1
        self.truth.orders[who] += 1
        self.truth.events += 2
        order = {
            "id": 5_000_000 + self._orders,
            "created_at": _iso(at),
            "updated_at": _iso(at),
            "currency": "USD",
            "financial_status": "pending",
            "total_price": "19.90",
            "customer": _customer(who),
            "line_items": [
                {"product_id": int(good), "title": f"Good {good}", "quantity": 1, "price": "19.90"}
            ],
        }
        yield self._webhook(at, "orders/create", order)
        yield self._webhook(at, "orders/paid", {**order, "financial_status": "paid"})

    def _call(self, at: datetime, who: int, name: str, good: str) -> dict[str, Any]:
        return {
            "type": "track",
            "event": name,
            "messageId": f"m{self._chance.getrandbits(64):x}",
            "userId": str(1000 + who),
            "anonymousId": f"device-{who}",
            "originalTimestamp": _iso(at),
            "properties": {"product_id": good, "quantity": 1},
        }

    def _webhook(self, at: datetime, topic: str, resource: dict[str, Any]) -> Request:
        raw = json.dumps(resource).encode()
        headers = senders.shopify(topic, DOMAIN, raw, SECRET)
        return Request(at, "/webhooks/shopify", headers, raw, self._copies())

    def _copies(self) -> int:
        """Senders who heard no answer come again."""
        return 2 if self._chance.random() < 0.03 else 1


def _customer(who: int) -> dict[str, Any]:
    return {
        "id": 1000 + who,
        "email": f"c{who}@soak.example",
        "first_name": "Ada",
        "created_at": "2025-01-01T00:00:00Z",
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
