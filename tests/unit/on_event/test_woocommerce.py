"""WooCommerce's orders as canonical events."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import NOW, Json, fixture, raw
from tests.unit.on_event.sending_woocommerce import woocommerce


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


def test_the_topic_is_known_by_its_parts_too() -> None:
    """Where a proxy dropped one header of the three."""
    [event] = woocommerce("order.created", order(), topic="").events
    assert event.name == "order_completed"
