"""Real payloads of the senders, where they lie beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from on_event.envelope import open_envelope
from on_event.translate import Translation, translate
from tests.unit.on_event.sending import answer, call, segment, shopify, webhook, world

PAYLOADS = Path(__file__).parents[3].parent / "shared" / "payloads"

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no payloads beside the repository")


def payload(name: str) -> Any:
    """One of them."""
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def shop(name: str, topic: str) -> Translation:
    """A Shopify payload by its file's name."""
    return shopify(topic, (PAYLOADS / f"shopify/{name}.json").read_bytes(), currency="USD")


def test_a_test_order() -> None:
    """Shopify's own trial order is a test though it is cancelled as well, and its customer is known."""
    [event] = shop("orders_create", "orders/create").events
    order = event.properties["order"]
    assert (order["status"], order["total"], order["currency"]) == ("test", 38800, "USD")
    assert event.properties["traits"]["email"] == "john@example.com"
    assert event.properties["consent"]["email"]["state"] == "not_subscribed"


def test_an_old_order_without_a_customer() -> None:
    """A guest's order of an old API version."""
    [event] = shop("orders_paid", "orders/paid").events
    order = event.properties["order"]
    assert (order["id"], order["status"], order["total"], len(order["lines"])) == (
        "450789469",
        "paid",
        40994,
        3,
    )


def test_customer_checkout_cart_and_product() -> None:
    """One of each."""
    [customer] = shop("customers_create", "customers/create").events
    assert customer.properties["consent"]["email"]["state"] == "subscribed"
    [checkout] = shop("checkouts_create", "checkouts/create").events
    assert [line["price"] for line in checkout.properties["cart"]["lines"]] == [19900, 19900]
    [cart] = shop("carts_create", "carts/create").events
    assert cart.properties["cart"]["lines"][0]["quantity"] == 3
    [product] = shop("products_update", "products/update").products
    assert (product["price"], product["available"]) == (1999, True)


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("shopify/*_*.json")), ids=lambda path: path.stem)
def test_every_signed_webhook_is_answered_200(path: Path) -> None:
    """Known or not, it is kept."""
    at = world()
    body = path.read_bytes()
    assert answer(at, webhook(path.stem.replace("_", "/", 1), body))[0] == 200
    assert open_envelope(at.signed_queue.bodies[0], at.blobs).body == body


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("segment/track_*.json")), ids=lambda path: path.stem)
def test_every_track_call_is_taken(path: Path) -> None:
    """Each event of the e-commerce specification is accepted from a browser and translated to one event."""
    content = json.loads(path.read_text())
    assert answer(world(), call("/v1/track", content))[1]["accepted"] == 1
    assert len(segment(content).events) == 1


@pytest.mark.parametrize(
    ("kind", "name", "event"),
    [
        ("identify", "http_api_identify_0", "identified"),
        ("track", "http_api_track_1", "item_purchased"),
        ("page", "http_api_page_or_screen_2_2", "page_viewed"),
        ("screen", "http_api_page_or_screen_2_2", "screen_viewed"),
        ("alias", "http_api_alias_5", "aliased"),
    ],
)
def test_each_documented_call(kind: str, name: str, event: str) -> None:
    """By its long and its short path; more than a year old, it keeps its time."""
    for path in (f"/v1/{kind}", f"/v1/{kind[0]}"):
        at = world()
        assert answer(at, call(path, payload(f"segment/{name}")))[1]["accepted"] == 1
        [found] = translate(open_envelope(at.browser_queue.bodies[0], at.blobs)).events
        assert (found.name, found.occurred_at.year) == (event, 2012)


def test_the_documented_batch() -> None:
    """With a date nobody can read in it: all four calls are taken."""
    content = payload("segment/http_api_batch_6")
    assert answer(world(), call("/v1/batch", content))[1] == {"success": True, "accepted": 4, "rejected": []}
    assert [event.name for event in segment(content).events] == ["identified", "song_played"] * 2


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("eventbridge/ses_bounce", ["message_bounced"]),
        ("eventbridge/ses_delivery", []),
        ("sns/https_notification_ses_bounce", ["message_bounced"]),
        ("sns/https_notification_ses_complaint", ["message_complained"]),
        ("sns/https_notification_ses_click", []),
    ],
)
def test_feedback(name: str, events: list[str]) -> None:
    """Through EventBridge and through SNS."""
    envelope = open_envelope((PAYLOADS / f"{name}.json").read_text(), world().blobs)
    translation = translate(envelope)
    assert [event.name for event in translation.events] == events
    assert translation.rejected == []
