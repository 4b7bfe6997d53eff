"""WooCommerce webhooks at the front door: who gets in, and what is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.unit.on_event.sending import answer, queued, raw, request, signature
from tests.unit.on_event.sending_woocommerce import SECRET, SOURCE, shop, woo_webhook

BODY = raw("woocommerce/order_created")


def test_a_signed_webhook_is_kept_as_it_came() -> None:
    """200, and the signed queue holds the very bytes with what translation needs of the headers."""
    at = shop()
    assert answer(at, woo_webhook("order.created", BODY)) == (200, {"success": True})
    [envelope] = queued(at, trusted=True)
    assert (envelope.source, envelope.trusted, envelope.body) == ("woocommerce", True, BODY)
    assert envelope.headers == {
        "topic": "order.created",
        "resource": "order",
        "event": "created",
        "source": SOURCE,
        "delivery_id": "d-1",
    }


@pytest.mark.parametrize("body", [b"webhook_id=11", b"webhook_id=11\n"])
def test_the_ping_is_answered_and_means_nothing(body: bytes) -> None:
    """WooCommerce shows an error to the merchant unless it is exactly 200; it is unsigned, so nothing is kept."""
    at = shop()
    ping = request(
        "/webhooks/woocommerce", body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer(at, ping) == (200, {"success": True})
    assert not at.signed_queue.bodies and not at.browser_queue.bodies


@pytest.mark.parametrize(
    "body",
    [
        b"webhook_id=",
        b"webhook_id=1&a=b",
        b'{"webhook_id": 1}',
        b"webhook_id=-1",
        b"webhook_id=" + b"1" * 30,
        b"",
    ],
)
def test_nothing_else_passes_for_a_ping(body: bytes) -> None:
    """Unsigned is unsigned."""
    at = shop()
    assert answer(at, request("/webhooks/woocommerce", body))[0] == 401
    assert not at.signed_queue.bodies


def test_a_ping_with_a_wrong_signature_is_no_ping() -> None:
    """Whoever signs must sign well."""
    event = woo_webhook("order.created", b"webhook_id=11", secret="other")
    assert answer(shop(), event)[0] == 401


@pytest.mark.parametrize(
    "given",
    [
        "",
        signature(BODY, "other-secret"),
        hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest(),
        signature(json.dumps(json.loads(BODY), indent=1).encode(), SECRET),
        "ünlesbar",
        "\ud800",
        signature(BODY, SECRET)[:-2],
        base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha1).digest()).decode(),
    ],
    ids=["none", "wrong key", "hex", "re-indented", "accents", "surrogate", "cut", "sha1"],
)
def test_a_wrong_signature_leaves_nothing(given: str) -> None:
    """401 with code and message, and neither queue nor blobs know of it."""
    at = shop()
    status, body = answer(at, woo_webhook("order.created", BODY, signature=given))
    assert (status, body["code"]) == (401, "bad_signature")
    assert not at.signed_queue.bodies and not at.browser_queue.bodies and not at.blobs.objects


@pytest.mark.parametrize("path", ["/webhooks/shopify", "/webhooks/woocommerce"])
def test_one_stores_secret_does_not_open_the_others_door(path: str) -> None:
    """Each signature is looked for in its own header, with its own secret."""
    at = shop()
    event = woo_webhook(
        "order.created", BODY, secret=SECRET if path.endswith("shopify") else "shopify-secret"
    )
    assert answer(at, event | {"rawPath": path})[0] == 401


def test_without_a_secret_nobody_gets_in() -> None:
    """An unset secret is not the empty secret, and a ping tells the merchant that something is missing."""
    at = shop(WOOCOMMERCE_SECRET="")
    assert answer(at, woo_webhook("order.created", BODY, secret=""))[0] == 401
    assert answer(at, request("/webhooks/woocommerce", b"webhook_id=11"))[0] == 401


def test_old_and_new_secret_while_it_changes() -> None:
    """Webhooks are changed one by one: both open the door meanwhile."""
    at = shop(WOOCOMMERCE_SECRET="old-secret new-secret")
    signed = [
        woo_webhook("order.created", BODY, secret=secret) for secret in ("old-secret", "new-secret", "third")
    ]
    assert [answer(at, event)[0] for event in signed] == [200, 200, 401]


def test_a_secret_that_the_store_made_itself() -> None:
    """WooCommerce draws any signs, spaces and commas among them; no piece of it is a secret."""
    secret = "w, Q7 <z!k{]=Tq&8 r?4, 0a~9;F c/|M"
    at = shop(WOOCOMMERCE_SECRET=secret)
    assert answer(at, woo_webhook("order.created", BODY, secret=secret))[0] == 200
    assert [
        answer(at, woo_webhook("order.created", BODY, secret=part))[0] for part in ("w", "Q7", "0a~9;F")
    ] == [
        401,
        401,
        401,
    ]


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
    given, body = answer(shop(), woo_webhook("order.created", BODY) | change)
    assert (given, body["code"]) == (status, code)


def test_a_signed_body_of_nothing_is_refused() -> None:
    """An empty webhook can never mean anything."""
    assert answer(shop(), woo_webhook("order.created", b""))[0] == 400


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PUT"])
def test_only_post_is_answered(method: str) -> None:
    """There is nothing to read here."""
    assert answer(shop(), request("/webhooks/woocommerce", None, method=method))[0] == 405
