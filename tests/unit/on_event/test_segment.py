"""Calls of the Segment API as canonical events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from perennial.errors import Unintelligible
from perennial.events import Event, Name
from perennial.people.identities import Kind
from tests.unit.on_event.sending import NOW, fixture, segment, track

COMPOST = "9007199254740993"
BOTH = pytest.mark.parametrize("trusted", [True, False])


def one(content: Any, **options: Any) -> Event:
    """The only event of a body."""
    [event] = segment(content, **options).events
    return event


def identify(**fields: Any) -> dict[str, Any]:
    """An identify call of a known customer."""
    return {"type": "identify", "userId": "u-1", "messageId": "m-1"} | fields


def test_a_server_batch() -> None:
    """Every call becomes its event, in order, with the batch's context merged in."""
    translation = segment(fixture("segment/batch"), trusted=True)
    assert [event.name for event in translation.events] == [
        "identified",
        "product_viewed",
        "product_added",
        "checkout_started",
        "order_completed",
        "workshop_booked",
    ]
    assert translation.rejected == []
    assert all(event.trusted and event.source == "segment" for event in translation.events)
    assert all(event.properties["traits"]["timezone"] == "Europe/Vienna" for event in translation.events)


def test_identify_with_the_server_key() -> None:
    """Ids and addresses as identities, readable traits, and the consent that is documented."""
    event = segment(fixture("segment/batch"), trusted=True).events[0]
    assert event.identities == (
        (Kind.STORE, "7012345678901234567"),
        (Kind.EMAIL, "mira.okafor@garden.example"),
        (Kind.PHONE, "+436501112233"),
        (Kind.ANONYMOUS, "d1f0a3c2-visitor"),
    )
    assert event.properties["traits"] == {
        "first_name": "Mira",
        "last_name": "Okafor",
        "locale": "de-AT",
        "timezone": "Europe/Vienna",
        "country": "AT",
        "birthday": "1988-05-14",
        "email": "mira.okafor@garden.example",
        "phone": "+436501112233",
    }
    assert event.properties["consent"]["email"] == {
        "state": "subscribed",
        "at": "2026-03-01T12:00:00.000Z",
        "source": "segment",
        "evidence": "form:newsletter",
    }
    assert event.properties["consent"]["sms"]["state"] == "unsubscribed"


@pytest.mark.parametrize(
    ("context", "device"),
    [
        ({"device": {"type": "android", "token": "f" * 40}}, ("android", "f" * 40)),
        ({"device": {"token": "A1:b-c_" * 9}, "os": {"name": "iOS"}}, ("ios", "A1:b-c_" * 9)),
        ({"device": {"type": "windows", "token": "f" * 40}}, None),
        ({"device": {"type": "ios", "token": "short"}}, None),
        ({"device": {"type": "ios", "token": ["f" * 40]}}, None),
        ({"device": {"type": "ios"}}, None),
        ({"device": "f" * 40}, None),
    ],
)
def test_the_device_an_app_tells_of(context: dict[str, Any], device: tuple[str, str] | None) -> None:
    """Token and platform, of a call with the server key: with a public one anybody could name their own phone."""
    told = one(identify(context=context), trusted=True).properties.get("device")
    assert told == (device and {"platform": device[0], "token": device[1]})
    assert "device" not in one(identify(context=context), trusted=False).properties


def test_a_browser_says_nothing_of_address_or_consent() -> None:
    """The same calls with the public key: no e-mail, phone, consent or catalogue, an order not to count."""
    translation = segment(fixture("segment/batch"))
    first = translation.events[0]
    assert {kind for event in translation.events for kind, _ in event.identities} == {
        Kind.STORE,
        Kind.ANONYMOUS,
    }
    assert not {"email", "phone"} & first.properties["traits"].keys()
    assert not any("consent" in event.properties for event in translation.events)
    assert translation.products == []
    assert translation.events[4].properties["order"]["trusted"] is False


def test_the_events_of_a_shop() -> None:
    """The canonical properties of view, add, checkout and order."""
    events = segment(fixture("segment/batch"), trusted=True).events
    viewed, added, checkout, order = (event.properties for event in events[1:5])
    assert viewed["product_id"] == COMPOST
    assert viewed["url"] == "https://garden.example/products/peat-free-compost"
    assert (added["product_id"], added["quantity"]) == (COMPOST, 2)
    lines = [{"product_id": COMPOST, "quantity": 2, "price": 1290}]
    assert (checkout["cart"]["token"], checkout["cart"]["lines"]) == ("ch-41aa0b7c93", lines)
    at = order["order"]["placed_at"]
    assert order["order"] == {
        "id": "W-1001",
        "placed_at": at,
        "updated_at": at,
        "status": "open",
        "total": 3070,
        "currency": "EUR",
        "trusted": False,  # what the store signs of the same order holds against it
        "lines": lines,
    }


def test_the_server_key_teaches_the_catalogue() -> None:
    """From the product of a view: title, links, category and price."""
    [product, *_] = segment(fixture("segment/batch"), trusted=True).products
    assert product == {
        "id": COMPOST,
        "title": "Peat-free compost",
        "at": "2026-03-05T11:59:56.000Z",
        "rank": 1,
        "url": "https://garden.example/products/peat-free-compost",
        "image": "https://cdn.garden.example/compost.jpg",
        "category": "Soil",
        "price": 1290,
        "currency": "EUR",
    }


def test_a_product_is_learnt_as_far_as_it_is_told() -> None:
    """Without a name there is nothing to show; without a currency no price."""
    products = [{"product_id": 1, "name": "Pot", "price": 5}, {"product_id": 2, "price": 5}, {"name": "Rake"}]
    found = segment(track("Order Completed", {"order_id": 1, "products": products}), trusted=True).products
    assert found == [{"id": "1", "title": "Pot", "at": "2026-03-05T12:00:00.000Z", "rank": 1}]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("product viewed", "product_viewed"),
        ("PRODUCT_VIEWED", "product_viewed"),
        ("Viewed Product", "product_viewed"),
        ("Added Product", "product_added"),
        ("Started Order", "checkout_started"),
        ("Completed Order", "order_completed"),
        ("Workshop  Booked!", "workshop_booked"),
        ("Größe gewählt", "grösse_gewählt"),
    ],
)
def test_names(given: str, name: str) -> None:
    """Both versions of the specification, in any case; all other names in snake case."""
    assert one(track(given, {"product_id": "p", "order_id": "o"})).name == name


@pytest.mark.parametrize(
    "given", ["Consent Changed", "order_paid", "Message Bounced", "customer-updated", "IDENTIFIED"]
)
@BOTH
def test_no_sender_speaks_for_us(given: str, trusted: bool) -> None:
    """An event named like one of ours keeps its own name, so it has none of our meaning."""
    assert one(track(given), trusted=trusted).name.startswith("segment_")


@BOTH
def test_own_properties_are_kept_but_never_ours(trusted: bool) -> None:
    """What a sender adds is bounded and kept; our own words cannot be put in by it."""
    given = {
        "seats": 2,
        "note": "a\x00b",
        "deep": {"a": {"b": {"c": {"d": 1}}}},
        "consent": {"email": {"state": "subscribed"}},
        "traits": {"email": "x@y.example"},
        "order": {"status": "test"},
        "cart": {},
    }
    kept = one(track("Workshop Booked", given), trusted=trusted).properties
    assert kept == {"seats": 2, "note": "a b", "deep": {"a": {"b": {"c": None}}}}


@pytest.mark.parametrize(
    ("properties", "total"),
    [
        ({"total": 27.5, "revenue": 22.5}, 2750),
        ({"revenue": "22.50"}, 2250),
        ({"value": 30}, 3000),
        ({"total": "a lot", "revenue": 1}, 100),
        ({"total": -4}, 0),
        ({"products": [{"product_id": 1, "price": 1.1, "quantity": 3}]}, 330),
        ({}, 0),
    ],
)
def test_totals(properties: dict[str, Any], total: int) -> None:
    """Total, else revenue, else value, else the lines; exact, and never below nothing."""
    event = one(track("Order Completed", {"order_id": 1, "currency": "USD", **properties}))
    assert event.properties["order"]["total"] == total


def test_an_amount_without_a_currency_is_kept_apart() -> None:
    """The code for no currency keeps it out of every sum."""
    assert one(track("Order Completed", {"order_id": 1, "total": 5})).properties["order"]["currency"] == "XXX"


def test_a_checkout_without_a_name() -> None:
    """Its token is then the event's own id, so that two checkouts stay two."""
    first, second = (
        one(track("Checkout Started", {"products": []}, messageId=each)) for each in ("m-1", "m-2")
    )
    assert first.properties["cart"]["token"] == first.id != second.id


def test_a_checkout_of_what_is_not_said() -> None:
    """Without a list of products it tells that it began, and nothing of a cart."""
    event = one(track("Checkout Started", {"checkout_id": "c-1", "value": 20}))
    assert event.name == Name.CHECKOUT_STARTED
    assert event.properties == {"checkout_id": "c-1", "value": 20}


def test_a_way_back_is_believed_of_the_server_only() -> None:
    """A link from a browser could lead anywhere."""
    call = track("Checkout Started", {"products": [], "url": "https://garden.example/cart"})
    assert one(call, trusted=True).properties["cart"]["url"] == "https://garden.example/cart"
    assert "url" not in one(call).properties["cart"]


def test_ids_of_events() -> None:
    """The message id decides, apart for each key; a retry carries another `sentAt` only."""
    call = track("Seen", sentAt="2026-03-05T11:59:59Z")
    assert one(call).id == one(call | {"sentAt": "2026-03-05T12:10:00Z"}, received_at=NOW + timedelta(1)).id
    assert one(call).id != one(call | {"messageId": "m-2"}).id
    assert one(call).id != one(call, trusted=True).id


def test_ids_without_a_message_id() -> None:
    """The call itself decides; without a time in it two equal calls are two things that happened."""
    call = track("Seen", messageId=None, timestamp="2026-03-05T11:00:00Z")
    later = NOW + timedelta(minutes=1)
    assert one(call).id == one(call, received_at=later).id
    assert one(call).id != one(call | {"event": "Heard"}).id
    untimed = call | {"timestamp": None}
    assert one(untimed).id == one(untimed).id
    assert one(untimed).id != one(untimed, received_at=later).id


@pytest.mark.parametrize(
    ("times", "occurred_at"),
    [
        ({}, NOW),
        ({"timestamp": "2026-03-05T11:00:00Z"}, NOW - timedelta(hours=1)),
        (
            {"timestamp": "2026-03-05T11:00:00Z", "sentAt": "2026-03-05T11:00:10Z"},
            NOW - timedelta(seconds=10),
        ),
        (
            {"originalTimestamp": "2031-01-01T00:00:00+02:00", "sentAt": "2030-12-31T22:00:05Z"},
            NOW - timedelta(seconds=5),
        ),
        (
            {"originalTimestamp": "2026-03-05T10:00:00Z", "timestamp": "2026-03-05T11:00:00Z"},
            NOW - timedelta(hours=2),
        ),
        ({"timestamp": "2026-03-05T12:04:00Z"}, NOW + timedelta(minutes=4)),
        ({"timestamp": "2026-03-05T12:06:00Z"}, NOW),
        ({"timestamp": "2099-01-01T00:00:00Z"}, NOW),
        ({"timestamp": "1970-01-01T00:00:00Z"}, NOW),
        ({"timestamp": "2026-02-30T00:00:00Z"}, NOW),
        ({"timestamp": "2026-03-05T11:00:60Z"}, NOW),
        ({"timestamp": "2026-03-05T11:00:00"}, NOW),
        ({"timestamp": 1772708400000}, NOW),
        ({"timestamp": "2026-03-05T11:00:00Z", "sentAt": "soon"}, NOW - timedelta(hours=1)),
    ],
)
def test_when_it_happened(times: dict[str, Any], occurred_at: datetime) -> None:
    """The sender's clock is corrected by what it says at sending; what cannot be is the time of arrival."""
    assert one(track("Seen", **times)).occurred_at == occurred_at


def test_the_time_told_is_kept_unchanged() -> None:
    """What orders the recent events is the same in every retry."""
    event = one(track("Seen", timestamp="2031-01-01T00:00:00+02:00", sentAt="2031-01-01T00:00:09+02:00"))
    assert event.sent_at == datetime(2030, 12, 31, 22, tzinfo=UTC)
    assert one(track("Seen")).sent_at is None


@pytest.mark.parametrize(
    ("ids", "kinds"),
    [
        ({"userId": "null", "anonymousId": "a"}, [(Kind.ANONYMOUS, "a")]),
        ({"userId": "Anonymous", "anonymousId": "a"}, [(Kind.ANONYMOUS, "a")]),
        ({"userId": -1, "anonymousId": "a"}, [(Kind.ANONYMOUS, "a")]),
        ({"userId": "00000000-0000-0000-0000-000000000000", "anonymousId": "a"}, [(Kind.ANONYMOUS, "a")]),
        ({"userId": "u", "anonymousId": "undefined"}, [(Kind.STORE, "u")]),
        ({"userId": 9007199254740993, "anonymousId": "a"}, [(Kind.STORE, COMPOST), (Kind.ANONYMOUS, "a")]),
    ],
)
def test_ids_of_nobody(ids: dict[str, Any], kinds: list[tuple[Kind, str]]) -> None:
    """Words that clients write when nobody is there would make all those visitors one customer."""
    assert list(one(track("Seen", **ids)).identities) == kinds


@pytest.mark.parametrize(
    ("traits", "first", "last"),
    [
        ({"firstName": "Mira", "lastName": "Okafor"}, "Mira", "Okafor"),
        ({"first_name": "Mira"}, "Mira", None),
        ({"name": "Mira Okafor"}, "Mira", "Okafor"),
        ({"name": "Dr. Mira Okafor"}, None, None),
        ({"name": "{{7*7}}"}, None, None),
        ({"firstName": "{{7*7}}"}, "{{7*7}}", None),
        ({"firstName": "<b>\r\nMira</b>"}, "<b> Mira</b>", None),
        ({"firstName": ["Mira"]}, None, None),
    ],
)
def test_names_of_people(traits: dict[str, Any], first: str | None, last: str | None) -> None:
    """Kept as written, on one line; a full name is divided only where it cannot go wrong."""
    found = one(identify(traits=traits)).properties.get("traits", {})
    assert (found.get("first_name"), found.get("last_name")) == (first, last)


@pytest.mark.parametrize(
    "told", ["yes", True, 1, None, [], {"state": "granted"}, {"state": ["subscribed"]}, {"at": "now"}]
)
def test_consent_is_granted_in_plain_words_only(told: Any) -> None:
    """Anything but a state of the list is no consent."""
    assert "consent" not in one(identify(traits={"consent": {"email": told}}), trusted=True).properties


def test_consent_is_never_dated_ahead() -> None:
    """A later evidence would otherwise hold against every unsubscription until then."""
    told = {
        "email": {"state": "subscribed", "at": "2030-01-01T00:00:00Z", "evidence": "free text, not an id"}
    }
    said = one(identify(traits={"consent": told}), trusted=True).properties["consent"]["email"]
    assert said == {"state": "subscribed", "at": "2026-03-05T12:00:00.000Z", "source": "segment"}


def test_a_lone_call_is_understood_too() -> None:
    """So that what was rejected can be put in again as it is kept."""
    assert one(track("Seen")).name == "seen"


def test_one_bad_call_never_hides_the_others() -> None:
    """It is handed back raw, with its reason; what stands beside the batch is not lost for it."""
    bad = {"type": "track", "anonymousId": "a", "event": "Product Viewed"}
    translation = segment({"batch": [track("Seen"), bad, 5, track("Heard")], "context": {"locale": "de"}})
    assert [event.name for event in translation.events] == ["seen", "heard"]
    first, second = translation.rejected
    assert (first.reason.split(":")[0], second.reason.split(":")[0], second.raw) == (
        "no_product",
        "not_an_object",
        b"5",
    )
    assert (
        first.raw == b'{"type":"track","anonymousId":"a","event":"Product Viewed","context":{"locale":"de"}}'
    )


@pytest.mark.parametrize("content", [None, [], 5, "text", {"batch": {}}, {"batch": None}])
def test_what_is_no_body(content: Any) -> None:
    """Neither a batch nor a call."""
    with pytest.raises(Unintelligible):
        segment(content)
