"""Feedback of SES as canonical events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from on_event.envelope import Envelope, open_envelope
from on_event.translate import Translation, translate
from perennial.errors import Unintelligible
from perennial.people.identities import Kind
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


PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
LATER = "2026-03-05T10:20:00.000Z"


def other(kind: str, **about: Any) -> dict[str, Any]:
    """One more kind of event on the same mail, twenty minutes later unless it says otherwise."""
    part = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}.get(kind, kind.lower())
    return detail("send") | {"eventType": kind, part: {"timestamp": LATER, "userAgent": PERSON, **about}}


@pytest.mark.parametrize(
    ("told_of", "name", "properties"),
    [
        (other("Delivery"), "message_delivered", {}),
        (other("Reject", reason="Bad content"), "message_failed", {"detail": "Bad content"}),
        (other("Rendering Failure", errorMessage="Ada"), "message_failed", {"detail": "rendering"}),
        (other("Open"), "message_opened", {"machine": False}),
        (
            other("Click", link="https://Garden.example/tea?who=ada"),
            "message_clicked",
            {"machine": False, "host": "garden.example"},
        ),
        (
            other("DeliveryDelay", delayType="MailboxFull", delayedRecipients=[{"emailAddress": MIRA[1]}]),
            "message_delayed",
            {"detail": "MailboxFull"},
        ),
    ],
)
def test_what_becomes_of_a_mail(told_of: dict[str, Any], name: str, properties: dict[str, Any]) -> None:
    """Everything SES tells of a message of ours is kept; nothing personal of it is."""
    [event] = told(told_of).events
    assert (event.name, event.customer_id) == (name, "c4f6o2nq")
    assert event.properties == OURS | {"channel": "email"} | properties


@pytest.mark.parametrize("kind", ["Delivery", "Open", "Click", "Reject"])
def test_what_becomes_of_other_programs_mail_is_not_ours(kind: str) -> None:
    """Only a no, or a dead address, concerns us whoever wrote."""
    assert told(other(kind) | {"mail": untagged("send")["mail"]}) == Translation()


def test_an_unknown_kind_of_feedback_is_no_error() -> None:
    """SES may learn to tell more."""
    assert told(other("New")) == Translation()


@pytest.mark.parametrize(
    "about",
    [
        {"userAgent": "Mozilla/5.0"},
        {"userAgent": ""},
        {"userAgent": "python-requests/2.31"},
        {"userAgent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"},
        {"timestamp": "2026-03-05T10:00:04.000Z"},
    ],
)
@pytest.mark.parametrize("kind", ["Open", "Click"])
def test_machines_are_marked(kind: str, about: dict[str, str]) -> None:
    """Privacy proxies, scanners, and whoever is quicker than a person can be."""
    assert told(other(kind, **about)).events[0].properties["machine"] is True


def test_a_scanner_does_not_use_up_a_persons_click() -> None:
    """Both follow one link: two events. The same click told twice is one."""
    person, scanner = other("Click", link="x"), other("Click", link="x", userAgent="Mozilla/5.0")
    ids = [told(each).events[0].id for each in (person, scanner, person)]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize(("everything", "state"), [(True, "unsubscribed"), (False, None)])
def test_an_unsubscribe_said_to_ses_is_one(everything: bool, state: str | None) -> None:
    """Whoever uses the subscription pages of SES beside ours; leaving one topic there is not a no to all."""
    found = told(other("Subscription", newTopicPreferences={"unsubscribeAll": everything})).events
    assert [each.properties["consent"]["email"]["state"] for each in found] == ([state] if state else [])


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
