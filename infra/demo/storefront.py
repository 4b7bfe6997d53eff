"""The shop's own systems, as they speak to Perennial: signed webhooks, the browser's calls, a customer's click."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from infra import senders
from infra.demo.goods import SHOP_URL, Good
from infra.demo.history import Basket
from infra.demo.people import Person
from infra.desk.desk import Desk
from infra.desk.keys import Keys
from perennial.money import major_units

DOMAIN = "alder-and-thyme.myshopify.com"
_PAUSE = timedelta(seconds=70)  # between two pages of a visit
_KEYS = Keys()


class Storefront:
    """Everything goes through the desk's HTTP routes, as it would through API Gateway."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers = count(1)
        self.requests = 0

    def browse(self, who: Person | str, goods: Sequence[Good], *, into_cart: bool = False) -> None:
        """A visit that ends now. who: a customer who is signed in, or the id of a stranger's device."""
        calls = [("Product Viewed", good) for good in goods]
        if into_cart:
            calls.append(("Product Added", goods[-1]))
        began = self._desk.now - _PAUSE * (len(calls) - 1)
        batch = [
            self._call(who, name, good, began + _PAUSE * place) for place, (name, good) in enumerate(calls)
        ]
        self._post("/v1/batch", {"batch": batch, "sentAt": _iso(self._desk.now)}, _KEYS.write)

    def says(self, person: Person, consent: Mapping[str, str]) -> None:
        """The shop's server tells of a form that a customer filled in."""
        self._post(
            "/v1/identify",
            {
                "userId": person.id,
                "messageId": f"form-{next(self._numbers)}",
                "timestamp": _iso(self._desk.now),
                "traits": {"email": person.email, "phone": person.phone, "consent": dict(consent)},
            },
            _KEYS.server,
        )

    def order(self, basket: Basket, *, deliveries: int = 1) -> None:
        """Placed and paid. deliveries: how often the same two webhooks arrive."""
        order = _order(basket, self._desk.now)
        for _ in range(deliveries):
            self._webhook("orders/create", order)
            self._webhook("orders/paid", {**order, "financial_status": "paid"})

    def ship(self, basket: Basket) -> None:
        """The parcel leaves."""
        order = _order(basket, basket.at)
        left = {
            "financial_status": "paid",
            "fulfillment_status": "fulfilled",
            "updated_at": _iso(self._desk.now),
        }
        self._webhook("orders/fulfilled", {**order, **left})

    def sign_up(self, person: Person) -> None:
        """An account is made; what was agreed to stands in it."""
        now = _iso(self._desk.now)
        consent = {
            f"{channel}_marketing_consent": {"state": state, "consent_updated_at": now}
            for channel, state in person.consent.items()
        }
        customer = {**_customer(person), "created_at": now, "updated_at": now, **consent}
        self._webhook("customers/create", customer)

    def begin_checkout(self, person: Person, good: Good) -> None:
        """They come as far as the payment."""
        now = _iso(self._desk.now)
        number = next(self._numbers)
        checkout = {
            "id": 38_000 + number,
            "token": f"checkout-{number}",
            "created_at": now,
            "updated_at": now,
            "currency": "USD",
            "customer": _customer(person),
            "line_items": list(_lines(((good, 1),))),
            "abandoned_checkout_url": f"{SHOP_URL}/checkouts/checkout-{number}/recover",
        }
        self._webhook("checkouts/create", checkout)

    def stock(self, good: Good, left: int, *, cents: int | None = None) -> None:
        """How many are left, and at what price if it is a new one. The subscription asks for these fields only."""
        price = _money(good.cents if cents is None else cents)
        variant = {"id": int(good.id) * 10, "price": price, "inventory_quantity": left}
        product = {"id": int(good.id), "title": good.title, "status": "active", "variants": [variant]}
        self._webhook("products/update", {**product, "updated_at": _iso(self._desk.now)})

    def open_unsubscribe_page(self, mail: Mapping[str, Any]) -> None:
        """A mail scanner, or a customer who has not decided yet."""
        self._answered(self._desk.request("GET", _unsubscribe_path(mail)).status)

    def unsubscribe(self, mail: Mapping[str, Any]) -> None:
        """The button on that page, or the one of the mail program: both post the same."""
        form = {"content-type": "application/x-www-form-urlencoded"}
        path = _unsubscribe_path(mail)
        self._answered(self._desk.request("POST", path, form, "List-Unsubscribe=One-Click").status)

    def bounce(self, mail: Mapping[str, Any]) -> None:
        """The receiving server says that there is no such mailbox, and SES tells it."""
        tags = ("message_id", "customer_id", "campaign", "step", "variant")
        values = {**mail, "message_id": mail["id"]}
        detail = {
            "eventType": "Bounce",
            "mail": {
                "timestamp": mail["sent_at"],
                "messageId": mail["provider_id"],
                "destination": [mail["to"]],
                "tags": {name: [values[name]] for name in tags},
            },
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": mail["to"], "status": "5.1.1"}],
                "timestamp": _iso(self._desk.now),
            },
        }
        self._desk.deliver(
            {
                "source": "aws.ses",
                "detail-type": "Email Bounced",
                "time": _iso(self._desk.now),
                "detail": detail,
            }
        )

    def _call(self, who: Person | str, name: str, good: Good, at: datetime) -> dict[str, Any]:
        known = {"userId": who.id} if isinstance(who, Person) else {}
        device = f"device-{who.id}" if isinstance(who, Person) else who
        return {
            "type": "track",
            "event": name,
            "messageId": f"ajs-{next(self._numbers)}",
            "anonymousId": device,
            **known,
            "originalTimestamp": _iso(at),
            "context": {"page": {"url": good.url}},
            "properties": {
                "product_id": good.id,
                "name": good.title,
                "price": good.cents / 100,
                "currency": "USD",
            },
        }

    def _post(self, path: str, body: Mapping[str, Any], key: str) -> None:
        headers = {**senders.basic(key), "content-type": "application/json"}
        self._answered(self._desk.request("POST", path, headers, json.dumps(body)).status)

    def _webhook(self, topic: str, resource: Mapping[str, Any]) -> None:
        raw = json.dumps(resource, ensure_ascii=False).encode()
        signed = senders.shopify(topic, DOMAIN, raw, _KEYS.shopify_secret)
        headers = {**signed, "content-type": "application/json"}
        self._answered(self._desk.request("POST", "/webhooks/shopify", headers, raw).status)

    def _answered(self, status: int) -> None:
        self.requests += 1
        if status != 200:
            raise RuntimeError(f"The shop was answered {status} where 200 was due.")


def _unsubscribe_path(mail: Mapping[str, Any]) -> str:
    link: str = mail["headers"]["List-Unsubscribe"]
    return urlsplit(link.strip("<>")).path


def _order(basket: Basket, now: datetime) -> dict[str, Any]:
    return {
        "id": int(basket.id),
        "created_at": _iso(now),
        "updated_at": _iso(now),
        "currency": "USD",
        "financial_status": "pending",
        "total_price": _money(sum(good.cents * quantity for good, quantity in basket.goods)),
        "customer": _customer(basket.customer),
        "line_items": list(_lines(basket.goods)),
    }


def _lines(goods: Iterable[tuple[Good, int]]) -> Iterable[dict[str, Any]]:
    for good, quantity in goods:
        yield {
            "product_id": int(good.id),
            "title": good.title,
            "quantity": quantity,
            "price": _money(good.cents),
        }


def _customer(person: Person) -> dict[str, Any]:
    return {
        "id": int(person.id),
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone or None,
        "default_address": {"country_code": person.country},
    }


def _money(cents: int) -> str:
    return str(major_units(cents, "USD"))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
