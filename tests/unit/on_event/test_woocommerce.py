"""WooCommerce webhooks as canonical events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perennial.errors import Unintelligible
from perennial.events import Event
from perennial.identities import Kind
from tests.unit.on_event.sending import NOW, Json, fixture, raw
from tests.unit.on_event.sending_woocommerce import woocommerce

ORDER_TOPICS = ["order.created", "order.updated", "order.restored"]


def one(topic: str, content: Any, **headers: str) -> Event:
    """The only event of a webhook."""
    [event] = woocommerce(topic, content, **headers).events
    return event


def order(**changes: Any) -> Json:
    """Noor's order."""
    return fixture("woocommerce/order_created") | changes


def test_an_order() -> None:
    """The canonical order: ids as text, each line's share of its total, UTC from the fields that say GMT."""
    event = one("order.created", raw("woocommerce/order_created"))
    assert (event.name, event.source, event.trusted) == ("order_completed", "woocommerce", True)
    assert event.properties["order"] == {
        "id": "5120",
        "placed_at": "2026-03-02T08:15:00.000Z",
        "updated_at": "2026-03-02T08:15:04.000Z",
        "status": "paid",
        "total": 3680,
        "currency": "EUR",
        "trusted": True,
        "lines": [
            {"product_id": "311", "quantity": 3, "price": 933, "variant_id": "312"},
            {"product_id": "320", "quantity": 1, "price": 390},
        ],
        "refunds_at": "2026-03-02T08:15:04.000Z",
    }


def test_who_ordered() -> None:
    """The shop's customer, with the address and number given, and the order itself."""
    event = one("order.created", raw("woocommerce/order_created"))
    assert event.identities == (
        (Kind.STORE, "83"),
        (Kind.EMAIL, "noor.haddad@garden.example"),
        (Kind.PHONE, "+32470123456"),
        (Kind.ORDER, "5120"),
    )
    assert event.properties["traits"] == {
        "first_name": "Noor",
        "last_name": "Haddad",
        "email": "Noor.Haddad@garden.example",
        "phone": "+32470123456",
        "country": "BE",
    }
    assert "consent" not in event.properties


@pytest.mark.parametrize("nobody", [0, "0", None])
def test_a_guest_is_known_by_address(nobody: Any) -> None:
    """Customer 0 is nobody, and above all not everybody."""
    identities = one("order.created", order(customer_id=nobody)).identities
    assert identities[0] == (Kind.EMAIL, "noor.haddad@garden.example")
    assert Kind.STORE not in {kind for kind, _ in identities}


def test_a_sale_to_nobody_is_no_event() -> None:
    """A till's sale without customer and address; its products are still learnt."""
    translation = woocommerce("order.created", order(customer_id=0, billing={"email": "", "phone": ""}))
    assert (translation.events, translation.rejected) == ([], [])
    assert translation.products


@pytest.mark.parametrize("phone", ["(555) 555-5555", "0470 12 34 56", "call me", "+" + "1" * 40, 5, None])
def test_a_phone_is_one_only_with_its_country(phone: Any) -> None:
    """It is free text: no message goes to a guess."""
    event = one("order.created", order(billing={"email": "a@b.example", "phone": phone}))
    assert "phone" not in event.properties["traits"]
    assert Kind.PHONE not in {kind for kind, _ in event.identities}


@pytest.mark.parametrize(
    ("status", "paid", "meaning"),
    [
        ("pending", None, "pending"),
        ("checkout-draft", None, "pending"),
        ("failed", None, "pending"),
        ("on-hold", None, "open"),
        ("processing", None, "paid"),
        ("completed", None, "paid"),
        ("wc-completed", None, "paid"),
        ("cancelled", "2026-03-02T08:15:04", "cancelled"),
        ("refunded", "2026-03-02T08:15:04", "refunded"),
        ("trash", "2026-03-02T08:15:04", "cancelled"),
        ("in-the-oven", None, "pending"),
        ("in-the-oven", "2026-03-02T08:15:04", "paid"),
        ([], None, "pending"),
    ],
)
def test_statuses(status: Any, paid: str | None, meaning: str) -> None:
    """What waits at the payment page is no purchase; a status of some plugin counts once it is paid."""
    event = one("order.updated", order(status=status, date_paid_gmt=paid))
    assert event.properties["order"]["status"] == meaning


@pytest.mark.parametrize(
    ("topic", "change", "name"),
    [
        ("order.created", {}, "order_completed"),
        ("order.created", {"status": "on-hold"}, "order_completed"),
        ("order.created", {"status": "pending", "date_paid_gmt": None}, "order_updated"),
        ("order.updated", {}, "order_paid"),
        ("order.updated", {"date_modified_gmt": "2026-03-03T00:00:00"}, "order_updated"),
        (
            "order.updated",
            {
                "status": "completed",
                "date_modified_gmt": "2026-03-03T00:00:02",
                "date_completed_gmt": "2026-03-03T00:00:00",
            },
            "order_fulfilled",
        ),
        ("order.updated", {"status": "cancelled"}, "order_cancelled"),
        ("order.updated", {"status": "refunded"}, "order_updated"),
        ("order.restored", {"date_paid_gmt": None}, "order_updated"),
    ],
)
def test_names(topic: str, change: Json, name: str) -> None:
    """What an update tells of is read from what came with it."""
    assert one(topic, order(**change)).name == name


def test_refunds_in_an_order() -> None:
    """Their amounts are below nothing; each is an event of its own, told once."""
    content = order(
        refunds=[
            {"id": 5130, "reason": "", "total": "-9.33"},
            {"id": 5131, "reason": None, "total": "-1.00"},
        ],
        date_modified_gmt="2026-03-04T08:00:00",
    )
    updated, *refunded = woocommerce("order.updated", content).events
    assert updated.properties["order"]["refunds"]["5130"] == {
        "updated_at": "2026-03-04T08:00:00.000Z",
        "amount": 933,
        "currency": "EUR",
        "returned": {},
    }
    assert [event.properties["refund_id"] for event in refunded] == ["5130", "5131"]
    assert {event.name for event in refunded} == {"order_refunded"}
    again = woocommerce("order.updated", content | {"date_modified_gmt": "2026-03-05T08:00:00"}).events
    assert [event.id for event in again[1:]] == [event.id for event in refunded]
    assert again[0].id != updated.id


@pytest.mark.parametrize(
    ("currency", "total", "minor"),
    [
        ("EUR", "19.99", 1999),
        ("JPY", "1200", 1200),
        ("KWD", "1.234", 1234),
        ("usd", 0.29, 29),
        ("EUR", "-5", 0),
    ],
)
def test_money_is_exact(currency: str, total: Any, minor: int) -> None:
    """By the currency's own minor unit, and never below nothing."""
    event = one("order.updated", order(currency=currency, total=total))
    assert event.properties["order"]["total"] == minor


def test_a_line_without_a_total_has_its_price() -> None:
    """A float with a long tail is rounded to the cent."""
    line = {"product_id": 5, "quantity": 3, "price": 3.3333333333333335}
    [found] = one("order.created", order(line_items=[line])).properties["order"]["lines"]
    assert found == {"product_id": "5", "quantity": 3, "price": 333}


def test_order_lines_teach_the_catalogue() -> None:
    """Names as people read them; nothing of a product that is gone."""
    products = woocommerce("order.created", raw("woocommerce/order_created")).products
    assert [(product["id"], product["title"], product["rank"]) for product in products] == [
        ("311", "Seed tray \N{EN DASH} 24 cells", 1),
        ("320", "Plant labels", 1),
    ]


@pytest.mark.parametrize("field", ["date_created_gmt", "date_modified_gmt"])
@pytest.mark.parametrize(
    "odd", ["2099-01-01T00:00:00", "2026-02-30T00:00:00", "", None, 5, "0000-00-00T00:00:00"]
)
def test_odd_times(field: str, odd: Any) -> None:
    """A time that cannot be is not believed, and nothing lies in the future."""
    event = one("order.updated", order(**{field: odd}))
    assert event.occurred_at <= NOW
    assert event.properties["order"]["updated_at"] <= "2026-03-05T12:00:00.000Z"


def test_a_time_may_name_its_zone() -> None:
    """Some plugins add the Z that WooCommerce leaves out."""
    event = one("order.updated", order(date_modified_gmt="2026-03-04T10:00:00+02:00"))
    assert event.properties["order"]["updated_at"] == "2026-03-04T08:00:00.000Z"


def test_what_goes_into_the_bin_and_out_of_it_happens_when_it_arrives() -> None:
    """The order keeps the time of its last change meanwhile."""
    gone, back = one("order.deleted", {"id": 5120}), one("order.restored", order())
    assert (gone.name, gone.identities, gone.occurred_at) == ("order_deleted", ((Kind.ORDER, "5120"),), NOW)
    assert back.properties["order"]["updated_at"] == "2026-03-05T12:00:00.000Z"


def test_ids_of_events() -> None:
    """Copies are equal though their deliveries are not; a delivery id shared by two events makes them no copies."""
    body = raw("woocommerce/order_created")
    first = one("order.created", body).id
    assert first == one("order.created", body, delivery_id="d-2").id
    assert first != one("order.created", order(status="completed")).id
    assert first != one("order.updated", body).id
    assert first != one("order.created", body, source="https://other.example/").id
    assert one("order.deleted", {"id": 5120}).id != one("order.deleted", {"id": 5121}).id


@pytest.mark.parametrize(("topic", "content"), [("order.deleted", {"id": 5120}), ("order.restored", order())])
def test_into_the_bin_twice_is_no_copy(topic: str, content: Json) -> None:
    """Bodies are equal then: the delivery tells them apart."""
    first = one(topic, content, delivery_id="d-1").id
    assert first == one(topic, content, delivery_id="d-1").id
    assert first != one(topic, content, delivery_id="d-2").id


@pytest.mark.parametrize(
    ("topic", "name", "at"),
    [
        ("customer.created", "customer_created", "2026-02-01T09:00:00+00:00"),
        ("customer.updated", "customer_updated", "2026-02-10T09:00:00+00:00"),
    ],
)
def test_a_customer(topic: str, name: str, at: str) -> None:
    """The account's own address counts, not the one on the bill."""
    event = one(topic, raw("woocommerce/customer_created"))
    assert (event.name, event.occurred_at.isoformat()) == (name, at)
    assert event.identities == ((Kind.STORE, "83"), (Kind.EMAIL, "noor.haddad@garden.example"))
    assert event.properties == {
        "traits": {
            "first_name": "Noor",
            "last_name": "Haddad",
            "email": "noor.haddad@garden.example",
            "country": "BE",
        }
    }


def test_a_deleted_customer_is_not_written_to() -> None:
    """Only the id is told; what was agreed to with the account ends on both channels."""
    event = one("customer.deleted", {"id": 83})
    assert (event.name, event.identities) == ("customer_deleted", ((Kind.STORE, "83"),))
    assert {each["state"] for each in event.properties["consent"].values()} == {"not_subscribed"}


def test_a_product() -> None:
    """A product webhook teaches the catalogue and concerns no customer."""
    translation = woocommerce("product.updated", raw("woocommerce/product_updated"), "EUR")
    assert translation.events == []
    assert translation.products == [
        {
            "id": "311",
            "title": "Seed tray \N{EN DASH} 24 cells",
            "at": "2026-02-20T15:20:00.000Z",
            "rank": 2,
            "url": "https://shop.garden.example/product/seed-tray-24/",
            "image": "https://shop.garden.example/wp-content/uploads/tray.jpg",
            "category": "Sowing & growing",
            "price": 1000,
            "currency": "EUR",
            "available": True,
        }
    ]


@pytest.mark.parametrize(
    ("change", "available"),
    [
        ({"status": "draft"}, False),
        ({"status": "private"}, False),
        ({"status": "trash"}, False),
        ({"catalog_visibility": "hidden"}, False),
        ({"catalog_visibility": "search"}, True),
        ({"stock_status": "outofstock"}, False),
        ({"stock_status": "onbackorder"}, True),
        ({"stock_status": []}, False),
        ({"purchasable": False}, False),
        ({"purchasable": False, "type": "external"}, True),
    ],
)
def test_availability(change: Json, available: bool) -> None:
    """Published, shown, and to be had."""
    [product] = woocommerce("product.updated", fixture("woocommerce/product_updated") | change).products
    assert product["available"] is available


@pytest.mark.parametrize(
    ("price", "kept"), [("", None), (None, None), ("free", None), ("0", 0), (12.5, 1250)]
)
def test_prices(price: Any, kept: int | None) -> None:
    """None where none is told; and none without a currency."""
    content = fixture("woocommerce/product_updated") | {"price": price}
    [product] = woocommerce("product.updated", content, "EUR").products
    assert product.get("price") == kept
    assert "price" not in woocommerce("product.updated", content).products[0]


def test_a_variation_is_no_product_of_its_own() -> None:
    """Its product is told of beside it."""
    translation = woocommerce(
        "product.updated", fixture("woocommerce/product_updated") | {"type": "variation"}
    )
    assert (translation.events, translation.products, translation.rejected) == ([], [], [])


@pytest.mark.parametrize("event", ["created", "updated", "deleted", "restored"])
def test_coupons_are_understood_and_say_nothing(event: str) -> None:
    """A coupon concerns nobody until an order uses it."""
    translation = woocommerce(f"coupon.{event}", {"id": 719, "code": "10off"})
    assert (translation.events, translation.products, translation.rejected) == ([], [], [])


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


def test_the_topic_is_known_by_its_parts_too() -> None:
    """Where a proxy dropped one header of the three."""
    [event] = woocommerce("order.created", order(), topic="").events
    assert event.name == "order_completed"


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
