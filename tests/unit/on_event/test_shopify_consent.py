"""What a Shopify customer agreed to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.on_event.sending import fixture, raw, shopify

CREATED, UPDATED = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"


def consent(topic: str = "customers/update", **fields: Any) -> dict[str, Any]:
    """What a webhook about a customer with these fields says of consent."""
    content = {"id": 5, "created_at": CREATED, "updated_at": UPDATED} | fields
    [event] = shopify(topic, content).events
    found: dict[str, Any] = event.properties.get("consent", {})
    return found


def state(word: Any, at: str | None = "2026-01-15T00:00:00Z") -> dict[str, Any]:
    """A consent object."""
    return {"state": word, "opt_in_level": "single_opt_in", "consent_updated_at": at}


def test_both_channels_of_an_order() -> None:
    """From the customer in the order, each with its own time, and the order as evidence."""
    [event] = shopify("orders/create", raw("shopify/order_created")).events
    assert event.properties["consent"]["email"] == {
        "state": "subscribed",
        "at": "2025-11-20T18:01:30.000Z",
        "source": "shopify",
        "evidence": "orders/create/6128374650192837461",
        "confirmation": "given",
    }
    assert event.properties["consent"]["sms"]["state"] == "not_subscribed"


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("subscribed", "subscribed"),
        ("SUBSCRIBED", "subscribed"),
        ("pending", "pending"),
        ("not_subscribed", "not_subscribed"),
        ("unsubscribed", "unsubscribed"),
        ("redacted", "not_subscribed"),
        ("invalid", "not_subscribed"),
    ],
)
def test_states(word: str, meaning: str) -> None:
    """Shopify's words in ours; a deleted or unusable address is at least no consent."""
    assert consent(email_marketing_consent=state(word))["email"]["state"] == meaning


@pytest.mark.parametrize(
    "nothing", [None, {}, {"state": None}, {"state": "maybe"}, {"state": []}, "subscribed", [], 1]
)
def test_nothing_said_changes_nothing(nothing: Any) -> None:
    """A null object, an unknown word or another type leaves consent as it is, and grants nothing."""
    assert "email" not in consent(email_marketing_consent=nothing, sms_marketing_consent=state("subscribed"))


def test_the_old_flag_speaks_where_both_objects_are_null() -> None:
    """With its own time."""
    [event] = shopify("customers/create", raw("shopify/customer_created")).events
    assert event.properties["consent"] == {
        "email": {
            "state": "subscribed",
            "at": "2025-11-20T18:01:30.000Z",
            "source": "shopify",
            "evidence": "customers/create/7012345678901234567",
        }
    }
    assert consent(accepts_marketing=False)["email"]["state"] == "not_subscribed"


@pytest.mark.parametrize("flag", [None, "true", 1, {}])
def test_the_old_flag_is_yes_or_no(flag: Any) -> None:
    """Anything else is no consent."""
    assert consent(accepts_marketing=flag) == {}


def test_an_object_outranks_the_old_flag() -> None:
    """Where either object is given, the flag is not asked."""
    said = consent(accepts_marketing=True, email_marketing_consent=state("unsubscribed"))
    assert said["email"]["state"] == "unsubscribed"
    assert set(consent(accepts_marketing=True, sms_marketing_consent=state("subscribed"))) == {"sms"}


def test_a_tick_at_checkout_grants_nothing() -> None:
    """`buyer_accepts_marketing` is weak evidence: the customer's own consent follows in its own webhook."""
    content = fixture("shopify/order_created") | {"buyer_accepts_marketing": True, "customer": {"id": 5}}
    [event] = shopify("orders/create", content).events
    assert "consent" not in event.properties


def test_an_undated_grant_counts_from_the_beginning() -> None:
    """So that repeating it with a new phone number never outranks an unsubscription in between."""
    assert consent(email_marketing_consent=state("subscribed", None))["email"]["at"] == CREATED
    assert consent(accepts_marketing=True)["email"]["at"] == CREATED


def test_an_undated_refusal_counts_from_the_last_change() -> None:
    """A no is never dated further back than need be."""
    assert consent(email_marketing_consent=state("unsubscribed", None))["email"]["at"] == UPDATED


def test_without_any_time_of_the_customer_the_resource_has_one() -> None:
    """An order's customer may come without times."""
    content = fixture("shopify/order_created")
    content["customer"] = {"id": 5, "email_marketing_consent": state("subscribed", None)}
    [event] = shopify("orders/create", content).events
    assert event.properties["consent"]["email"]["at"] == "2026-03-02T07:15:04.000Z"


EMAIL_TOPIC, SMS_TOPIC = "customers_email_marketing_consent/update", "customers_marketing_consent/update"


def test_a_change_of_consent_to_mail() -> None:
    """It names the customer in words of its own; the time is the consent's."""
    content = {
        "customer_id": 5,
        "email_address": "Ada@b.example",
        "email_marketing_consent": state("unsubscribed"),
    }
    [event] = shopify(EMAIL_TOPIC, content).events
    assert (event.name, event.identities) == ("consent_changed", (("store", "5"), ("email", "ada@b.example")))
    assert event.properties == {
        "traits": {"email": "Ada@b.example"},
        "consent": {
            "email": {
                "state": "unsubscribed",
                "at": "2026-01-15T00:00:00.000Z",
                "source": "shopify",
                "evidence": f"{EMAIL_TOPIC}/5",
            }
        },
    }
    assert event.sent_at == event.occurred_at


def test_a_change_of_consent_to_text_messages() -> None:
    """The customer's id has another name there."""
    content = {"id": 5, "phone": "+436501112233", "sms_marketing_consent": state("subscribed")}
    [event] = shopify(SMS_TOPIC, content).events
    assert event.identities == (("store", "5"), ("phone", "+436501112233"))
    assert event.properties["consent"]["sms"]["state"] == "subscribed"


def test_an_undated_change_counts_from_when_it_was_noticed() -> None:
    """The same in every delivery of it."""
    content = {"customer_id": 5, "email_marketing_consent": state("subscribed", None)}
    [event] = shopify(EMAIL_TOPIC, content, triggered_at="2026-03-05T10:00:00Z").events
    assert event.properties["consent"]["email"]["at"] == "2026-03-05T10:00:00.000Z"


@pytest.mark.parametrize(
    "content",
    [
        {"customer_id": 5, "email_address": None, "email_marketing_consent": {"state": None}},
        {"customer_id": 5, "email_marketing_consent": None},
        {"customer_id": None, "email_address": None, "email_marketing_consent": state("subscribed")},
        {},
    ],
)
def test_a_change_to_nothing_changes_nothing(content: dict[str, Any]) -> None:
    """Without a state, or without anybody, there is nothing to keep."""
    assert shopify(EMAIL_TOPIC, content).events == []


def test_a_deleted_account_is_not_written_to() -> None:
    """What was agreed to with it ends when it does, on both channels."""
    [event] = shopify("customers/delete", {"id": 5}, triggered_at="2026-03-05T10:00:00Z").events
    assert (event.name, event.identities) == ("customer_deleted", (("store", "5"),))
    said = event.properties["consent"]
    assert {channel: each["state"] for channel, each in said.items()} == dict.fromkeys(
        ("email", "sms"), "not_subscribed"
    )
    assert said["email"]["at"] == "2026-03-05T10:00:00.000Z"
