"""Properties: whatever JSON comes, nothing breaks, and a browser never says what only the shop may say."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from on_event import ses
from on_event.envelope import Envelope
from on_event.receive import build
from on_event.shopify import translate as shopify
from on_event.translate import Translation, translate
from perennial.errors import Unintelligible
from perennial.people.identities import Kind
from tests.unit.on_event.sending import NOW, SHOP, basic, fixture, request, world

TEXT = st.text(st.characters(codec=None), max_size=12)
WORDS = st.sampled_from(
    [
        "a@b.example",
        "+436501112233",
        "subscribed",
        "Permanent",
        "EUR",
        "2026-03-05T11:00:00Z",
        "https://a.example/",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | WORDS
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
TOPICS = st.sampled_from([*shopify._TOPICS, "other/topic"])
SHOPIFY = [
    f"shopify/{name}"
    for name in (
        "order_created",
        "customer_created",
        "checkout_created",
        "cart_updated",
        "product_updated",
        "refund_created",
    )
]
FIELDS = {
    "type": st.sampled_from(["track", "track", "identify", "page", "screen", "group", "alias"]) | JSON,
    "event": st.sampled_from(
        [
            "Product Viewed",
            "Order Completed",
            "Order Refunded",
            "Cart Viewed",
            "Consent Changed",
            "Unsubscribed",
        ]
    )
    | JSON,
    "previousId": st.sampled_from(["u-1", "u-2"]) | JSON,
    "groupId": JSON,
    "name": JSON,
    "userId": st.sampled_from(["u-1"]) | JSON,
    "anonymousId": JSON,
    "messageId": JSON,
    "timestamp": JSON,
    "sentAt": JSON,
    "context": JSON
    | st.fixed_dictionaries({}, optional={"traits": JSON, "locale": JSON, "timezone": JSON, "page": JSON}),
    "traits": JSON
    | st.fixed_dictionaries(
        {"email": WORDS, "phone": WORDS},
        optional={
            "consent": JSON | st.dictionaries(st.sampled_from(["email", "sms"]), JSON),
            "name": JSON,
            "address": JSON,
        },
    ),
    "properties": JSON
    | st.fixed_dictionaries(
        {"product_id": JSON, "order_id": JSON},
        optional={
            "products": JSON,
            "cart_id": JSON,
            "url": JSON,
            "path": JSON,
            "currency": JSON,
            "total": JSON,
            "consent": JSON,
            "traits": JSON,
            "order": JSON,
        },
    ),
}
PATHS = st.sampled_from(["/v1/batch", "/v1/track", "/v1/a", "/beacon/v1/batch", "/webhooks/shopify"])
CALLS = JSON | st.fixed_dictionaries({}, optional=FIELDS)


def translated(
    source: str, content: Any, *, trusted: bool, headers: dict[str, str] | None = None
) -> Translation:
    """Of any JSON; nothing where it is unintelligible. Any other error fails the test."""
    body = json.dumps(content).encode()
    try:
        found = translate(Envelope(source, NOW, trusted=trusted, body=body, headers=headers or {}), "EUR")
    except Unintelligible:
        return Translation()
    sound = [
        [event.properties for event in found.events],
        found.products,
        [each.reason for each in found.rejected],
    ]
    json.dumps(sound, ensure_ascii=False, allow_nan=False).encode()
    assert all(event.id and event.name and event.occurred_at.tzinfo for event in found.events)
    return found


@given(TOPICS, JSON)
@settings(max_examples=100, deadline=None)
def test_any_shopify_body(topic: str, content: Any) -> None:
    """It is an event, a product, nothing, or said to be unintelligible."""
    translated("shopify", content, trusted=True, headers={"topic": topic, "shop": SHOP})


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_shopify_body_with_anything_in_it(data: st.DataObject) -> None:
    """A real shape with any values in any of its fields, a level down too."""
    content = fixture(data.draw(st.sampled_from(SHOPIFY)))
    for holder in [content, *(value for value in content.values() if isinstance(value, dict))]:
        for field in data.draw(st.lists(st.sampled_from(sorted(holder)), max_size=4)) if holder else []:
            holder[field] = data.draw(JSON)
    for line in content.get("line_items", []) if isinstance(content.get("line_items"), list) else []:
        if isinstance(line, dict) and line:
            line[data.draw(st.sampled_from(sorted(line)))] = data.draw(JSON)
    translated("shopify", content, trusted=True, headers={"topic": data.draw(TOPICS), "shop": SHOP})


@given(st.sampled_from(["send", "bounce", "complaint"]), JSON, JSON, JSON)
@settings(max_examples=100, deadline=None)
def test_any_feedback(kind: str, about: Any, tags: Any, recipients: Any) -> None:
    """With anything where SES puts its details."""
    detail = fixture(f"ses/{kind}")["detail"]
    detail["mail"] |= {"tags": tags, "destination": recipients}
    translated("ses", detail, trusted=True)
    detail[kind] = about
    translated("ses", detail, trusted=True)
    if isinstance(detail[kind], dict):
        detail[kind] |= dict.fromkeys(ses._RECIPIENTS.values(), recipients)
        translated("ses", detail, trusted=True)


@given(st.lists(CALLS, max_size=4), st.booleans())
@settings(max_examples=120, deadline=None)
def test_any_call(calls: list[Any], trusted: bool) -> None:
    """Each call of a batch is an event or is rejected: none is lost, whoever sends it."""
    found = translated("segment", {"batch": calls}, trusted=trusted)
    assert len(found.events) + len(found.rejected) == len(calls)


@given(st.lists(CALLS, max_size=4))
@settings(max_examples=120, deadline=None)
def test_a_browser_grants_nothing(calls: list[Any]) -> None:
    """No call made with the public key yields consent, an address, a product, or an order that counts."""
    found = translated("segment", {"batch": calls}, trusted=False)
    assert found.products == []
    for event in found.events:
        assert not event.trusted
        assert {kind for kind, _ in event.identities} <= {Kind.STORE, Kind.ANONYMOUS}
        assert "consent" not in event.properties
        assert not {"email", "phone"} & event.properties.get("traits", {}).keys()
        assert not event.properties.get("order", {}).get("trusted")


@given(st.lists(CALLS, max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_is_accepted_is_understood(calls: list[Any]) -> None:
    """The answer at the door and the translation agree on every call."""
    shop = world()
    event = request("/v1/batch", json.dumps({"batch": calls}), headers=basic("browser-key"))
    answer = json.loads(build(shop)(event, None)["body"])
    assert answer["accepted"] + len(answer["rejected"]) == len(calls)
    found = translated("segment", {"batch": calls}, trusted=False)
    assert len(found.events) == answer["accepted"]


@given(st.binary(max_size=60), PATHS, TEXT, TEXT)
@settings(max_examples=120, deadline=None)
def test_any_bytes_at_the_door(body: bytes, path: str, key: str, signed: str) -> None:
    """Raw bytes under any headers are answered with a status of 200 to 499."""
    headers = {"authorization": key, "x-shopify-hmac-sha256": signed}
    for given_headers in (headers, {**headers, **basic("browser-key")}):
        assert 200 <= build(world())(request(path, body, headers=given_headers), None)["statusCode"] < 500
