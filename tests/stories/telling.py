"""Stories: a customer's days told as events, and what one shipped campaign makes of them.

The campaign, its templates, the offers and the settings are those in `content/`, compiled as publishing does; the campaign
is set live whatever its file says, and alone. Everything runs through `record`, `sweep` and `send` in memory. Times are
those of the shop's clock, "2026-03-02 10:00"; what went out is told as "03-02 14:00 reminder".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from functools import lru_cache
from pathlib import Path
from typing import Any

from perennial.campaigns import Campaign
from perennial.decide import decide
from perennial.deciding.verdicts import Finding
from perennial.events import Cart, Event, Line, Name, Product
from perennial.forecast.gaps import IntervalTables
from perennial.insight.tables import Tables
from perennial.messaging.outbox import WENT_OUT
from perennial.plan import plan
from perennial.publishing.compiling import compile_campaign
from perennial.publishing.content import Content, files_of, read_content
from perennial.shop import Shop, pack, unpack
from perennial.times import moment, stamp, zone_of
from tests import making
from tests.making import SINCE, event
from tests.stage import Stage

CONTENT = Path(__file__).parents[2] / "content"
ZONE = zone_of("America/New_York")
_OF_THE_SHOP = {"tables", "bundles", "loyalty", "segments"}
CATALOGUE = {"tea": 900, "pot": 3400, "cup": 1200, "filter": 500, "soap": 700, "honey": 1100}
TABLES = Tables(
    bestsellers=("honey", "soap"),
    related={"tea": ("pot", "cup", "filter"), "pot": ("tea", "cup"), "soap": ("honey",)},
)


@lru_cache
def content() -> Content:
    """What a shop gets with the product, as publishing reads it."""
    return read_content(files_of(CONTENT))


@lru_cache
def shipped(campaign_id: str) -> Shop:
    """A release with this campaign alone, live since long ago."""
    whole = content()
    settings = whole.checked_shop().settings()
    file = whole.campaigns[campaign_id].model_copy(update={"mode": "live"})
    release: dict[str, Any] = {
        "settings": settings,
        "campaigns": [compile_campaign(campaign_id, file, SINCE, settings)],
        "templates": whole.templates,
        "intervals": IntervalTables().to_json(),
        "segments": whole.checked_shop().compiled_segments(),
        "loyalty": whole.loyalty.packed(settings["currency"]) if whole.loyalty else None,
        "bundles": whole.bundles.packed() if whole.bundles else [],
        "offers": {name: each.packed(settings["currency"]) for name, each in whole.offers.right.items()},
    }
    name, data = pack(release)
    return replace(unpack(name, data), tables=TABLES)


def at(text: str) -> datetime:
    """A time on the shop's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


class Story(Stage):
    """One customer, who subscribed long ago unless `subscribed` says otherwise, and one campaign."""

    def __init__(
        self,
        campaign_id: str,
        begins: str = "2026-03-02 10:00",
        *,
        subscribed: str | None = "2025-06-01 12:00",
    ) -> None:
        super().__init__(at(begins), shipped(campaign_id))
        self.id = campaign_id
        self.world.catalogue.learn(
            [
                Product(
                    id=each,
                    title=each.title(),
                    at=stamp(self.now),
                    rank=2,
                    price=price,
                    currency="USD",
                    available=True,
                )
                for each, price in CATALOGUE.items()
            ]
        )
        if subscribed:
            self.happens(subscribed, making.signed_up(at(subscribed)))

    @property
    def campaign(self) -> Campaign:
        return self.live.campaigns[self.id]

    def change(self, **fields: Any) -> None:
        """The shop publishes: other settings of the campaign, or other tables, bundles, tiers or segments."""
        others = {key: fields.pop(key) for key in _OF_THE_SHOP & fields.keys()}
        campaigns = {self.id: replace(self.campaign, **fields)}
        self.live = replace(self.live, campaigns=campaigns, **others)

    def night(self) -> None:
        """The nightly pass looks at the customer."""
        self.world.documents.save(plan(self.customer(), self.live, self.now).customer)
        self.send()

    def happens(self, when: str, *events: Event) -> None:
        """Time goes on until then, with all that is due meanwhile; then these events arrive."""
        moment_ = at(when)
        if moment_ > self.now:
            self.run_until(moment_)
        assert self.record(*events) == []

    def until(self, when: str) -> list[str]:
        """What has gone out by then."""
        self.run_until(at(when))
        return self.told()

    def told(self) -> list[str]:
        """What went out, in order: when, and which step."""
        return [
            f"{moment(each['at']).astimezone(ZONE):%m-%d %H:%M} {each['step']}"
            for each in self.customer()["settled"]
            if each["status"] in WENT_OUT
        ]

    def finding(self) -> Finding:
        """The verdict now, and its facts."""
        return decide(self.customer(), self.live, self.now).findings[self.id]

    def keys(self) -> list[str]:
        """Of the occurrences that were written about, in order."""
        return list(dict.fromkeys(each["key"] for each in self.customer()["settled"]))

    def mail(self, number: int = -1) -> str:
        """The text part of a mail that went out."""
        part = message_from_bytes(self.world.mailer.sent[number].raw).get_payload(0)
        assert isinstance(part, Message)
        return bytes(part.get_payload(decode=True)).decode()


def views(when: str, product: str = "tea", **fields: Any) -> Event:
    return making.viewed(at(when), product, **fields)


def orders(when: str, *products: str, order_id: str | None = None) -> Event:
    told = making.ordered(at(when), *products, order_id=order_id)
    told.properties["order"]["currency"] = "USD"
    return told


def fills_cart(when: str, *products: str, cart: str = "cart-1", name: str = Name.CART_UPDATED) -> Event:
    lines = [Line(product_id=each, quantity=1, price=CATALOGUE[each]) for each in products]
    told = Cart(token=cart, at=stamp(at(when)), currency="USD", lines=lines)
    return event(name, at(when), properties={"cart": told})


def puts_in(when: str, product: str, quantity: int = 1, **told: Any) -> Event:
    """A browser tells that one thing was put into the cart, and no store tells of a cart."""
    price = {"price": CATALOGUE[product], "currency": "USD"}
    properties = {"product_id": product, "quantity": quantity, **price, **told}
    return event(Name.PRODUCT_ADDED, at(when), properties=properties, trusted=False)


def takes_out(when: str, product: str, **told: Any) -> Event:
    """All of it, unless `quantity` says how many."""
    properties = {"product_id": product, **told}
    return event(Name.PRODUCT_REMOVED, at(when), properties=properties, trusted=False)


def checks_out(when: str, *products: str, cart: str = "checkout-1") -> Event:
    return fills_cart(when, *products, cart=cart, name=Name.CHECKOUT_STARTED)


def says(when: str, name: str, properties: Mapping[str, Any] | None = None, **fields: Any) -> Event:
    """Any event of the customer."""
    return event(name, at(when), properties=properties or {}, **fields)
