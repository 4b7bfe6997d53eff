"""The rows of the forty that concern clients of the Segment API, whose keys are public or leak."""

from __future__ import annotations

import gzip
from typing import Any

from tests.end_to_end.hostile import (
    FIRST,
    Left,
    Row,
    as_bytes,
    browser,
    client,
    named,
    order,
    ordered,
    seen,
    server,
    shopify,
    subscriber,
    viewed,
)

PLAIN = as_bytes({"batch": [seen()]})
ZIPPED = gzip.compress(PLAIN)
ONE = Left("visitor-1", ("seen",))
BOMB = gzip.compress(bytes(20_000_000))
BOUNDARY = "multipart/form-data; boundary=x"
SCRIPT = "<script>alert(1)</script>"
METADATA = "http://169.254.169.254/latest/meta-data"


def refused(number: int, title: str, body: bytes, status: int = 400, **headers: str) -> Row:
    return Row(number, title, (client(body, **headers),), status)


def call_with(value: bytes) -> bytes:
    """A sound call with this JSON in it."""
    return (
        b'{"batch": [{"type": "track", "anonymousId": "visitor-1", "event": "Seen", "properties": %s}]}'
        % value
    )


def kept(number: int, title: str, value: bytes, properties: Any) -> Row:
    """The properties as stored of a call with this JSON."""
    left = Left("visitor-1", ("seen",), holds={"timeline.0.properties": properties})
    return Row(number, title, (client(call_with(value)),), 200, left)


def one_rejected(number: int, title: str, code: str, bad: Any) -> Row:
    """A call that is not taken, between two that are."""
    left = Left("visitor-1", ("seen",) * 2, rejected=(code,))
    return Row(number, title, (browser(seen(messageId="a"), bad, seen(messageId="b")),), 200, left)


def told(number: int, title: str, call: Any, name: str, **holds: Any) -> Row:
    """What the store's server says of customer 7. holds: by their paths, two underscores for a dot."""
    expected = {path.replace("__", "."): value for path, value in holds.items()}
    orders = 1 if name == "order_completed" else 0
    return Row(number, title, (server(call),), 200, Left("7", (name,), orders=orders, holds=expected))


def unreadable(number: int, trait: str, value: str) -> Row:
    flagged = {
        f"document__{trait}": None,
        "document__first_name": "Ada",
        "timeline__0__properties__unreadable": [trait],
    }
    return told(
        number, f"{trait} {value[:20]!r}", named(firstName="Ada", **{trait: value}), "identified", **flagged
    )


def mailed(
    number: int, title: str, product: Any, shown: tuple[str, ...], hidden: tuple[str, ...], **person: Any
) -> Row:
    """A subscriber looks at this product and is mailed about it."""
    sent = (shopify(subscriber(**person), "customers/create"), server(viewed(product)))
    stored = {f"document.{name}": value for name, value in person.items()}
    left = Left(
        "7", ("customer_created", "product_viewed", "message_sent"), 0, stored, shown=shown, hidden=hidden
    )
    return Row(number, title, sent, 200, left)


def odd_time(value: Any) -> Row:
    at_arrival = {"timeline.0.occurred_at": FIRST, "timeline.0.properties.ts_adjusted": True}
    left = Left("visitor-1", ("seen",), holds=at_arrival)
    return Row(31, f"the time {value!r}", (browser(seen(timestamp=value)),), 200, left)


def priced(number: int, title: str, came_to: int, **properties: Any) -> Row:
    """An order, and the minor units it came to."""
    return told(
        number, title, ordered("o-1", **properties), "order_completed", document__orders__0__total=came_to
    )


def in_currency(value: Any, stored: str, spent: int) -> Row:
    """An order of five in it: what the customer spent counts the shop's own currency alone."""
    holds = {"document__orders__0__currency": stored, "document__total_spent__amount": spent}
    call = ordered("o-1", total=5, currency=value)
    return told(33, f"the currency {value!r}", call, "order_completed", **holds)


def nobody(value: Any) -> Row:
    only_a_device = {"document.identities": {"anonymous": ["visitor-1"]}}
    left = Left("visitor-1", ("seen",), holds=only_a_device)
    return Row(39, f"userId {value!r}", (browser(seen(userId=value)),), 200, left)


ROWS = (
    refused(12, "XML", b"<batch/>", content_type="application/xml"),
    refused(12, "a form", b"--x\r\n\r\n1\r\n--x--", content_type=BOUNDARY),
    Row(
        13, "JSON named a form", (client(PLAIN, content_type="application/x-www-form-urlencoded"),), 200, ONE
    ),
    refused(14, "no body", b""),
    refused(14, "null", b"null"),
    Row(15, "plain JSON named gzip", (client(PLAIN, content_encoding="gzip"),), 200, ONE),
    refused(15, "anything named gzip", b"no gzip", content_encoding="gzip"),
    refused(16, "a gzip bomb", BOMB, 413, content_encoding="gzip"),
    refused(17, "gzip cut short", ZIPPED[:-9]),
    refused(17, "something after gzip", ZIPPED + b"tail"),
    refused(17, "gzip in gzip", gzip.compress(ZIPPED)),
    refused(18, "a batch of more than 500 KiB", PLAIN + b" " * 512_000, 413),
    refused(18, "more than 10 MB", b" " * 10_500_000, 413),
    one_rejected(
        19, "a call of more than 32 KB", "too_large", seen({f"note {n}": "x" * 900 for n in range(40)})
    ),
    refused(20, "2,501 calls", as_bytes({"batch": [1] * 2_501})),
    refused(21, "lists 100,000 deep", call_with(b"[" * 100_000 + b"]" * 100_000)),
    refused(21, "33 levels", call_with(b"[" * 33 + b"]" * 33)),
    *(
        refused(22, each, call_with(b'{"n": %s}' % each.encode()))
        for each in ("NaN", "Infinity", "-Infinity", "1e999")
    ),
    priced(23, "a price as float", 1999, currency="USD", products=[{"product_id": 1, "price": 19.99}]),
    priced(23, "a price between cents", 30, currency="USD", products=[{"product_id": 1, "price": 0.1 + 0.2}]),
    Row(
        23,
        "Shopify's total as float",
        (shopify(order(total_price=19.99)),),
        200,
        Left("7", ("order_completed",), orders=1, holds={"document.orders.0.total": 1999}),
    ),
    refused(24, "5,000 digits", call_with(b'{"n": %s}' % (b"9" * 5_000))),
    kept(24, "40 digits", b'{"n": %s}' % (b"9" * 40), {"n": "9" * 40}),
    refused(25, "no UTF-8", call_with(b'{"n": "\xff"}')),
    refused(25, "UTF-16", PLAIN.decode().encode("utf-16")),
    Row(25, "a byte order mark", (client(b"\xef\xbb\xbf" + PLAIN),), 200, ONE),
    kept(26, "half a character", rb'{"note \ud800": "x\udc00"}', {"note \ufffd": "x\ufffd"}),
    told(
        27,
        "control characters",
        named(firstName="Mi\x00\x1b[31mra\r\nBcc:"),
        "identified",
        document__first_name="Mi [31mra Bcc:",
    ),
    kept(28, "a key twice", b'{"n": 1, "n": 2}', {"n": 2}),
    kept(
        29,
        "keys with a meaning elsewhere",
        as_bytes(
            {
                "__proto__": 1,
                "constructor": {"$set": 2},
                "a.b": 3,
                "": 4,
                "#pk": 5,
                ":v": 6,
                "attribute_exists(pk)": 7,
            }
        ),
        {"__proto__": 1, "constructor": {"$set": 2}, "a.b": 3, "#pk": 5, ":v": 6, "attribute_exists(pk)": 7},
    ),
    one_rejected(30, "10,000 properties", "too_large", seen({f"k{n}": 1 for n in range(10_000)})),
    one_rejected(30, "256 keys", "too_many_keys", seen({f"k{n}": 1 for n in range(256)})),
    one_rejected(30, "a text beyond 8 KB", "too_long", seen({"note": "x" * 8_193})),
    refused(30, "a text of a megabyte", call_with(b'{"note": "%s"}' % (b"x" * 1_000_000)), 413),
    *map(odd_time, ("2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 1772708400000, "2026-11-02T12:00:00")),
    *map(odd_time, ("2026-02-30T00:00:00Z", "2026-11-02T12:00:60Z")),
    priced(32, "a negative price", 0, currency="USD", products=[{"product_id": 1, "price": -2}]),
    priced(
        32, "a negative quantity", 0, currency="USD", products=[{"product_id": 1, "price": 2, "quantity": -1}]
    ),
    priced(32, "a negative total", 0, currency="USD", total=-5),
    priced(32, "a total of zero", 0, currency="USD", total=0),
    *(in_currency(each, "XXX", 0) for each in ("XXX", "\u20ac", None)),
    in_currency("usd", "USD", 500),
    *(
        unreadable(34, "email", each)
        for each in (
            "ada@example.com\r\nBcc: all@example.com",
            "a@example.com,b@example.com",
            "Ada <ada@example.com>",
            "x" * 400 + "@example.com",
            '"><script>alert(1)</script>@example.com',
        )
    ),
    # Left out and flagged: what is not E.164 is no number for a text message, and nothing else would need it.
    *(unreadable(35, "phone", each) for each in ("0600 123", "call me", "+" + "1" * 40)),
    mailed(
        36,
        "templates in names",
        {"product_id": 55, "name": "{% include 'x' %}{{ config }}"},
        ("{% include &#39;x&#39; %}{{ config }}",),
        ("Hi 49",),
        first_name="{{7*7}}",
    ),
    mailed(
        37,
        "HTML in names",
        {"product_id": 55, "name": SCRIPT, "url": "javascript:alert(1)"},
        ("&lt;script&gt;alert(1)",),
        (SCRIPT, "javascript:", "<b>Ada"),
        first_name="<b>Ada</b>",
    ),
    *(
        told(38, each, viewed({"product_id": 55, "name": "Pot", "image_url": each}), "product_viewed")
        for each in (METADATA, "http://localhost/pot.png", "file:///etc/passwd")
    ),
    *map(nobody, ("null", "undefined", "00000000-0000-0000-0000-000000000000", "", None)),
    Row(39, "userId 12", (browser(seen(userId=12)),), 200, Left("12", ("seen",))),
    *(one_rejected(39, f"userId {each!r}", "bad_identity", seen(userId=each)) for each in ({"id": 1}, [1])),
)
