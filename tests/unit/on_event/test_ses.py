"""Feedback of SES as canonical events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from on_event.envelope import Envelope, open_envelope
from on_event.translate import Translation, translate
from perennial.errors import Unintelligible
from perennial.identities import Kind
from tests.unit.on_event.sending import NOW, fixture, world

OURS = {"message_id": "m_4kQx2Lw0Z"}
MIRA = (Kind.EMAIL, "mira.okafor@garden.example")


def told(detail: Any) -> Translation:
    """The translation of one SES event."""
    return translate(Envelope("ses", NOW, trusted=True, body=json.dumps(detail).encode()))


def detail(kind: str, **mail: Any) -> dict[str, Any]:
    """An SES event of tests/events, with other fields of its `mail`."""
    found: dict[str, Any] = fixture(f"ses/{kind}")["detail"]
    found["mail"] |= mail
    return found


def untagged(kind: str) -> dict[str, Any]:
    """The same without our tags: another program's mail, or feedback for a whole identity."""
    return detail(kind, tags={"ses:configuration-set": ["shop"]})


@pytest.mark.parametrize(
    ("kind", "name", "properties"),
    [
        ("send", "message_sent", {"provider_id": "0107018e-0d6c-4f0e-9a55-3f2f1f0c7d11-000000"}),
        ("bounce", "message_bounced", {"channel": "email", "permanent": True, "detail": "Permanent/General"}),
        ("complaint", "message_complained", {"channel": "email", "detail": "abuse"}),
    ],
)
def test_feedback_on_our_messages(kind: str, name: str, properties: dict[str, Any]) -> None:
    """Our tags name message and customer, so no address is needed to find them."""
    [event] = told(detail(kind)).events
    assert (event.name, event.customer_id, event.identities, event.trusted) == (name, "c4f6o2nq", (), True)
    assert event.properties == OURS | properties


def test_times_are_the_providers() -> None:
    """The bounce's own, for a Send that of the mail."""
    [bounce], [send] = told(detail("bounce")).events, told(detail("send")).events
    assert bounce.sent_at and bounce.sent_at.isoformat() == "2026-03-05T10:00:02.900000+00:00"
    assert send.sent_at == send.occurred_at and send.sent_at.isoformat() == "2026-03-05T10:00:01.250000+00:00"


@pytest.mark.parametrize(
    ("kind", "permanent"), [("Permanent", True), ("Transient", False), ("Undetermined", False)]
)
def test_only_permanent_bounces_are_permanent(kind: str, permanent: bool) -> None:
    """A full mailbox today is no dead address."""
    bounce = detail("bounce")
    bounce["bounce"]["bounceType"] = kind
    assert told(bounce).events[0].properties["permanent"] is permanent


def test_without_tags_the_recipient_is_the_customer() -> None:
    """Feedback for a whole identity says `notificationType` and has no tags; each recipient is told of."""
    bounce = untagged("bounce")
    bounce["notificationType"] = bounce.pop("eventType")
    bounce["bounce"]["bouncedRecipients"].append({"emailAddress": "Lea <lea@meadow.example>"})
    first, second = told(bounce).events
    assert (first.identities, second.identities) == ((MIRA,), ((Kind.EMAIL, "lea@meadow.example"),))
    assert first.customer_id is None and "message_id" not in first.properties
    assert first.id != second.id


def test_both_routes_give_one_event() -> None:
    """EventBridge and SNS carry the same event: its id comes from type, message and recipient."""
    event = fixture("ses/complaint")
    copy = {
        "Type": "Notification",
        "Message": json.dumps(event["detail"]),
        "Timestamp": "2026-03-05T11:30:09Z",
    }
    envelopes = [open_envelope(json.dumps(each), world().blobs) for each in (event, copy)]
    assert len({translate(envelope).events[0].id for envelope in envelopes}) == 1
    assert told(detail("complaint")).events[0].id != told(detail("bounce")).events[0].id


@pytest.mark.parametrize(
    "kind", ["Delivery", "Open", "Click", "Reject", "DeliveryDelay", "Rendering Failure", "New"]
)
def test_other_feedback_is_no_error(kind: str) -> None:
    """It is not asked for yet: no event, and no dead letter either."""
    assert told(detail("send") | {"eventType": kind}) == Translation()


def test_a_mail_taken_out_of_spam_is_no_complaint() -> None:
    """The recipient says the opposite of one."""
    complaint = detail("complaint")
    complaint["complaint"]["complaintFeedbackType"] = "not-spam"
    assert told(complaint) == Translation()


def test_a_complaint_without_a_reason_counts() -> None:
    """Most mailbox providers give none."""
    complaint = detail("complaint")
    del complaint["complaint"]["complaintFeedbackType"]
    assert told(complaint).events[0].properties["detail"] == "unknown"


def test_other_programs_mail_is_not_ours() -> None:
    """A Send without our message id settles nothing."""
    assert told(untagged("send")) == Translation()


def test_a_send_settles_even_without_a_destination() -> None:
    """The tags say all that is needed."""
    assert told(detail("send", destination=None)).events[0].properties["message_id"] == "m_4kQx2Lw0Z"


def test_feedback_about_nobody_is_kept_with_its_reason() -> None:
    """Neither tags nor a readable address: one such recipient does not hide the other."""
    bounce = untagged("bounce")
    bounce["bounce"]["bouncedRecipients"].insert(0, {"emailAddress": "<>"})
    translation = told(bounce)
    assert [event.identities for event in translation.events] == [(MIRA,)]
    assert len(translation.rejected) == 1


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"eventType": "Send"},
        {"eventType": [], "mail": {"messageId": "m"}},
        {"mail": {"messageId": "m"}},
    ],
)
def test_what_is_no_ses_event(content: Any) -> None:
    """It is named as such."""
    with pytest.raises(Unintelligible):
        told(content)
