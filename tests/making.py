"""Small worlds for tests: a shop with three campaigns, customers told by events, and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from perennial.apply import apply
from perennial.campaigns import Campaign, Exit, Mode, Step
from perennial.customer import Customer, new
from perennial.events import ConsentEvidence, Event, Line, Name, Order
from perennial.forecast.gaps import IntervalTables
from perennial.insight.tables import Tables
from perennial.people.identities import Identity, Kind, short_id
from perennial.shop import Cap, Settings, Shop
from perennial.times import Span, stamp

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
_numbers = count(1)

SETTINGS = Settings(
    name="Fern & Leaf",
    url="https://fernleaf.example",
    postal_address="1 Garden Row, Bristol BS1 1AA, United Kingdom",
    support_email="hello@fernleaf.example",
    timezone="Europe/London",
    currency="GBP",
    locale="en-GB",
    hosts=("fernleaf.example",),
    send_between=("09:00", "20:00"),
    caps={"email": Cap(1, 16), "sms": Cap(1, 24)},
    sender_name="Fern & Leaf",
)


def campaign(campaign_id: str, kind: str, trigger: Mapping[str, Any], **fields: Any) -> Campaign:
    """A live campaign of one e-mail, changed by `fields`."""
    whole: dict[str, Any] = {
        "id": campaign_id,
        "name": campaign_id,
        "kind": kind,
        "trigger": trigger,
        "steps": (Step("first", "email", f"{campaign_id}/first"),),
        "mode": Mode.LIVE,
        "live_since": SINCE,
        "exit_on": (Exit("order_completed"),),
    }
    return Campaign(**{**whole, **fields})


def browse(**fields: Any) -> Campaign:
    return campaign(
        "browse", "browse", {"after": Span(seconds=4 * 3600)}, **{"once_per": Span(days=3), **fields}
    )


def replenishment(**fields: Any) -> Campaign:
    trigger = {"before": Span(days=5), "default_cycle": Span(days=45)}
    exits = (Exit("order_completed", same_product=True),)
    return campaign("replenishment", "replenishment", trigger, **{"exit_on": exits, "priority": 60, **fields})


def winback(**fields: Any) -> Campaign:
    trigger = {"silence": 0.9, "default_rhythm": Span(days=60), "at_least": Span(days=45)}
    return campaign("winback", "winback", trigger, **{"once_per": Span(days=90), **fields})


def price_drop(**fields: Any) -> Campaign:
    return campaign("price_drop", "price_drop", {"after": Span(seconds=0), "at_least": 0.1}, **fields)


TEMPLATES = {
    f"{name}/first": {
        "subject": "For you, {{ customer.first_name | default('friend') }}",
        "preheader": "A word about what you looked at",
        "html": "<p>{% for item in items %}{{ item.title }} {% endfor %}</p><a href='{{ unsubscribe_url }}'>Stop</a>",
        "text": "{% for item in items %}{{ item.title }} {% endfor %}{{ unsubscribe_url }}",
        "sms": "{{ shop.name }}: {{ items | length }} things wait for you",
    }
    for name in ("browse", "replenishment", "winback", "price_drop")
}


def shop(
    *campaigns: Campaign,
    intervals: IntervalTables | None = None,
    tables: Tables | None = None,
    **settings: Any,
) -> Shop:
    """A release with these campaigns (all three when none is named), highest priority first."""
    chosen = campaigns or (browse(), replenishment(), winback())
    ordered = sorted(chosen, key=lambda each: (-each.priority, each.id))
    return Shop(
        release="r1",
        settings=replace(SETTINGS, **settings),
        campaigns={each.id: each for each in ordered},
        templates=TEMPLATES,
        intervals=intervals or IntervalTables(),
        tables=tables or Tables(),
    )


def event(name: str, at: datetime, *, properties: Mapping[str, Any] | None = None, **fields: Any) -> Event:
    """A trusted event of store customer 1 with an id of its own, changed by `fields`."""
    whole: dict[str, Any] = {
        "id": short_id("test", str(next(_numbers))),
        "name": name,
        "occurred_at": at,
        "received_at": at,
        "source": "test",
        "trusted": True,
        "identities": (Identity(Kind.STORE, "1"), Identity(Kind.EMAIL, "ada@example.com")),
        "properties": properties or {},
        "sent_at": at,
    }
    return Event(**{**whole, **fields})


def signed_up(at: datetime, *, state: str = "subscribed", **traits: str) -> Event:
    """The customer with an address and a word on e-mail consent."""
    said = ConsentEvidence(state=state, at=stamp(at), source="shopify")
    properties = {
        "traits": {"email": "ada@example.com", "first_name": "Ada", **traits},
        "consent": {"email": said},
    }
    return event(Name.CUSTOMER_CREATED, at, properties=properties)


def viewed(at: datetime, product: str = "tea", **fields: Any) -> Event:
    return event(Name.PRODUCT_VIEWED, at, properties={"product_id": product}, **fields)


def order(
    order_id: str, at: datetime, *products: str, updated_at: datetime | None = None, status: str = "paid"
) -> Order:
    lines = [Line(product_id=product, quantity=1, price=900) for product in products or ("tea",)]
    return Order(
        id=order_id,
        placed_at=stamp(at),
        updated_at=stamp(updated_at or at),
        status=status,
        total=900 * len(lines),
        currency="GBP",
        trusted=True,
        lines=lines,
    )


def ordered(
    at: datetime,
    *products: str,
    order_id: str | None = None,
    of: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Event:
    """`of`: what is different about the order."""
    told = {**order(order_id or f"o{next(_numbers)}", at, *products), **(of or {})}
    return event(Name.ORDER_COMPLETED, at, properties={"order": told}, **fields)


def unsubscribed(at: datetime, channel: str = "email") -> Event:
    said = ConsentEvidence(state="unsubscribed", at=stamp(at), source="unsubscribe_link")
    return event(Name.CONSENT_CHANGED, at, properties={"consent": {channel: said}})


def customer(*events: Event) -> Customer:
    """The document that follows from the events."""
    return told(new("c1"), events)


def told(document: Customer, events: Iterable[Event]) -> Customer:
    for each in events:
        document = apply(document, each)
    return document


def days(number: float) -> timedelta:
    return timedelta(days=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
