"""What the law asks of Shopify apps: reports, erasure, and whose they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perennial.errors import Unintelligible
from perennial.people.identities import Identity, Kind
from tests.unit.on_event.sending import SHOP, Json, raw, shopify, webhook
from tests.unit.on_event.sending_woocommerce import customer, deliver, shop

CUSTOMER = {"id": 7012345678901234567, "email": "Mira.Okafor@garden.example", "phone": "+43 650 1112233"}
REQUEST = {"shop_id": 1, "shop_domain": SHOP, "customer": CUSTOMER, "orders_requested": [1, "2", None, {}]}
REDACTION = {"shop_id": 1, "shop_domain": SHOP, "customer": CUSTOMER, "orders_to_redact": [9007199254740993]}


def test_a_data_request_names_the_customer_and_the_orders() -> None:
    """By every identity given; ids are text, and exact."""
    [event] = shopify("customers/data_request", REQUEST | {"data_request": {"id": 9999}}).events
    assert event.name == "data_requested"
    assert event.identities == (
        (Kind.STORE, "7012345678901234567"),
        (Kind.EMAIL, "mira.okafor@garden.example"),
        (Kind.PHONE, "+436501112233"),
    )
    assert event.properties == {"orders": ["1", "2"], "request": "9999"}


def test_an_erasure_is_asked_for_without_repeating_what_is_to_be_erased() -> None:
    """The event leads to the document and holds no address itself."""
    [event] = shopify("customers/redact", REDACTION).events
    assert event.name == "erase_requested"
    assert event.properties == {"orders": ["9007199254740993"]}


def test_without_an_id_the_address_leads_to_the_customer() -> None:
    """Shopify leaves the id out for some guests."""
    [event] = shopify("customers/redact", REDACTION | {"customer": {"email": "a@b.example"}}).events
    assert event.identities == ((Kind.EMAIL, "a@b.example"),)


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact"])
@pytest.mark.parametrize(
    "change",
    [
        {"customer": None},
        {"customer": {"id": None, "email": "", "phone": "0650 1"}},
        {"customer": []},
        {"shop_domain": "other.myshopify.example"},
    ],
)
def test_requests_that_are_put_before_the_operator(topic: str, change: Json) -> None:
    """Nobody is named, or another shop of the same app: the signature does not cover the header."""
    with pytest.raises(Unintelligible):
        shopify(topic, REDACTION | change)


def test_a_shop_that_leaves_is_told_what_to_do() -> None:
    """It goes to the dead letters, with the reason that the stack itself must be deleted."""
    at = shop()
    deliver(at, webhook("shop/redact", json.dumps({"shop_id": 1, "shop_domain": SHOP}).encode()))
    [reason] = at.rejected.reasons
    assert reason and "Delete the stack" in reason and SHOP in reason


def test_a_data_request_stands_on_the_customers_timeline() -> None:
    """Where the operator sees it."""
    at = shop()
    deliver(at, webhook("orders/create", raw("shopify/order_created"), event_id="1"))
    deliver(at, webhook("customers/data_request", json.dumps(REQUEST).encode(), event_id="2"))
    mira = customer(at, Kind.STORE, "7012345678901234567")
    assert [item["name"] for item in at.timeline.read(mira["id"])][-1] == "data_requested"


@pytest.mark.parametrize(
    "topic", ["customers/data_request", "customers/redact", "customers/delete", "shop/redact"]
)
@pytest.mark.parametrize("content", [{}, {"shop_domain": 5}, {"customer": {"id": {}}}, {"id": []}])
def test_odd_requests(topic: str, content: Any) -> None:
    """They are unintelligible and nothing else; nobody is created by them."""
    at = shop()
    deliver(at, webhook(topic, json.dumps(content).encode()))
    assert len(at.rejected.bodies) == 1
    assert at.documents.owners([Identity(Kind.STORE, "5")]) == {}
