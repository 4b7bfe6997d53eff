"""What leaves is kept with its tags, and SES tells of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.desk.desk import Desk
from infra.desk.events import NotTaken
from infra.desk.intrinsics import ACCOUNT, REGION
from infra.desk.local import page
from perennial.adapters.event_bus import EventBridgeBus
from perennial.adapters.push import SnsPusher
from perennial.ports.providers import Push
from perennial.times import stamp
from tests.desk import worker


def put(desk: Desk, *bodies: dict[str, Any]) -> None:
    """Queue work."""
    desk.request("POST", "/jobs", {}, json.dumps(bodies))


def test_a_mail_is_kept_whole(desk: Desk) -> None:
    """Parts, headers and tags, at the virtual time."""
    desk.advance("3d")
    put(desk, {"do": "mail", "to": "ann@example.com"})
    (mail,) = desk.outbox()
    assert (mail["id"], mail["campaign"], mail["step"]) == ("m1", "winback", None)
    assert (mail["channel"], mail["to"], mail["subject"]) == ("email", "ann@example.com", "Grüße")
    assert mail["text"].strip() == "plain words" and mail["html"].strip() == "<p>words & more</p>"
    assert mail["headers"]["List-Unsubscribe"] == "<https://shop.example/u>"
    assert mail["sent_at"] == stamp(desk.now)


def test_a_text_is_kept(desk: Desk) -> None:
    """With what its attributes say."""
    put(desk, {"do": "text", "to": "+4915112345678"})
    (text,) = desk.outbox()
    assert (text["channel"], text["to"], text["text"], text["step"]) == (
        "sms",
        "+4915112345678",
        "short words",
        "first",
    )


def test_a_push_message_and_an_event_are_kept_too(desk: Desk) -> None:
    """The device's endpoint and the bus are where they went."""
    tags = {
        "message_id": "m7",
        "campaign": "browse",
        "customer_id": "c1",
        "step": "first",
        "variant": "plain",
    }
    pusher = SnsPusher(desk.client("sns"), {"ios": f"arn:aws:sns:{REGION}:{ACCOUNT}:app/APNS/shop"})
    endpoint = pusher.endpoint("ios", "f" * 64, revived=False) or ""
    pusher.send(endpoint, Push("For you", "Your tea is waiting"), tags)
    EventBridgeBus(desk.client("events"), name="default").put(
        {**tags, "text": "A letter", "customer": {"id": "c1"}}
    )
    push, event = desk.outbox()
    assert (push["channel"], push["to"], push["subject"], push["text"]) == (
        "push",
        endpoint,
        "For you",
        "Your tea is waiting",
    )
    assert (event["channel"], event["to"], event["text"]) == ("bus", "default", "A letter")
    assert {each["customer_id"] for each in (push, event)} == {"c1"}


def test_a_refused_mail_is_no_message(desk: Desk) -> None:
    """Only what the provider took is in the outbox, and only that has an event."""
    with pytest.raises(Exception, match="authority to send"):
        desk.client("sesv2").send_email(
            FromEmailAddress="stranger@example.com",
            Destination={"ToAddresses": ["ann@example.com"]},
            Content={"Raw": {"Data": b"Subject: x\n\nx"}},
            ConfigurationSetName="events",
        )
    desk.settle()
    assert desk.outbox() == [] and worker.seen == []


def test_ses_tells_of_each_mail_through_the_rule(desk: Desk) -> None:
    """After the function has ended, to the queue the rule names, with the tags as lists."""
    put(desk, {"do": "mail", "to": "ann@example.com"})
    event = worker.seen[-1].body
    assert (event["source"], event["detail"]["eventType"]) == ("aws.ses", "Send")
    assert event["detail"]["mail"]["tags"]["message_id"] == ["m1"]
    assert event["detail"]["mail"]["destination"] == ["ann@example.com"]
    assert event["detail"]["mail"]["messageId"] == desk.outbox()[0]["provider_id"]


def test_send_events_can_be_lost(desk: Desk) -> None:
    """The mail leaves, and nobody hears of it."""
    desk.lose_send_events = True
    put(desk, {"do": "mail", "to": "ann@example.com"})
    assert len(desk.outbox()) == 1 and len(worker.seen) == 1


def test_a_raw_event_goes_where_its_rule_says(desk: Desk) -> None:
    """As EventBridge would send it."""
    event = {"source": "aws.ses", "detail-type": "Email Bounced", "detail": {"eventType": "Bounce"}}
    desk.deliver(event)
    assert [each.body for each in worker.seen] == [event]


def test_feedback_by_sns_arrives_too(desk: Desk) -> None:
    """Each notification as a queue subscribed to the topic would get it."""
    notification = {"Type": "Notification", "Message": json.dumps({"eventType": "Bounce", "mail": {}})}
    desk.deliver({"Records": [{"EventSource": "aws:sns", "Sns": notification}]})
    assert [each.body for each in worker.seen] == [notification]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Records": []},
        {"source": "aws.s3", "detail": {}},
        {"Records": [{"eventSource": "aws:s3", "s3": {}}]},
        {"Records": [{"Sns": {"Message": "STOP"}}]},
    ],
)
def test_what_nobody_takes_is_refused(desk: Desk, event: dict[str, Any]) -> None:
    """With a sentence, and without reaching a queue."""
    with pytest.raises(NotTaken):
        desk.deliver(event)
    assert worker.seen == []


def test_the_quota_counts_the_virtual_day(desk: Desk) -> None:
    """What was sent more than 24 hours ago is free again."""
    put(desk, {"do": "mail", "to": "ann@example.com"}, {"do": "text", "to": "+4915112345678"})
    assert desk.client("ses").get_send_quota()["SentLast24Hours"] == 1
    desk.advance("25h")
    assert desk.client("ses").get_send_quota()["SentLast24Hours"] == 0


def test_the_page_shows_messages_without_running_them(desk: Desk) -> None:
    """What a mail contains stays inside its frame."""
    put(desk, {"do": "mail", "to": "ann@example.com"})
    entry = desk.outbox()[0] | {"html": '"><script>alert(1)</script>', "text": "<b>"}
    shown = page([entry])
    assert "ann@example.com" in shown and "<script>" not in shown and "<b>" not in shown
    assert "Nothing was sent" in page([])
