"""WooCommerce webhooks with anything in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perennial.errors import Unintelligible
from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import NOW, Json, fixture
from tests.unit.on_event.sending_woocommerce import woocommerce

ORDER_TOPICS = ["order.created", "order.updated", "order.restored"]


def one(topic: str, content: Any, **headers: str) -> Event:
    """The only event of a webhook."""
    [event] = woocommerce(topic, content, **headers).events
    return event


def order(**changes: Any) -> Json:
    """Noor's order."""
    return fixture("woocommerce/order_created") | changes


@pytest.mark.parametrize("phone", ["(555) 555-5555", "0470 12 34 56", "call me", "+" + "1" * 40, 5, None])
def test_a_phone_is_one_only_with_its_country(phone: Any) -> None:
    """It is free text: no message goes to a guess."""
    event = one("order.created", order(billing={"email": "a@b.example", "phone": phone}))
    assert "phone" not in event.properties["traits"]
    assert Kind.PHONE not in {kind for kind, _ in event.identities}


@pytest.mark.parametrize("field", ["date_created_gmt", "date_modified_gmt"])
@pytest.mark.parametrize(
    "odd", ["2099-01-01T00:00:00", "2026-02-30T00:00:00", "", None, 5, "0000-00-00T00:00:00"]
)
def test_odd_times(field: str, odd: Any) -> None:
    """A time that cannot be is not believed, and nothing lies in the future."""
    event = one("order.updated", order(**{field: odd}))
    assert event.occurred_at <= NOW
    assert event.properties["order"]["updated_at"] <= "2026-03-05T12:00:00.000Z"


@pytest.mark.parametrize(
    ("topic", "content"),
    [
        ("action.woocommerce_add_to_cart", {"action": "woocommerce_add_to_cart", "arg": "x"}),
        ("", {}),
        ("order.created", []),
        ("order.created", {}),
        ("order.created", {"id": 0}),
        ("order.created", {"id": {}}),
        ("order.deleted", {"id": "x" * 300}),
        ("customer.updated", {"id": None, "email": "a@b.example"}),
        ("customer.deleted", {"id": "null"}),
        ("product.updated", {"id": 5}),
        ("product.deleted", {}),
        ("order.created", b"webhook_id=11"),
        ("order.created", b'{"id": NaN}'),
        ("order.created", b'{"id": 1e999}'),
        ("order.created", b'{"id": ' + b"9" * 5_000 + b"}"),
    ],
)
def test_what_cannot_be_understood(topic: str, content: Any) -> None:
    """It is said so, with a reason, and nothing else is raised."""
    with pytest.raises(Unintelligible, match=r"\.$"):
        woocommerce(topic, content)


def test_an_error_in_place_of_a_resource_says_what_to_do() -> None:
    """The owner of the webhook lost the right to read: WooCommerce signs and sends the refusal itself."""
    error = {
        "code": "woocommerce_rest_cannot_view",
        "message": "Sorry, you cannot view this resource.",
        "data": {"status": 401},
    }
    with pytest.raises(Unintelligible, match=r"woocommerce_rest_cannot_view, 401.*administrator"):
        woocommerce("order.updated", error)


@pytest.mark.parametrize("topic", ORDER_TOPICS)
@pytest.mark.parametrize("field", sorted(fixture("woocommerce/order_created")))
@pytest.mark.parametrize(
    "odd", [None, True, -1, 1e300, "\x00\ud800", "x" * 10_000, [], [[]], [None, 3], {}, {"id": []}]
)
def test_no_odd_field_loses_an_order(topic: str, field: str, odd: Any) -> None:
    """Whatever stands in a field, except the id and the address, the order is told."""
    if field not in ("id", "billing"):
        event = one(topic, json.dumps(order(**{field: odd})).encode())
        assert event.properties["order"]["id"] == "5120"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("{{7*7}} {% include 'x' %}", "{{7*7}} {% include 'x' %}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("&lt;b&gt;Tea&lt;/b&gt; \x00\u202eTea", "<b>Tea</b>  Tea"),
    ],
)
def test_names_are_kept_literally(name: str, kept: str) -> None:
    """They are text; escaping them is the affair of whoever prints them. What cannot be seen is left out."""
    content = fixture("woocommerce/product_updated") | {"name": name}
    assert woocommerce("product.updated", content).products[0]["title"].split() == kept.split()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//cdn.example/x",
        "https://u:p@shop.example/",
        "https://a b",
        5,
    ],
)
def test_only_links_of_the_web_are_kept(link: Any) -> None:
    """A product's page and image lead to http or https, or nowhere."""
    content = fixture("woocommerce/product_updated") | {"permalink": link, "images": [{"src": link}]}
    [product] = woocommerce("product.updated", content).products
    assert "url" not in product and "image" not in product


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example,c@d.example",
        "Ada <a@b.example>",
        "x" * 400 + "@b.example",
        5,
    ],
)
def test_an_odd_address_is_dropped_and_the_order_kept(address: Any) -> None:
    """It never reaches a header."""
    event = one("order.created", order(billing={"email": address}))
    assert event.identities == ((Kind.STORE, "83"), (Kind.ORDER, "5120"))
    assert "email" not in event.properties["traits"]


@pytest.mark.parametrize(
    ("currency", "kept"), [("XXX", "XXX"), ("usd", "USD"), ("€", "XXX"), (None, "XXX"), (5, "XXX")]
)
def test_odd_currencies(currency: Any, kept: str) -> None:
    """The amount is kept under no currency, and sums leave it out."""
    assert one("order.created", order(currency=currency)).properties["order"]["currency"] == kept


@pytest.mark.parametrize("quantity", [-2, 0, 1.5, "many", 10**7])
def test_odd_quantities(quantity: Any) -> None:
    """Nothing was bought of a line that cannot be counted."""
    line = {"product_id": 5, "quantity": quantity, "total": "3.00"}
    assert one("order.created", order(line_items=[line])).properties["order"]["lines"] == []
