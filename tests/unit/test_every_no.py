"""However a customer says no, nothing more goes out: neither what would come next nor what already lies on the queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from on_event import pages, record
from on_event.envelope import Envelope, seal
from perennial.campaigns import Step
from perennial.messaging.tokens import Purpose, Tokens
from perennial.people.identities import Identity, Kind
from perennial.times import stamp
from tests.making import browse, days, event, hours, shop, signed_up, viewed
from tests.stage import SETTINGS, Context, Stage
from tests.unit.on_event.sending import fixture

PHONE = "+14255550182"


class Told(Stage):
    """A customer who wants mail and text messages, and a campaign of one of them."""

    def __init__(self, channel: str) -> None:
        super().__init__(the_shop=shop(browse(steps=(Step("first", channel, "browse/first"),))))
        self.pages, self.recording = pages.build(self.world), record.build(self.world)
        yes = {"state": "subscribed", "at": stamp(self.now - days(9)), "source": "test"}
        also = event(
            "consent_changed",
            self.now - days(9),
            properties={"consent": {"sms": yes}, "traits": {"phone": PHONE}},
            identities=(Identity(Kind.STORE, "1"), Identity(Kind.PHONE, PHONE)),
        )
        self.record(signed_up(self.now - days(9)), also)

    def visit(self) -> None:
        """A visit that a message will follow; time goes on until it is due."""
        self.record(viewed(self.now))
        self.now += hours(5)

    def click(self, purpose: Purpose, body: str, channel: str = "email") -> None:
        token = Tokens(SETTINGS["LINK_KEY"]).sign(purpose, self.customer()["id"], channel, "m")
        http = {"method": "POST", "path": f"/{purpose}/{token}"}
        asked = {
            "rawPath": f"/{purpose}/{token}",
            "pathParameters": {"token": token},
            "headers": {"content-type": "application/x-www-form-urlencoded"},
            "requestContext": {"http": http},
            "body": body,
            "isBase64Encoded": False,
        }
        assert self.pages(asked, Context())["statusCode"] == 200

    def hear(self, body: str) -> None:
        """Something came through the queue of what is signed."""
        answer = self.recording({"Records": [{"messageId": "no", "body": body}]}, Context())
        assert answer == {"batchItemFailures": []} and not self.world.rejected.take()

    @property
    def went_out(self) -> int:
        return len(self.world.mailer.sent) + len(self.world.texter.sent)


def by_link(told: Told) -> None:
    """The button of the page behind the link."""
    told.click(Purpose.UNSUBSCRIBE, "")


def by_one_click(told: Told) -> None:
    """The mail program's own button."""
    told.click(Purpose.UNSUBSCRIBE, "List-Unsubscribe=One-Click")


def by_preference_page(told: Told) -> None:
    """The customer unticks the mail."""
    told.click(Purpose.PREFERENCES, urlencode({"action": "save", "shown": "c.email"}))


def by_preference_page_from_all(told: Told) -> None:
    told.click(Purpose.PREFERENCES, "action=stop")


def by_complaint(told: Told) -> None:
    """Of an earlier mail, to the provider."""
    complaint = fixture("ses/complaint")
    mail = complaint["detail"]["mail"]
    mail["tags"] = {"message_id": ["m"], "customer_id": [told.customer()["id"]]}
    mail["destination"] = ["ada@example.com"]
    complaint["detail"]["complaint"]["complainedRecipients"] = [{"emailAddress": "ada@example.com"}]
    told.hear(json.dumps(complaint))


def by_stop(told: Told) -> None:
    """A text message back."""
    said = {"originationNumber": PHONE, "messageBody": "Stop", "inboundMessageId": "in-1"}
    notification = {"Type": "Notification", "MessageId": "n-1", "Timestamp": stamp(told.now)}
    told.hear(json.dumps({**notification, "Message": json.dumps(said)}))


def by_shopify(told: Told) -> None:
    """The store says that its customer no longer wants it."""
    said = {"state": "unsubscribed", "consent_updated_at": stamp(told.now)}
    body = {"customer_id": 1, "email_address": "ada@example.com", "email_marketing_consent": said}
    headers = {"topic": "customers_email_marketing_consent/update", "shop": "s", "event_id": "ev-1"}
    envelope = Envelope("shopify", told.now, trusted=True, body=json.dumps(body).encode(), headers=headers)
    told.hear(seal(envelope, told.world))


NOES: dict[Callable[[Told], None], str] = {
    by_link: "email",
    by_one_click: "email",
    by_preference_page: "email",
    by_preference_page_from_all: "email",
    by_complaint: "email",
    by_stop: "sms",
    by_shopify: "email",
}


@pytest.mark.parametrize("is_queued", [False, True], ids=["the next message", "one already queued"])
@pytest.mark.parametrize("no", NOES, ids=lambda no: no.__name__)
def test_a_no_stops_the_next_message_also_one_already_queued(
    no: Callable[[Told], None], is_queued: bool
) -> None:
    """By link, one click, preference page, complaint, STOP and the store's webhook; without it the message goes out."""
    told = Told(NOES[no])
    told.visit()
    copies = []
    if is_queued:
        assert told.sweep()["queued"] == 1
        copies = told.queued()
    no(told)
    told.send(copies)
    told.run_until(told.now + days(40))
    told.visit()
    told.run_until(told.now + days(40))
    assert told.went_out == 0
    assert [each["status"] for each in told.customer()["settled"]] == ["skipped"] * is_queued


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_without_a_no_both_messages_go_out(channel: str) -> None:
    """So it is the no that stops them."""
    told = Told(channel)
    for _ in range(2):
        told.visit()
        told.run_until(told.now + days(40))
    assert told.went_out == 2
