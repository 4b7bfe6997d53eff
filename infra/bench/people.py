"""Customers with a past, lived through the real functions, so that their documents are what documents become."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from infra.bench.release import PRODUCTS, shop
from perennial.apply import fold
from perennial.customer import Customer, copied, new
from perennial.events import ConsentEvidence, Event, Line, Name, Order
from perennial.messaging import outbox
from perennial.messaging.outbox import Status
from perennial.people.identities import Identity, IdentityKeys, Kind, short_id
from perennial.plan import plan
from perennial.times import stamp

NOW = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)  # a Wednesday, late morning in the shop's own zone
KEYS = IdentityKeys("identity-key-of-the-bench")
_PASTS = 10  # different ones; more customers than that share them
_CONSENT = {
    "email": ConsentEvidence(state="subscribed", at="2025-02-01T09:00:00.000Z", source="shopify"),
    "sms": ConsentEvidence(state="not_subscribed", at="2025-02-01T09:00:00.000Z", source="shopify"),
}


def identities(number: int) -> tuple[Identity, Identity, Identity]:
    """Store id, address and device of a customer."""
    return (
        Identity(Kind.STORE, str(7_200_000_000 + number)),
        Identity(Kind.EMAIL, f"customer-{number}@garden-post.example"),
        Identity(Kind.ANONYMOUS, f"5f0c2d1e-8a4b-4c6d-9e7f-{number:012d}"),
    )


def customer(number: int) -> Customer:
    """A customer of two years, never stored; nothing of theirs is due before the last days of November."""
    document = copied(_past(number % _PASTS))
    store, email, device = identities(number)
    document["id"] = KEYS.customer_id(store)
    document["identities"] = {each.kind: [each.value] for each in (store, email, device)}
    document["traits"]["email"] = email.value
    return document


def returned(number: int, ended: datetime) -> Customer:
    """The same, who has looked at four products until `ended` and is planned for."""
    document = customer(number)
    for event in _visit(f"last {number}", ended, 4):
        fold(document, event)
    return plan(document, shop(), ended).customer


@cache
def _past(number: int) -> Customer:
    """More orders, views and messages the higher the number: documents of 1.5 to 2.5 KB."""
    document = new(f"past-{number}")
    for event in sorted(_events(number), key=lambda event: event.occurred_at):
        fold(document, event)
        if event.properties.get("last_of_visit"):
            document = _written_to(document, event.occurred_at + timedelta(hours=5))
    for days in (9, 4, 1):  # follow-ups too, so that nothing is due now
        document = _written_to(document, NOW - timedelta(days=days))
    return document


def _events(number: int) -> Iterator[Event]:
    traits = {
        "first_name": "Margarethe",
        "last_name": "Oakenfield",
        "email": "m",
        "locale": "en-US",
        "country": "US",
    }
    traits["timezone"] = "America/New_York"
    since = NOW - timedelta(days=640)
    yield _event(f"sign-up {number}", Name.CUSTOMER_CREATED, since, {"traits": traits, "consent": _CONSENT})
    for nth in range(3 + number // 2):
        chance = Random(100 * number + nth)  # noqa: S311 - nothing is secret here
        at = NOW - timedelta(days=10 + 29 * nth, seconds=chance.uniform(0, 80_000))
        yield _event(f"order {number} {nth}", Name.ORDER_PAID, at, {"order": _order(chance, at)})
    for nth in range(2 + number // 4):
        yield from _visit(
            f"visit {number} {nth}", NOW - timedelta(days=24 + 29 * nth, minutes=17 * number), 5
        )


def _visit(name: str, ended: datetime, views: int) -> Iterator[Event]:
    chance = Random(name)  # noqa: S311 - as above
    times = sorted(ended - timedelta(seconds=chance.uniform(0, 1500)) for _ in range(views - 1))
    for nth, at in enumerate([*times, ended]):
        properties: dict[str, Any] = {"product_id": chance.choice(PRODUCTS)}
        if at == ended:
            properties["last_of_visit"] = True
        yield _event(f"{name} {nth}", Name.PRODUCT_VIEWED, at, properties)


def _order(chance: Random, at: datetime) -> Order:
    lines = [
        Line(
            product_id=product,
            quantity=chance.randint(1, 2),
            price=chance.randint(400, 6000),
            variant_id=str(chance.randrange(43_000_000_000_000, 44_000_000_000_000)),
        )
        for product in chance.sample(PRODUCTS, chance.randint(1, 3))
    ]
    return Order(
        id=str(chance.randrange(5_500_000_000_000, 5_600_000_000_000)),
        placed_at=stamp(at),
        updated_at=stamp(at + timedelta(seconds=chance.uniform(1, 9000))),
        status="paid",
        total=sum(line["price"] * line["quantity"] for line in lines),
        currency="USD",
        trusted=True,
        lines=lines,
    )


def _event(name: str, kind: str, at: datetime, properties: dict[str, Any]) -> Event:
    return Event(
        id=short_id("bench", name),
        name=kind,
        occurred_at=at,
        received_at=at,
        source="bench",
        trusted=True,
        identities=identities(0),
        properties=properties,
        sent_at=at,
    )


def _written_to(document: Customer, at: datetime) -> Customer:
    """The customer after whatever was due has been sent, and planned for what comes next."""
    planned = plan(document, shop(), at)
    for message in planned.queue:
        outbox.settle(planned.customer, message, Status.SENT, at)
    return plan(planned.customer, shop(), at).customer
