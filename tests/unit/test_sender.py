"""The sender: each end is counted and written once, and nobody else's look or word is wiped."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from email import message_from_bytes
from typing import Any

import pytest

from perennial.customer import Customer
from perennial.errors import Conflict, InDoubt, Refused
from perennial.messaging import outbox
from perennial.messaging.outbox import Status
from perennial.times import stamp
from tests.making import NOON, browse, days, hours, shop, signed_up, viewed
from tests.stage import Stage

DUE = NOON + hours(4)
SHOP = shop(browse())


def _raises(error: Exception) -> Any:
    def raise_it(_: object) -> None:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (None, "sent"),
        (_raises(InDoubt("silence")), "in_doubt"),
        (_raises(Refused("busy", permanent=False)), "deferred"),
        (_raises(Refused("bad address", permanent=True)), "skipped"),
    ],
)
def test_each_end_is_counted_once(happens: Any, told: str) -> None:
    """Beside those before it: metrics and alarms are made of them."""
    stage = queue_on_stage()
    stage.delivery.tally[told] = 1
    if happens:
        stage.world.mailer.on_arrival = happens
    assert stage.send() == [True]
    assert stage.delivery.tally == {told: 2}


@pytest.mark.parametrize("told", ["skipped", "deferred"])
def test_what_is_not_sent_is_counted_too(told: str) -> None:
    """Under the kill switch for good, at night until the morning."""
    stage = queue_on_stage()
    stage.delivery.tally[told] = 1
    if told == "skipped":
        stage.live = replace(SHOP, paused=frozenset({"browse"}))
    else:
        stage.now += hours(8)
    stage.send()
    assert stage.delivery.tally == {told: 2}


def test_an_outcome_that_meets_another_writer_is_written_after_it(caplog: pytest.LogCaptureFixture) -> None:
    """The document is read again, and the message found still claimed."""
    stage = queue_on_stage()
    save = stage.world.documents.save

    def overtaken(document: Customer) -> Customer:
        stage.world.documents.save = save
        stage.record(viewed(stage.now, "cup"))
        raise Conflict

    stage.world.mailer.on_answer = lambda _: setattr(stage.world.documents, "save", overtaken)
    with caplog.at_level(logging.ERROR):
        stage.send()
    assert [each["status"] for each in stage.customer()["settled"]] == ["sent"]
    assert not caplog.records


def test_an_outcome_that_the_provider_told_first_is_not_written_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its event came between the answer and the put."""
    stage = queue_on_stage()
    (message,) = stage.customer()["outbox"]

    def told(_: object) -> None:
        document = stage.customer()
        outbox.confirm(document, message, stage.now)
        stage.world.documents.save(document)

    stage.world.mailer.on_answer = told
    with caplog.at_level(logging.ERROR):
        stage.send()
    assert [each["status"] for each in stage.customer()["settled"]] == [Status.SENT]
    assert not caplog.records


def test_a_mail_names_the_product_as_the_catalogue_does() -> None:
    """It is loaded before the claim."""
    stage = queue_on_stage()
    stage.send()
    (mail,) = stage.world.mailer.sent
    text = message_from_bytes(mail.raw).get_payload(0).get_payload(decode=True)  # type: ignore[union-attr]
    assert b"Tea" in text


def queue_on_stage() -> Stage:
    stage = Stage()
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = DUE
    stage.sweep()
    return stage


def test_a_refused_mail_buries_no_device() -> None:
    """Only what the device itself refused says anything of it."""
    stage = queue_on_stage()
    document = stage.customer()
    document["devices"] = [{"token": "t", "platform": "ios", "at": stamp(NOON)}]
    stage.world.documents.save(document)
    stage.world.mailer.on_arrival = _raises(Refused("bad address", permanent=True))
    stage.send()
    (device,) = stage.customer()["devices"]
    assert "dead_at" not in device


def test_a_copy_of_nobody_is_done_with() -> None:
    """Its customer is not there."""
    stage = Stage()
    assert stage.send([json.dumps({"customer_id": "nobody", "message_id": "m"})]) == [True]


def test_a_message_of_a_campaign_that_is_gone_is_skipped() -> None:
    stage = queue_on_stage()
    stage.live = replace(SHOP, campaigns={})
    stage.send()
    assert [each["reason"] for each in stage.customer()["settled"]] == ["campaign_changed"]


@pytest.mark.parametrize("earlier", [True, False])
def test_a_sender_wipes_no_earlier_look(earlier: bool) -> None:
    """Deferred until the morning, the message is looked at then; a decision that is due before is too."""
    stage = queue_on_stage()
    stage.now += hours(8)
    document = stage.customer()
    document["wake_at"] = stamp(stage.now + hours(1)) if earlier else None
    stage.world.documents.save(document)
    stage.send()
    (entry,) = stage.customer()["outbox"].values()
    assert stage.customer()["wake_at"] == (document["wake_at"] if earlier else entry["retry_at"])


def test_a_claim_that_meets_another_writer_is_judged_and_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the same delivery: a copy given back would only come minutes later."""
    stage = queue_on_stage()

    def overtaken(_: Customer) -> Customer:
        monkeypatch.undo()
        stage.record(viewed(stage.now - days(1), "cup"))
        raise Conflict

    monkeypatch.setattr(stage.world.documents, "save", overtaken)
    assert stage.send() == [True]
    assert stage.mails == ["browse"]
