"""What the templates are tried with: everything known, next to nothing known, and what an enemy would fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from perennial.adapters.memory import MemoryWorld
from perennial.campaigns import OPT_IN
from perennial.customer import Customer, new
from perennial.events import Order, OrderStatus, Product
from perennial.messaging.messages import Planned
from perennial.publishing.publisher import publish
from perennial.rendering.renderer import Links, Message, Renderer
from perennial.shop import Shop

CONTENT = Path(__file__).parents[2] / "content"
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
UNSUBSCRIBE = "https://mail.alder-and-thyme.example/unsubscribe/1.email.c2abc.AAAAAAAAAAA.mzxw6ytboi"
CONFIRM = "https://mail.alder-and-thyme.example/confirm/1.email.c2abc.AAAAAAAAAAA.mzxw6ytboi"
PICTURE = "https://cdn.alder-and-thyme.example/pictures/{}.jpg"

TEA: Product = {
    "id": "tea",
    "title": "Evening Tea with Lemon Balm, 100 g",
    "at": "2026-10-01T08:00:00.000Z",
    "rank": 2,
    "url": "https://www.alder-and-thyme.example/products/evening-tea",
    "image": PICTURE.format("evening-tea"),
    "price": 1850,
    "currency": "USD",
    "category": "Tea",
    "available": True,
}
BALM: Product = {
    **TEA,
    "id": "balm",
    "title": "Calendula Hand Balm",
    "url": "https://www.alder-and-thyme.example/products/hand-balm",
    "image": PICTURE.format("hand-balm"),
    "price": 1400,
}
BARE: Product = {"id": "tea", "title": "Evening Tea", "at": "2026-10-01T08:00:00.000Z", "rank": 1}
HOSTILE: Product = {
    **TEA,
    "title": "<script>alert('x')</script> {{ 7 * 7 }} \"quoted\" & 🍵 "
    + "Donaudampfschifffahrtsgesellschaft" * 3,
    "url": "https://www.alder-and-thyme.example@evil.example/",
    "image": "javascript:alert(1)",
    "price": 123456789,
}


@dataclass(frozen=True)
class Sample:
    """One customer, and what the catalogue knows of the products of the message."""

    traits: dict[str, str]
    products: list[Product]
    facts: dict[str, Any]
    orders: int


FULL = Sample(
    {"first_name": "Mara", "email": "mara@example.com", "locale": "en-US", "timezone": "America/New_York"},
    [TEA, BALM],
    {
        "products": ["tea", "balm"],
        "last_view": "2026-11-22T11:30:00.000Z",
        "last_bought": "2026-10-27",
        "last_order_at": "2026-07-03T23:30:00.000Z",
        "times_bought": 3,
        "usual_days": 30,
    },
    orders=4,
)
MINIMAL = Sample({}, [BARE], {**FULL.facts, "products": ["tea"], "times_bought": 1}, orders=1)
ENEMY = Sample(
    {
        "first_name": "Win at www.evil.example\r\nBcc: all@evil.example",
        "last_name": "<img src=x onerror=alert(1)>",
        "email": "mara@example.com",
        "locale": "de-DE<script>",
        "timezone": "../../etc/passwd",
    },
    [HOSTILE],
    {**FULL.facts, "products": ["tea", "unknown"]},
    orders=4,
)
SAMPLES = {"full": FULL, "minimal": MINIMAL, "hostile": ENEMY}
STEPS = [
    ("browse", "reminder", "email"),
    ("confirmation", "ask", "email"),
    ("replenishment", "reminder", "email"),
    ("replenishment", "reminder", "sms"),
    ("winback", "hello", "email"),
    ("winback", "last_note", "email"),
]


@cache
def shop() -> Shop:
    """The shipped content, published."""
    world = MemoryWorld(lambda: NOW, {})
    publish(CONTENT, world.blobs, world.pointer, world.clock)
    return world.shop()


def customer_of(sample: Sample) -> Customer:
    """A customer with as many paid orders as the sample says."""
    customer = new("c2rq7v5k4mzj3x6w2dpaa")
    customer["traits"] = dict(sample.traits)
    customer["orders"] = [_order(number) for number in range(1, sample.orders + 1)]
    return customer


def _order(number: int) -> Order:
    at = f"2026-0{number}-03T23:30:00.000Z"
    return Order(
        id=str(number),
        placed_at=at,
        updated_at=at,
        status=OrderStatus.PAID,
        total=2500,
        currency="USD",
        trusted=True,
        lines=[],
    )


def entry_of(campaign: str, step: str, channel: str, facts: dict[str, Any]) -> Planned:
    """An outbox entry about to be rendered."""
    at = "2026-11-22T15:30:00.000Z"
    return Planned(
        campaign=campaign,
        subject="",
        key="key",
        step=step,
        variant="",
        channel=channel,
        status="queued",
        planned_at=at,
        due_at=at,
        send_by=at,
        enqueues=1,
        retry_at=at,
        facts=facts,
        marketing=True,
    )


def rendered(campaign: str, step: str, channel: str, sample: Sample) -> Message:
    """The shipped template of a step, rendered for a sample."""
    return Renderer(shop()).render(
        customer_of(sample),
        shop().campaigns[campaign],
        entry_of(campaign, step, channel, sample.facts),
        {product["id"]: product for product in sample.products},
        NOW,
        Links(UNSUBSCRIBE, CONFIRM if shop().campaigns[campaign].kind == OPT_IN else None),
    )
