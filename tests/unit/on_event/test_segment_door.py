"""The Segment API at the front door: keys, bodies, and the answer for each call of a batch."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from typing import Any

import pytest

from on_event.receive import build
from tests.unit.on_event.sending import answer, basic, call, fixture, queued, request, track, world

VIEW = track("Product Viewed", {"product_id": "p-1"})
ACCEPTED = (200, {"success": True, "accepted": 1, "rejected": []})


def post(body: bytes | str | None, **headers: str) -> dict[str, Any]:
    """A batch request with the browser's key."""
    return request("/v1/batch", body, headers={**basic("browser-key"), **headers})


def test_a_batch_of_a_browser() -> None:
    """Accepted, on the browsers' queue, and not trusted."""
    shop = world()
    assert answer(shop, call("/v1/batch", {"batch": [VIEW]})) == ACCEPTED
    assert not shop.signed_queue.bodies
    [envelope] = queued(shop, trusted=False)
    assert (envelope.source, envelope.trusted) == ("segment", False)
    assert json.loads(envelope.body) == {"batch": [VIEW]}


def test_the_server_key_is_trusted() -> None:
    """Its calls go the way of the signed webhooks."""
    shop = world()
    assert answer(shop, call("/v1/batch", fixture("segment/batch"), "server-key"))[1]["accepted"] == 6
    assert [envelope.trusted for envelope in queued(shop, trusted=True)] == [True]
    assert not shop.browser_queue.bodies


@pytest.mark.parametrize("path", ["/v1/track", "/v1/identify", "/v1/track/"])
def test_single_calls_get_their_type_from_the_path(path: str) -> None:
    """A single call needs no `type`, and one that says otherwise does not change what the path says."""
    shop = world()
    sent = {"anonymousId": "a", "event": "Seen", "type": "alias"}
    assert answer(shop, call(path, sent)) == ACCEPTED
    [one] = json.loads(queued(shop, trusted=False)[0].body)["batch"]
    assert one["type"] == path.strip("/").split("/")[1]


@pytest.mark.parametrize(
    "headers",
    [
        basic("browser-key"),
        basic("browser-key", colon=""),
        {"authorization": "bAsIc " + base64.b64encode(b"browser-key:ignored").decode()},
    ],
)
def test_ways_to_write_the_key(headers: dict[str, str]) -> None:
    """With the colon, without it, with a password nobody asked for, in any case."""
    assert answer(world(), request("/v1/batch", json.dumps({"batch": [VIEW]}), headers=headers)) == ACCEPTED


def test_the_key_in_the_body_is_not_kept() -> None:
    """Accepted from the top level, and it goes to no queue: the server's key is a secret."""
    shop = world()
    body = {"writeKey": "server-key", "batch": [VIEW | {"writeKey": "server-key"}]}
    assert answer(shop, request("/v1/batch", json.dumps(body))) == ACCEPTED
    assert answer(shop, request("/v1/track", json.dumps(VIEW | {"writeKey": "server-key"}))) == ACCEPTED
    assert all(b"server-key" not in envelope.body for envelope in queued(shop, trusted=True))


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        (basic("wrong"), None),
        (basic(""), None),
        (basic("wrong"), "browser-key"),
        ({"authorization": "Basic ###"}, None),
        ({"authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()}, None),
        ({"authorization": "Bearer browser-key"}, None),
        ({}, "wrong"),
        ({}, ""),
        ({}, None),
        ({}, 12),
        ({}, ["browser-key"]),
        ({}, "clé"),
    ],
)
def test_wrong_keys(headers: dict[str, str], key: Any) -> None:
    """401 with code and message, and nothing is kept."""
    shop = world()
    body = {"batch": [VIEW]} | ({} if key is None else {"writeKey": key})
    status, said = answer(shop, request("/v1/batch", json.dumps(body), headers=headers))
    assert (status, said["code"], bool(said["message"])) == (401, "bad_write_key", True)
    assert not shop.signed_queue.bodies and not shop.browser_queue.bodies


def test_unset_keys_let_nobody_in() -> None:
    """An empty setting is not an empty password."""
    shop = world(WRITE_KEY="", SERVER_KEY="")
    assert answer(shop, call("/v1/batch", {"batch": [VIEW]}, key=""))[0] == 401


def test_one_key_for_both_is_the_public_one() -> None:
    """A shop that sets the same key twice does not hand its secrets to every browser."""
    shop = world(SERVER_KEY="browser-key")
    answer(shop, call("/v1/batch", {"batch": [VIEW]}))
    assert shop.browser_queue.bodies and not shop.signed_queue.bodies


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip"},
        {"content-type": "text/plain"},
        {},
    ],
)
def test_gzip_is_known_by_its_bytes(headers: dict[str, str]) -> None:
    """Whatever the headers say, plain and zipped JSON are both read."""
    plain = json.dumps({"batch": [VIEW]}).encode()
    assert answer(world(), post(gzip.compress(plain), **headers)) == ACCEPTED
    assert answer(world(), post(plain, **headers)) == ACCEPTED


ZIPPED = gzip.compress(json.dumps({"batch": [VIEW]}).encode())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (None, 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"{}", 400),
        (b'{"batch": {}}', 400),
        (b"<batch/>", 400),
        (b'{"batch": [], "n": NaN}', 400),
        (b'{"batch": [], "n": -Infinity}', 400),
        (b'{"batch": [], "n": 1e999}', 400),
        (b'{"batch": [], "n": ' + b"9" * 5_000 + b"}", 400),
        (b'{"batch": [], "n": "\xff"}', 400),
        ('{"batch": []}'.encode("utf-16"), 400),
        (b'{"batch": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"batch": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (ZIPPED[:-9], 400),
        (ZIPPED + b"tail", 400),
        (gzip.compress(ZIPPED), 400),
        (b"\x1f\x8bnonsense", 400),
        (gzip.compress(b" " * 600_000), 413),
        (b" " * 600_000, 413),
        (json.dumps({"batch": [1] * 2_501}).encode(), 400),
    ],
)
def test_bodies_that_are_refused(body: bytes | None, status: int) -> None:
    """400 or 413 with code and message, readable by browsers, and nothing is kept."""
    shop = world()
    given = build(shop)(post(body), None)
    said = json.loads(given["body"])
    assert given["statusCode"] == status
    assert said["code"] and said["message"]
    assert given["headers"]["access-control-allow-origin"] == "*"
    assert not shop.browser_queue.bodies


def test_a_gzip_bomb_is_never_inflated() -> None:
    """What would become 50 MB is refused after the first half megabyte of it."""
    bomb, handle = post(gzip.compress(b" " * 50_000_000)), build(world())
    tracemalloc.start()
    try:
        assert handle(bomb, None)["statusCode"] == 413
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_byte_order_mark_is_no_error() -> None:
    """Some servers write one."""
    assert answer(world(), post(b"\xef\xbb\xbf" + json.dumps({"batch": [VIEW]}).encode())) == ACCEPTED


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (7, "not_an_object"),
        (None, "not_an_object"),
        ({"anonymousId": "a"}, "unsupported_type"),
        (track("Seen", type="merge"), "unsupported_type"),
        (track("Seen", type="alias"), "no_alias"),
        (track("Seen", type="group"), "no_group"),
        (track("Seen", type=["track"]), "unsupported_type"),
        (track("Seen", anonymousId=None), "no_identity"),
        (track("Seen", anonymousId="00000000-0000-0000-0000-000000000000"), "no_identity"),
        (track("Seen", anonymousId=None, userId="undefined"), "no_identity"),
        (track("Seen", userId={"id": 1}), "bad_identity"),
        (track("Seen", userId=[1]), "bad_identity"),
        (track(""), "no_event"),
        (track("?!"), "no_event"),
        (track("Seen", event=None), "no_event"),
        (track("Product Viewed"), "no_product"),
        (track("viewed product", {"product_id": {}}), "no_product"),
        (track("Order Completed", {"total": 5}), "no_order"),
        (track("Seen", {"note": "x" * 40_000}), "too_large"),
    ],
)
def test_one_bad_call_never_costs_the_good_ones(bad: Any, code: str) -> None:
    """200; the bad call is named by its place, the others are queued without it."""
    shop = world()
    status, said = answer(shop, call("/v1/batch", {"batch": [VIEW, bad, VIEW]}))
    assert (status, said["success"], said["accepted"]) == (200, True, 2)
    assert [(each["index"], each["code"], bool(each["message"])) for each in said["rejected"]] == [
        (1, code, True)
    ]
    assert json.loads(queued(shop, trusted=False)[0].body)["batch"] == [VIEW, VIEW]


def test_nothing_acceptable_queues_nothing() -> None:
    """An empty batch and one of bad calls are answered 200 and cost no queue message."""
    shop = world()
    assert answer(shop, call("/v1/batch", {"batch": []}))[1]["accepted"] == 0
    assert answer(shop, call("/v1/batch", {"batch": [1]}))[1]["accepted"] == 0
    assert not shop.browser_queue.bodies


def test_what_stands_beside_the_batch_is_kept() -> None:
    """`sentAt` and `context` of the batch hold for every call in it."""
    shop = world()
    shared = {"sentAt": "2026-03-05T12:00:00Z", "context": {"locale": "de"}}
    answer(shop, call("/v1/batch", {"batch": [VIEW], **shared, "integrations": {}}))
    assert json.loads(queued(shop, trusted=False)[0].body) == {"batch": [VIEW], **shared}


def test_a_lone_surrogate_becomes_a_character() -> None:
    """No store takes half a character; the rest of the text stays."""
    shop = world()
    body = '{"batch": [{"type": "track", "anonymousId": "a", "event": "Seen \\ud800 twice \\ud83c\\udf31"}]}'
    assert answer(shop, post(body)) == ACCEPTED
    [one] = json.loads(queued(shop, trusted=False)[0].body)["batch"]
    assert one["event"] == "Seen \ufffd twice \U0001f331"


def test_preflight_allows_what_browser_clients_send() -> None:
    """Without these headers a browser sends nothing at all."""
    given = build(world())(request("/v1/identify", None, method="OPTIONS"), None)
    allowed = given["headers"]["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "anonymousid", "sentat", "rsa-retry-attempt"} <= set(allowed)
    assert (given["statusCode"], given["body"]) == (204, "")


def test_a_full_queue_is_told_to_browsers_too() -> None:
    """503 with Retry-After and the headers that let a browser client read it."""
    shop = world()
    shop.browser_queue.refuses = lambda body: True
    given = build(shop)(call("/v1/batch", {"batch": [VIEW]}), None)
    assert (given["statusCode"], given["headers"]["retry-after"]) == (503, "5")
    assert given["headers"]["access-control-allow-origin"] == "*"


def test_no_personal_data_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Counts and reasons only, for good and bad calls alike."""
    caplog.set_level("DEBUG")
    answer(world(), call("/v1/batch", fixture("segment/batch"), "server-key"))
    answer(world(), call("/v1/batch", {"batch": [track("", traits={"email": "mira.okafor@garden.example"})]}))
    answer(world(), call("/v1/batch", {"batch": []}, key="mira.okafor"))
    written = " ".join(str(vars(record)) for record in caplog.records).lower()
    assert "accepted" in written
    assert "mira" not in written and 'key"' not in written
