"""Properties: whatever JSON WooCommerce or anybody sends, nothing breaks."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from on_event.receive import build
from on_event.woocommerce import translate as woocommerce
from tests.unit.on_event.sending import fixture, request
from tests.unit.on_event.sending_woocommerce import SOURCE, shop
from tests.unit.on_event.test_anything import JSON, TEXT, translated

TOPICS = st.sampled_from([*woocommerce._TOPICS, "action.any", "other"])
PAYLOADS = [f"woocommerce/{name}" for name in ("order_created", "customer_created", "product_updated")]


def headers(topic: str) -> dict[str, str]:
    """Of a delivery."""
    return {"topic": topic, "source": SOURCE, "delivery_id": "d-1"}


@given(TOPICS, JSON)
@settings(max_examples=100, deadline=None)
def test_any_body(topic: str, content: Any) -> None:
    """It is an event, a product, nothing, or said to be unintelligible."""
    translated("woocommerce", content, trusted=True, headers=headers(topic))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_body_with_anything_in_it(data: st.DataObject) -> None:
    """A real shape with any values in any of its fields, a level down too."""
    content = fixture(data.draw(st.sampled_from(PAYLOADS)))
    content["refunds"] = data.draw(
        JSON | st.lists(st.fixed_dictionaries({"id": JSON, "total": JSON}), max_size=2)
    )
    for holder in [content, *(value for value in content.values() if isinstance(value, dict))]:
        for field in data.draw(st.lists(st.sampled_from(sorted(holder)), max_size=4)) if holder else []:
            holder[field] = data.draw(JSON)
    for line in content.get("line_items", []) if isinstance(content.get("line_items"), list) else []:
        if isinstance(line, dict) and line:
            line[data.draw(st.sampled_from(sorted(line)))] = data.draw(JSON)
    translated("woocommerce", content, trusted=True, headers=headers(data.draw(TOPICS)))


@given(st.binary(max_size=60) | st.just(b"webhook_id=7"), TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_any_bytes_at_the_door(body: bytes, signed: str, topic: str) -> None:
    """Raw bytes under any headers are answered 401, or 200 if they are just a ping."""
    given_headers = {"x-wc-webhook-signature": signed, "x-wc-webhook-topic": topic}
    assert (
        build(shop())(request("/webhooks/woocommerce", body, headers=given_headers), None)["statusCode"]
        == 401
    )
    is_ping = re.fullmatch(rb"webhook_id=\d{1,20}", body.strip()) is not None
    status = build(shop())(request("/webhooks/woocommerce", body), None)["statusCode"]
    assert status == (200 if is_ping else 401)
