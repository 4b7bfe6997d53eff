"""Shopify webhooks at the front door: who gets in, and what is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from on_event.receive import build
from tests.unit.on_event.sending import SECRET, SHOP, answer, queued, raw, request, signature, webhook, world

BODY = raw("shopify/order_created")


def test_a_signed_webhook_is_kept_as_it_came() -> None:
    """200, and the signed queue holds the very bytes with what translation needs of the headers."""
    shop = world()
    assert answer(shop, webhook("orders/create", BODY)) == (200, {"success": True})
    [envelope] = queued(shop, trusted=True)
    assert (envelope.source, envelope.trusted, envelope.body) == ("shopify", True, BODY)
    assert envelope.headers == {"topic": "orders/create", "shop": SHOP, "event_id": "ev-1"}


def test_a_text_body_is_signed_over_its_bytes() -> None:
    """API Gateway hands JSON on as text: the signature is over its UTF-8 bytes, never re-serialised."""
    shop = world()
    text = '{"id":  1, "title": "Öl"}'
    event = webhook("orders/create", text.encode()) | {"body": text, "isBase64Encoded": False}
    assert answer(shop, event)[0] == 200
    assert queued(shop, trusted=True)[0].body == text.encode()


def test_an_unknown_topic_is_kept_too() -> None:
    """A shop that gets errors drops its subscription: signed and unknown is 200, and kept for later."""
    shop = world()
    assert answer(shop, webhook("themes/publish", b"{}"))[0] == 200
    assert len(queued(shop, trusted=True)) == 1


@pytest.mark.parametrize(
    "given",
    [
        "",
        signature(BODY, "other-secret"),
        hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest(),
        base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest().encode()).decode(),
        signature(json.dumps(json.loads(BODY), indent=1).encode()),
        "ünlesbar",
        "\ud800",
        signature(BODY)[:-2],
        "A" * 100_000,
    ],
    ids=["none", "wrong key", "hex", "hex in base64", "re-indented", "accents", "surrogate", "cut", "long"],
)
def test_a_wrong_signature_leaves_nothing(given: str) -> None:
    """401 with code and message, and neither queue nor blobs know of it."""
    shop = world()
    status, body = answer(shop, webhook("orders/create", BODY, hmac_sha256=given))
    assert (status, body["code"]) == (401, "bad_signature")
    assert body["message"]
    assert not shop.signed_queue.bodies and not shop.browser_queue.bodies and not shop.blobs.objects


def test_without_a_secret_nobody_gets_in() -> None:
    """An unset secret is not the empty secret: a body signed with nothing is refused."""
    event = webhook("orders/create", BODY, hmac_sha256=signature(BODY, ""))
    assert answer(world(SHOPIFY_SECRET=""), event)[0] == 401


@pytest.mark.parametrize("between", [" ", "\n", ", ", ","])
def test_old_and_new_secret_while_it_changes(between: str) -> None:
    """Shopify signs with the old one for up to an hour: both open the door, and nothing else does."""
    at = world(SHOPIFY_SECRET=f"old-secret{between}new-secret")
    statuses = [
        answer(at, webhook("orders/create", BODY, hmac_sha256=signature(BODY, secret)))[0]
        for secret in ("old-secret", "new-secret", "", "other-secret")
    ]
    assert statuses == [200, 200, 401, 401]


@pytest.mark.parametrize(
    ("domain", "status"), [("GARDEN.MyShopify.Example", 200), ("other.myshopify.com", 401), ("", 401)]
)
def test_only_our_shop_may_send(domain: str, status: int) -> None:
    """The signature does not cover the headers: with a domain set, another shop's webhook is refused."""
    assert answer(world(), webhook("orders/create", BODY, shop_domain=domain))[0] == status


def test_without_a_domain_any_shop_of_the_secret_may_send() -> None:
    """The check is for those who set it."""
    assert (
        answer(world(SHOPIFY_DOMAIN=""), webhook("orders/create", BODY, shop_domain="any.example"))[0] == 200
    )


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"body": None, "isBase64Encoded": False}, 401, "bad_signature"),
        ({"body": "not base64!"}, 400, "bad_encoding"),
        ({"body": base64.b64encode(b" " * (5 * 1024 * 1024 + 1)).decode()}, 413, "too_large"),
    ],
)
def test_bodies_that_cannot_be_read(change: dict[str, Any], status: int, code: str) -> None:
    """Each is answered, none crashes."""
    given, body = answer(world(), webhook("orders/create", BODY) | change)
    assert (given, body["code"]) == (status, code)


def test_a_signed_body_of_nothing_is_refused() -> None:
    """An empty webhook can never mean anything."""
    assert answer(world(), webhook("orders/create", b""))[0] == 400


def test_what_cannot_be_kept_is_asked_for_again() -> None:
    """When the queue refuses, the sender hears 503 and when to come again."""
    shop = world()
    shop.signed_queue.refuses = lambda body: True
    event = webhook("orders/create", BODY)
    assert answer(shop, event)[1]["code"] == "not_kept"
    given = build(shop)(event, None)
    assert (given["statusCode"], given["headers"]["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/webhooks/shopify", "GET", 405),
        ("/webhooks/other", "POST", 404),
        ("/v1/batch", "GET", 405),
        ("/v1/batch", "OPTIONS", 204),
        ("/webhooks/shopify", "OPTIONS", 405),
    ],
)
def test_routes(path: str, method: str, status: int) -> None:
    """Only the known paths, and only POST, but for the browsers' preflight."""
    assert answer(world(), request(path, None, method=method))[0] == status


def test_a_named_stage_is_no_part_of_the_path() -> None:
    """API Gateway puts the name of a stage before the path."""
    event = webhook("orders/create", BODY)
    event["rawPath"] = "/live/webhooks/shopify"
    event["requestContext"]["stage"] = "live"
    assert answer(world(), event)[0] == 200
