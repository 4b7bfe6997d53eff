"""Segment's e-commerce specification, its other calls, and what of each may be believed."""

from __future__ import annotations

from typing import Any

import pytest

from on_event.segment.names import SPECIFIED
from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import fixture, segment, track

BEANS = {"product_id": 4711, "name": "Runner beans", "price": 3.5, "quantity": 2}
PROPERTIES = {"product_id": "p", "order_id": "o", "products": [BEANS]}
SECOND_VERSION = """
    Products Searched, Product List Viewed, Product List Filtered, Promotion Viewed, Promotion Clicked, Product Clicked,
    Product Viewed, Product Added, Product Removed, Cart Viewed, Checkout Started, Checkout Step Viewed,
    Checkout Step Completed, Payment Info Entered, Order Updated, Order Completed, Order Refunded, Order Cancelled,
    Coupon Entered, Coupon Applied, Coupon Denied, Coupon Removed, Product Added to Wishlist,
    Product Removed from Wishlist, Wishlist Product Added to Cart, Product Shared, Cart Shared, Product Reviewed
"""
FIRST_VERSION = {
    "Viewed Product Category": "product_list_viewed",
    "Viewed Product": "product_viewed",
    "Added Product": "product_added",
    "Removed Product": "product_removed",
    "Viewed Promotion": "promotion_viewed",
    "Clicked Promotion": "promotion_clicked",
    "Viewed Checkout Step": "checkout_step_viewed",
    "Completed Checkout Step": "checkout_step_completed",
    "Searched Products": "products_searched",
    "Started Order": "checkout_started",
    "Updated Order": "order_updated",
    "Completed Order": "order_completed",
    "Refunded Order": "order_refunded",
    "Cancelled Order": "order_cancelled",
    "Order Canceled": "order_cancelled",
}


def one(content: Any, *, trusted: bool = False) -> Event:
    """The only event of a body."""
    [event] = segment(content, trusted=trusted).events
    return event


def call(kind: str, **fields: Any) -> dict[str, Any]:
    """A call of another type than track."""
    return {"type": kind, "anonymousId": "visitor-1", "messageId": "m-1"} | fields


@pytest.mark.parametrize("given", [each.strip() for each in SECOND_VERSION.split(",")])
def test_the_second_version(given: str) -> None:
    """Every event of it has one name, in any case and with any mark between its words."""
    name = given.lower().replace(" ", "_")
    for spelling in (given, given.upper(), name, given.replace(" ", "-")):
        assert one(track(spelling, PROPERTIES)).name == name


@pytest.mark.parametrize(("given", "name"), FIRST_VERSION.items())
def test_the_first_version(given: str, name: str) -> None:
    """Its names lead to those of the second."""
    assert one(track(given, PROPERTIES)).name == name


def test_the_first_version_is_complete() -> None:
    """Every event that has a verb has it first, too."""
    assert len(SPECIFIED) >= 2 * 27
    assert SPECIFIED["entered payment info"] == "payment_info_entered"


def test_a_visit_in_a_browser() -> None:
    """Page, search, list and click are kept by name; the cart is told as a whole; ids are text."""
    translation = segment(fixture("segment/browser_visit"))
    assert translation.rejected == [] and translation.products == []
    events = {event.name: event.properties for event in translation.events}
    assert list(events) == [
        "page_viewed",
        "products_searched",
        "product_list_viewed",
        "product_clicked",
        "cart_updated",
        "aliased",
        "group_joined",
    ]
    assert events["products_searched"]["query"] == "runner beans"
    assert events["product_list_viewed"]["products"][0]["product_id"] == "p-beans"
    assert events["product_clicked"]["product_id"] == "4711"
    assert events["cart_updated"]["cart"]["token"] == "cart-77"
    assert events["cart_updated"]["cart"]["lines"] == [{"product_id": "4711", "quantity": 2, "price": 350}]


def test_a_page_is_told_without_its_query() -> None:
    """An address may carry a token or a mail address; what a page is does not need them."""
    page = segment(fixture("segment/browser_visit")).events[0].properties
    assert page == {
        "path": "/",
        "title": "Garden & Co.",
        "name": "Home",
        "traits": {"locale": "de-AT", "timezone": "Europe/Vienna"},
    }


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "Basket", "category": "Shop"}, {"name": "Basket", "category": "Shop"}),
        ({"properties": {"name": "Basket", "category": "Shop"}}, {"name": "Basket", "category": "Shop"}),
        ({"properties": {"url": "https://a.example/b/c?d=e#f"}}, {"path": "/b/c"}),
        ({"properties": {"path": "/b?token=s3cret#x"}}, {"path": "/b"}),
        ({"properties": {"path": ["/b"], "title": 5, "url": "http://[broken"}}, {}),
        ({"properties": {"title": "x" * 999}}, {"title": "x" * 255}),
        ({"context": {"page": {"path": "/from/context"}}}, {"path": "/from/context"}),
    ],
)
@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens(kind: str, fields: dict[str, Any], told: dict[str, Any]) -> None:
    """What was looked at: path, title, name and category, each bounded, from wherever the client puts it."""
    event = one(call(kind, **fields))
    assert (event.name, event.properties) == (f"{kind}_viewed", told)


def test_a_group() -> None:
    """Its id and name; what else is said of it is not about the customer."""
    group = segment(fixture("segment/browser_visit")).events[-1]
    assert group.properties == {"group_id": "12", "name": "Allotment club"}


def test_an_alias_links_a_device() -> None:
    """The previous id becomes another device of the customer; the event carries all ids."""
    alias = segment(fixture("segment/browser_visit")).events[5]
    assert set(alias.identities) == {
        (Kind.STORE, "7012345678901234567"),
        (Kind.ANONYMOUS, "0b6a2f3d-elsewhere"),
        (Kind.ANONYMOUS, "4d0f8c1e-visitor"),
    }
    assert alias.properties == {"previous_id": "0b6a2f3d-elsewhere"}


def test_an_alias_never_joins_two_customers() -> None:
    """A previous id that is a store customer's is none here: it is read as a device, and that customer stays apart."""
    alias = one(call("alias", userId="u-2", previousId="u-1"), trusted=True)
    assert (Kind.STORE, "u-1") not in alias.identities
    assert [value for kind, value in alias.identities if kind == Kind.STORE] == ["u-2"]


@pytest.mark.parametrize("previous", ["u-1", "anonymous", "00000000-0000-0000-0000-000000000000"])
def test_an_alias_of_oneself_or_of_nobody_links_nothing(previous: str) -> None:
    """It is kept, and names only who it is about."""
    alias = one({"type": "alias", "userId": "u-1", "previousId": previous})
    assert alias.identities == ((Kind.STORE, "u-1"),)


@pytest.mark.parametrize("given", ["Cart Viewed", "Product Added", "Product Removed"])
def test_a_cart_told_as_a_whole(given: str) -> None:
    """With its id and its products it is the cart's state; an empty list empties it."""
    whole = one(track(given, {"cart_id": "c-1", "currency": "EUR", "products": [BEANS]}))
    assert (whole.name, whole.properties["cart"]["token"]) == ("cart_updated", "c-1")
    assert one(track(given, {"cart_id": "c-1", "products": []})).properties["cart"]["lines"] == []


@pytest.mark.parametrize(
    "told", [{"cart_id": "c-1"}, {"products": [BEANS]}, {"cart_id": "c-1", "products": BEANS}]
)
def test_a_cart_told_in_part(told: dict[str, Any]) -> None:
    """One product does not say what else is in the cart, so the event stays what it is."""
    assert one(track("Cart Viewed", told)).name == "cart_viewed"
    added = one(track("Product Added", {"product_id": 4711, "quantity": 2, **told}))
    named = {"cart_id": "c-1"} if "cart_id" in told else {}
    assert (added.name, added.properties) == ("product_added", {"product_id": "4711", "quantity": 2} | named)


def test_what_is_put_into_a_cart_and_taken_out_of_it() -> None:
    """The product, how many, what one costs and in which cart, as far as it is told; from a browser nothing else."""
    told = {**BEANS, "cart_id": 9, "currency": "eur", "url": "https://evil.example", "variant": "x"}
    line = {"product_id": "4711", "quantity": 2, "price": 350, "currency": "EUR", "cart_id": "9"}
    assert one(track("Product Added", told)).properties == line
    assert one(track("Product Removed", told)).properties == line
    assert one(track("Added Product", {"product_id": "p"})).properties == {"product_id": "p", "quantity": 1}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"product_id": "p", "quantity": "a few", "price": {}}, {"product_id": "p"}),
        ({"quantity": 2}, {"quantity": 2}),
    ],
)
def test_what_is_taken_out_without_saying_how_many_or_of_what(
    told: dict[str, Any], kept: dict[str, Any]
) -> None:
    """No number is made up for it, and no product."""
    assert one(track("Product Removed", told)).properties == kept


@pytest.mark.parametrize("trusted", [False, True])
def test_a_cart_that_is_viewed_without_its_name(trusted: bool) -> None:
    """What lies in it is known, and nothing by which to tell it from another one. A browser gives it no link."""
    told = {
        "products": [BEANS, BEANS],
        "currency": "EUR",
        "order_id": "o",
        "url": "https://garden.example/cart",
    }
    viewed = one(track("Cart Viewed", told), trusted=trusted)
    assert viewed.name == "cart_viewed"
    cart = viewed.properties["cart"]
    assert (cart["token"], cart["currency"], [line["quantity"] for line in cart["lines"]]) == (
        "",
        "EUR",
        [2, 2],
    )
    assert ("url" in cart) == trusted
    assert one(track("Cart Viewed", {"products": []})).properties["cart"]["lines"] == []
    assert "cart" not in one(track("Cart Viewed", {"cart": {"lines": []}})).properties


@pytest.mark.parametrize(
    ("given", "status"),
    [("Order Completed", "open"), ("Order Updated", "open"), ("Order Cancelled", "cancelled")],
)
def test_orders(given: str, status: str) -> None:
    """Each tells the whole order."""
    order = one(
        track(given, {"order_id": 7, "currency": "EUR", "products": [BEANS]}), trusted=True
    ).properties["order"]
    assert (order["id"], order["status"], order["total"]) == ("7", status, 700)


def test_an_update_without_products_changes_no_order() -> None:
    """Taken for the whole order it would empty it."""
    event = one(track("Order Updated", {"order_id": 7, "total": 5}), trusted=True)
    assert event.name == "segment_order_updated" and "order" not in event.properties


@pytest.mark.parametrize(
    ("told", "amount", "returned"),
    [
        ({"total": 3.5, "products": [BEANS]}, 350, {"4711": 2}),
        ({"products": [BEANS, BEANS]}, 1400, {"4711": 4}),
        ({"revenue": "2.00"}, 200, {}),
    ],
)
def test_a_refund(told: dict[str, Any], amount: int, returned: dict[str, int]) -> None:
    """The server tells what was given back and which products came back; each call is a refund of its own."""
    given = track("Order Refunded", {"order_id": 7, "currency": "EUR", **told})
    first, second = (one(given | {"messageId": each}, trusted=True).properties for each in ("m-1", "m-2"))
    assert first["order_id"] == "7"
    assert (first["refund"]["amount"], first["refund"]["currency"], first["refund"]["returned"]) == (
        amount,
        "EUR",
        returned,
    )
    assert first["refund_id"] != second["refund_id"]


@pytest.mark.parametrize(
    ("trusted", "told"), [(False, {"total": 5}), (True, {}), (True, {"refund": {"amount": 1}})]
)
def test_a_refund_that_counts_for_nothing(trusted: bool, told: dict[str, Any]) -> None:
    """Told by a browser, or without saying how much: kept by name, and no money moves."""
    event = one(track("Order Refunded", {"order_id": 7, **told}), trusted=trusted)
    assert event.name == "order_refunded" and "refund" not in event.properties


def test_a_server_passes_on_an_unsubscription() -> None:
    """Another mail tool of the shop's knows of it: the customer is left in peace here as well. A browser says nothing."""
    call = track("Unsubscribed", {"list_id": "1425"}, userId="u-1")
    consent = one(call, trusted=True).properties["consent"]
    assert (consent["email"]["state"], consent["email"]["evidence"]) == ("unsubscribed", "track:unsubscribed")
    assert "consent" not in one(call).properties


@pytest.mark.parametrize("given", ["Aliased", "Group Joined", "Order Paid", "Order Deleted"])
def test_no_sender_speaks_for_us(given: str) -> None:
    """A track call named like a call of another type, or like an event of a store, is only what its sender calls it."""
    assert one(track(given), trusted=True).name.startswith("segment_")


@pytest.mark.parametrize("given", ["Product Clicked", "Product Added to Wishlist", "Product List Viewed"])
def test_any_event_of_the_specification_teaches_the_catalogue(given: str) -> None:
    """With the server's key, of the product it names or of each of its products."""
    for told in (BEANS, {"products": [BEANS]}):
        [product] = segment(track(given, {"currency": "EUR", **told}), trusted=True).products
        assert (product["id"], product["title"], product["price"]) == ("4711", "Runner beans", 350)
    assert segment(track("Workshop Booked", BEANS), trusted=True).products == []


def test_a_header_says_when_a_single_call_was_sent() -> None:
    """RudderStack's browsers tell it there as well; what the call itself says goes first."""
    given = track("Seen", timestamp="2026-03-05T11:00:00Z")
    late = {"batch": [given], "sentAt": "2026-03-05T11:00:10Z"}
    assert one(late).occurred_at.isoformat() == "2026-03-05T11:59:50+00:00"
