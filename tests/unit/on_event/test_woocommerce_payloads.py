"""Real payloads of both stores, received and recorded, where they lie beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.customer import Customer
from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from tests.unit.on_event.sending import Json, answer, request, webhook
from tests.unit.on_event.sending_woocommerce import customer, deliver, shop, woo_webhook

PAYLOADS = Path(__file__).parents[3].parent / "shared" / "payloads"

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no payloads beside the repository")


def woo(name: str) -> Json:
    """A WooCommerce payload, signed."""
    return woo_webhook(name.replace("_", "."), (PAYLOADS / f"woocommerce/{name}.json").read_bytes())


def shopify(name: str, topic: str) -> Json:
    """A Shopify payload, signed, with an event id of its own."""
    return webhook(topic, (PAYLOADS / f"shopify/{name}.json").read_bytes(), event_id=name)


def john(at: MemoryWorld) -> Customer:
    """The customer of WooCommerce's payloads."""
    return customer(at, Kind.EMAIL, "john.doe@example.com")


def changed(name: str, **changes: Any) -> bytes:
    """A Shopify payload about the same thing as another: the samples do not fit each other."""
    content = json.loads((PAYLOADS / f"shopify/{name}.json").read_text())
    return json.dumps(content | changes).encode()


def test_the_ping() -> None:
    """As it is sent: form data without any signature."""
    body = json.loads((PAYLOADS / "woocommerce/ping.json").read_text()).encode()
    assert answer(shop(), request("/webhooks/woocommerce", body))[0] == 200


def test_a_guests_order_and_then_an_account() -> None:
    """One customer, one order, whatever was told first; deleted it counts no more."""
    at = shop()
    deliver(at, woo("order_created"))
    deliver(at, woo("order_updated"), woo("customer_created"), woo("customer_updated"))
    document = john(at)
    assert (orders.count(document), orders.spent(document)) == (1, {"USD": 2935})
    assert document["orders"][0]["status"] == "paid"
    assert (
        document["traits"]["first_name"] == "John"
    )  # the order is a day younger than the account's last change
    assert document["identities"][Kind.STORE] == ["25"]
    assert "phone" not in document["traits"]
    deliver(at, woo("order_deleted"))
    assert orders.count(john(at)) == 0
    assert not at.rejected.bodies


def test_an_account_of_long_ago() -> None:
    """Who a customer is may be told years later."""
    at = shop()
    deliver(at, woo("customer_created"), woo("customer_updated"))
    assert john(at)["traits"]["first_name"] == "James"


def test_woocommerces_product_and_coupon() -> None:
    """The one is learnt, the other is nobody's affair."""
    at = shop()
    deliver(at, woo("product_updated"), woo("coupon_created"))
    product = at.catalogue.load(["794"])["794"]
    assert (product["title"], product["category"], product["available"]) == (
        "Premium Quality",
        "Clothing",
        True,
    )
    assert not at.rejected.bodies


def test_shopifys_refund_of_the_whole_order() -> None:
    """The sample gives all of its order's money back."""
    at = shop()
    placed = changed("orders_create", test=False, cancelled_at=None, financial_status="paid")
    deliver(at, webhook("orders/create", placed, event_id="1"))
    buyer = customer(at, Kind.ORDER, "820982911946154500")
    assert orders.count(buyer) == 1
    deliver(at, shopify("refunds_create", "refunds/create"))
    buyer = customer(at, Kind.ORDER, "820982911946154500")
    assert (orders.count(buyer), orders.spent(buyer)) == (0, {})


@pytest.mark.parametrize(
    ("name", "topic", "rejected"),
    [
        ("customers_email_marketing_consent_update", "customers_email_marketing_consent/update", 0),
        ("customers_marketing_consent_update", "customers_marketing_consent/update", 0),
        ("inventory_levels_update", "inventory_levels/update", 0),
        ("products_delete", "products/delete", 0),
        ("customers_data_request", "customers/data_request", 0),
        ("customers_redact", "customers/redact", 0),
        ("shop_redact", "shop/redact", 1),
    ],
)
def test_shopifys_other_payloads(name: str, topic: str, rejected: int) -> None:
    """Understood, but for the one that asks for the whole stack."""
    at = shop(SHOPIFY_DOMAIN="example-shop.myshopify.com")
    body = (PAYLOADS / f"shopify/{name}.json").read_bytes()
    deliver(at, webhook(topic, body, shop_domain="example-shop.myshopify.com"))
    assert len(at.rejected.bodies) == rejected


def test_shopifys_samples_of_empty_consent_leave_no_trace() -> None:
    """A state of null changes nothing, and makes no customer."""
    at = shop()
    deliver(
        at, shopify("customers_email_marketing_consent_update", "customers_email_marketing_consent/update")
    )
    assert at.documents.owners([Identity(Kind.STORE, "706405506930370000")]) == {}
