"""Hostile and broken requests of Segment clients, by the numbers of the list of forty: the status of each and its effect.

What stores sign (1 to 11) and SNS (40) have their tests beside their own doors.
"""

from __future__ import annotations

import gzip
import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest

from on_event.receive import build
from on_event.translate import translate
from perennial.events import Event
from perennial.people.identities import Kind
from tests.unit.on_event.sending import NOW, answer, basic, call, queued, request, segment, track, world

SEEN = track("Seen")
PLAIN = json.dumps({"batch": [SEEN]}).encode()
ZIPPED = gzip.compress(PLAIN)
FIVE_MEGABYTES = 5_000_000


def one(content: Any, *, trusted: bool = False) -> Event:
    """The only event of a body."""
    [event] = segment(content, trusted=trusted).events
    return event


def post(body: bytes | str | None, **headers: str) -> tuple[int, dict[str, Any], int]:
    """Status, answer and number of queue messages for a body with the browser's key."""
    shop = world()
    given = {**basic("browser-key"), **headers}
    return *answer(shop, request("/v1/batch", body, headers=given)), len(shop.browser_queue.bodies)


def refused(body: bytes | str | None, status: int, **headers: str) -> None:
    """Answered with this status, a code and a message, and nothing is kept."""
    found, said, kept = post(body, **headers)
    assert (found, bool(said["code"]), bool(said["message"]), kept) == (status, True, True, 0)


def in_batch(bad: Any) -> dict[str, Any]:
    """The answer to a batch of this call between two good ones, which are kept: its rejection."""
    shop = world()
    status, said = answer(shop, call("/v1/batch", {"batch": [SEEN, bad, SEEN]}))
    [envelope] = queued(shop, trusted=False)
    assert (status, said["accepted"], len(json.loads(envelope.body)["batch"])) == (200, 2, 2)
    [rejection] = said["rejected"]
    assert rejection["index"] == 1
    return dict(rejection)


def through(content: Any, *, trusted: bool = False) -> list[Event]:
    """The events of a body that went through the door and the queue."""
    shop = world()
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    key = "server-key" if trusted else "browser-key"
    assert answer(shop, request("/v1/batch", body, headers=basic(key)))[0] == 200
    return [event for each in queued(shop, trusted=trusted) for event in translate(each).events]


@pytest.mark.parametrize("content_type", ["application/xml", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("body", [b"<batch/>", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"])
def test_row_12_no_json(content_type: str, body: bytes) -> None:
    """Whatever the header says, a body that is no JSON is refused."""
    refused(body, 400, **{"content-type": content_type})


@pytest.mark.parametrize("body", [PLAIN, ZIPPED])
def test_row_13_json_under_another_name(body: bytes) -> None:
    """A header that says form does not matter where the body is JSON."""
    assert post(body, **{"content-type": "application/x-www-form-urlencoded"})[::2] == (200, 1)


@pytest.mark.parametrize("body", [b"", None, b"null"])
def test_row_14_no_body(body: bytes | None) -> None:
    """Empty, null or missing."""
    refused(body, 400)


def test_row_14_no_body_key() -> None:
    """API Gateway leaves the key out when there is no body."""
    event = request("/v1/batch", None, headers=basic("browser-key"))
    del event["body"]
    assert answer(world(), event)[0] == 400


def test_row_15_gzip_in_the_header_only() -> None:
    """A gateway may have inflated it: plain JSON is taken, anything else refused."""
    assert post(PLAIN, **{"content-encoding": "gzip"})[0] == 200
    refused(b"no gzip", 400, **{"content-encoding": "gzip"})


def test_row_16_a_gzip_bomb() -> None:
    """Refused after the first half megabyte of what it would become."""
    bomb = request("/v1/batch", gzip.compress(b" " * 50_000_000), headers=basic("browser-key"))
    handle = build(world())
    tracemalloc.start()
    try:
        assert handle(bomb, None)["statusCode"] == 413
        assert tracemalloc.get_traced_memory()[1] < FIVE_MEGABYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("body", [ZIPPED[:-9], ZIPPED + b"tail", gzip.compress(ZIPPED), ZIPPED + ZIPPED])
def test_row_17_broken_gzip(body: bytes) -> None:
    """Cut short, with something behind it, or twice zipped."""
    refused(body, 400)


@pytest.mark.parametrize("size", [600_000, 5_900_000])
def test_row_18_a_body_too_large(size: int) -> None:
    """More than a batch may hold; nobody parses it."""
    refused(b'{"batch": ["' + b"x" * size + b'"]}', 413)


def test_row_19_a_call_too_large() -> None:
    """32 KB are enough for one call; the others of its batch are kept."""
    assert in_batch(track("Seen", {f"note {n}": "x" * 900 for n in range(40)}))["code"] == "too_large"


def test_row_20_a_batch_too_long() -> None:
    """2,500 calls and no more."""
    refused(json.dumps({"batch": [1] * 2_501}), 400)
    assert post(json.dumps({"batch": [1] * 2_500}))[0] == 200


@pytest.mark.parametrize("depth", [33, 5_000, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_row_21_deep_nesting(depth: int, opened: bytes, closed: bytes) -> None:
    """Deeper than 32 levels is refused, however deep."""
    if len(opened) * depth < 500_000:
        refused(b'{"batch": ' + opened * depth + b"1" + closed * depth + b"}", 400)
    else:
        refused(b'{"batch": ' + opened * 80_000, 400)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_row_22_no_numbers(number: bytes) -> None:
    """JSON knows none of them."""
    refused(b'{"batch": [], "n": ' + number + b"}", 400)


@pytest.mark.parametrize(
    ("price", "minor"), [(19.99, 1999), (0.1 + 0.2, 30), ("0.1", 10), (1e-9, 0), (29, 2900)]
)
def test_row_23_money_in_floats(price: Any, minor: int) -> None:
    """Read as the sender wrote it, and rounded once, to the currency's own unit."""
    told = {"order_id": 1, "currency": "EUR", "products": [{"product_id": 1, "price": price}]}
    [event] = through({"batch": [track("Order Completed", told)]}, trusted=True)
    assert event.properties["order"]["lines"][0]["price"] == minor
    assert isinstance(event.properties["order"]["total"], int)


def test_row_24_endless_numbers() -> None:
    """5,000 digits are refused; 40 stay exact, as text."""
    refused(b'{"batch": [], "n": ' + b"9" * 5_000 + b"}", 400)
    [event] = through(
        b'{"batch": [{"type": "track", "anonymousId": "a", "event": "Seen", "properties": {"n": %s}}]}'
        % (b"9" * 40)
    )
    assert event.properties["n"] == "9" * 40


def test_row_25_encodings() -> None:
    """UTF-8 alone is read; a byte order mark before it is no error."""
    refused(b'{"batch": [], "n": "\xff"}', 400)
    refused('{"batch": []}'.encode("utf-16"), 400)
    assert post(b"\xef\xbb\xbf" + PLAIN)[::2] == (200, 1)


def test_row_26_half_a_character() -> None:
    """It becomes the replacement character, wherever it stands; what is kept can be written anywhere."""
    body = (
        rb'{"batch": [{"type": "track", "anonymousId": "a\ud800", "event": "Seen \udfff",'
        rb' "properties": {"note \ud800": "x\udc00"}}]}'
    )
    [event] = through(body)
    assert event.properties == {"note \ufffd": "x\ufffd"}
    json.dumps([event.name, event.identities, event.properties], ensure_ascii=False).encode()


def test_row_27_control_characters() -> None:
    """They are taken out of names, ids and notes."""
    told = {"type": "identify", "userId": "u\x001", "traits": {"firstName": "Mi\x00\x1b[31mra\r\nBcc:"}}
    [event] = through({"batch": [told, track("Se\x00en\x07", {"note": "a\x00b"})]})[:1]
    assert event.identities == ((Kind.STORE, "u 1"),)
    assert event.properties["traits"]["first_name"] == "Mi [31mra Bcc:"


def test_row_28_a_key_twice() -> None:
    """The last one counts, at the door and in the translation alike."""
    body = b'{"batch": [{"type": "track", "type": "page", "anonymousId": "a", "anonymousId": "b"}]}'
    [event] = through(body)
    assert (event.name, event.identities) == ("page_viewed", ((Kind.ANONYMOUS, "b"),))


@pytest.mark.parametrize(
    "key", ["__proto__", "constructor", "$set", "a.b", "#pk", ":v", "attribute_not_exists(pk)"]
)
def test_row_29_keys_with_a_meaning_elsewhere(key: str) -> None:
    """They are words of the sender, kept as such."""
    [event] = through({"batch": [track("Seen", {key: {"x": 1}, "": "nameless"})]})
    assert event.properties == {key: {"x": 1}}


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({f"k{n}": 1 for n in range(256)}, "too_many_keys"),
        ({"deep": {"er": [{f"k{n}": 1 for n in range(256)}]}}, "too_many_keys"),
        ({"note": "x" * 8_193}, "too_long"),
        ({"notes": [{"note": "\u00fc" * 4_097}]}, "too_long"),
    ],
)
def test_row_30_too_many_keys_or_too_long_a_text(properties: dict[str, Any], code: str) -> None:
    """One such call is rejected, the others of its batch are kept."""
    assert in_batch(track("Seen", properties))["code"] == code


def test_row_30_what_is_just_not_too_much() -> None:
    """255 keys in each of several objects, and a text of 8 KB."""
    properties = {
        "a": {f"k{n}": 1 for n in range(255)},
        "b": {f"k{n}": 1 for n in range(255)},
        "note": "x" * 8_192,
    }
    assert len(through({"batch": [track("Seen", properties)]})) == 1


def test_row_30_ten_thousand_keys_or_a_megabyte() -> None:
    """The call is too large; the body, with a megabyte in it, is as well."""
    assert in_batch(track("Seen", {f"k{n}": 1 for n in range(10_000)}))["code"] == "too_large"
    refused(json.dumps({"batch": [track("Seen", {"note": "x" * 1_000_000})]}), 413)


@pytest.mark.parametrize(
    "told",
    [
        "2099-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        1772708400000,
        "2026-03-05T11:00:00",
        "2026-02-30T00:00:00Z",
        "2026-03-05T11:00:60Z",
        "2026-03-05T12:06:00Z",
        "",
        [],
    ],
)
def test_row_31_times_that_cannot_be(told: Any) -> None:
    """The time of arrival stands for it, and the event says so."""
    for field in ("timestamp", "originalTimestamp"):
        event = one(track("Seen", **{field: told}))
        assert (event.occurred_at, event.properties["ts_adjusted"]) == (NOW, True)


@pytest.mark.parametrize(
    ("times", "ago"),
    [
        ({}, timedelta()),
        ({"timestamp": "2026-03-05T11:00:00Z"}, timedelta(hours=1)),
        ({"timestamp": "2031-01-01T00:00:00Z", "sentAt": "2031-01-01T00:00:09Z"}, timedelta(seconds=9)),
        ({"timestamp": "2026-03-05T12:04:00Z"}, -timedelta(minutes=4)),
        ({"timestamp": "2024-03-05T12:00:00Z", "ts_adjusted": True}, timedelta(days=730)),
    ],
)
def test_row_31_times_that_can(times: dict[str, Any], ago: timedelta) -> None:
    """Corrected by the sender's own clock, or a little ahead, or long past: nothing is flagged, nor can a sender flag it."""
    event = one(track("Seen", {"ts_adjusted": True}, **times))
    assert event.occurred_at == NOW - ago
    assert "ts_adjusted" not in event.properties


@pytest.mark.parametrize("quantity", [-1, 0, 1.5, "many", None, 10**9])
def test_row_32_quantities_that_cannot_be(quantity: Any) -> None:
    """The event is kept; such a line is not."""
    told = {"order_id": 1, "total": 0, "products": [{"product_id": 1, "price": 2, "quantity": quantity}]}
    [event] = through({"batch": [track("Order Completed", told)]}, trusted=True)
    assert event.properties["order"]["lines"] == [] and event.properties["order"]["total"] == 0


def test_row_32_money_below_nothing() -> None:
    """Nothing less than nothing is revenue."""
    told = {"order_id": 1, "total": -5, "products": [{"product_id": 1, "price": -2}]}
    [event] = through({"batch": [track("Order Completed", told)]}, trusted=True)
    assert event.properties["order"]["total"] == 0 and event.properties["order"]["lines"][0]["price"] == 0


@pytest.mark.parametrize(
    ("given", "kept"), [("usd", "USD"), ("XXX", "XXX"), ("\u20ac", "XXX"), (None, "XXX"), (5, "XXX")]
)
def test_row_33_currencies(given: Any, kept: str) -> None:
    """In capitals; one that is none keeps its amount out of every sum."""
    [event] = through(
        {"batch": [track("Order Completed", {"order_id": 1, "total": 5, "currency": given})]}, trusted=True
    )
    assert (event.properties["order"]["currency"], event.properties["order"]["total"]) == (kept, 500)


@pytest.mark.parametrize(
    "address",
    [
        "mira@garden.example\r\nBcc: all@garden.example",
        "a@garden.example,b@garden.example",
        "Mira <mira@garden.example>",
        "x" * 400 + "@garden.example",
        '"><script>alert(1)</script>@garden.example',
        "mira",
        5,
        ["mira@garden.example"],
    ],
)
def test_row_34_addresses_nobody_may_write_to(address: Any) -> None:
    """Left out and flagged; the rest of the call stays."""
    told = {"type": "identify", "userId": "u-1", "traits": {"email": address, "firstName": "Mira"}}
    [event] = through({"batch": [told]}, trusted=True)
    assert event.properties == {"traits": {"first_name": "Mira"}, "unreadable": ["email"]}
    assert {kind for kind, _ in event.identities} == {Kind.STORE}


@pytest.mark.parametrize("number", ["0600 123", "call me", "+" + "1" * 40, "+0123456789"])
def test_row_35_numbers_nobody_can_dial(number: str) -> None:
    """Left out and flagged: no text message before the number is whole."""
    told = {"type": "identify", "userId": "u-1", "traits": {"phone": number}}
    [event] = through({"batch": [told]}, trusted=True)
    assert event.properties == {"unreadable": ["phone"]}


@pytest.mark.parametrize("text", ["{{7*7}}", "{% include 'x' %}", "{{config}}", "${7*7}"])
def test_row_36_templates_in_names(text: str) -> None:
    """Kept as the letters they are."""
    identify = {"type": "identify", "userId": "u-1", "traits": {"firstName": text}}
    [event] = through({"batch": [identify]}, trusted=True)
    assert event.properties["traits"]["first_name"] == text
    [product] = segment(track("Product Viewed", {"product_id": 1, "name": text}), trusted=True).products
    assert product["title"] == text


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//garden.example", "https://a@b.example/"]
)
def test_row_37_links_that_lead_astray(link: str) -> None:
    """A title is kept as written, to be escaped where it is shown; a link is one only to a host, over http."""
    told = {"product_id": 1, "name": "<b onclick=x>Pot</b>", "url": link, "image_url": link}
    [product] = segment(track("Product Viewed", told), trusted=True).products
    assert (product["title"], "url" in product, "image" in product) == ("<b onclick=x>Pot</b>", False, False)


@pytest.mark.parametrize(
    "image", ["http://169.254.169.254/latest/meta-data", "http://localhost/x.png", "file:///etc/passwd"]
)
def test_row_38_images_are_never_fetched(image: str) -> None:
    """Recording asks no other host for anything: a test here that opened a socket would fail."""
    told = {"product_id": 1, "name": "Pot", "image_url": image}
    [event] = through({"batch": [track("Product Viewed", told)]}, trusted=True)
    assert event.name == "product_viewed"


@pytest.mark.parametrize(
    "nobody", ["null", "undefined", "00000000-0000-0000-0000-000000000000", "", None, "Anonymous"]
)
def test_row_39_nobodys_id(nobody: Any) -> None:
    """The device is all that is known then."""
    assert through({"batch": [track("Seen", userId=nobody)]})[0].identities == (
        (Kind.ANONYMOUS, "visitor-1"),
    )


@pytest.mark.parametrize("strange", [{"id": 1}, [1], {}, []])
def test_row_39_ids_that_are_none(strange: Any) -> None:
    """An object or a list names nobody: the call is rejected; a number does, as text."""
    assert in_batch(track("Seen", userId=strange))["code"] == "bad_identity"
    assert through({"batch": [track("Seen", userId=12)]})[0].identities[0] == (Kind.STORE, "12")
