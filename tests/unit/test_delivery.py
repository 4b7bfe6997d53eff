"""Sending: at most once, judged at the last moment, and every end has its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from perennial.errors import Conflict, InDoubt, Refused
from perennial.events import Name
from perennial.messaging.outbox import DOUBT, LEASE
from perennial.times import Span
from tests.making import (
    NOON,
    TEMPLATES,
    browse,
    campaign,
    days,
    event,
    hours,
    ordered,
    shop,
    signed_up,
    viewed,
)
from tests.stage import Stage, message_of


@pytest.fixture
def stage() -> Stage:
    """A browse message lies in the queue."""
    stage = Stage()
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(4)
    stage.sweep()
    return stage


def settled(stage):
    (message,) = stage.customer()["settled"]
    return message["status"], message.get("reason")


def test_one_message_is_sent_once_and_remembered(stage):
    """The mail is accepted, the document says so, and the outbox is empty."""
    assert stage.send() == [True]
    assert stage.mails == ["browse"]
    assert settled(stage) == ("sent", None)
    assert stage.customer()["outbox"] == {}


def test_the_same_copy_delivered_again_sends_nothing(stage):
    """The second delivery finds it settled."""
    copies = stage.queued()
    stage.send(copies * 3)
    assert stage.mails == ["browse"]


def test_a_second_sender_between_claim_and_call_finds_it_claimed(stage):
    """Two senders with the same copy: the claim lets one through."""
    copies = stage.queued()
    stage.world.mailer.on_arrival = lambda _: _once(stage, copies)
    stage.send(copies)
    assert stage.mails == ["browse"]


def _once(stage, copies):
    stage.world.mailer.on_arrival = lambda _: None
    assert stage.send(copies) == [True]


def test_a_lost_answer_is_never_sent_again_and_settled_by_the_providers_event(stage):
    """Accepted, but the answer is lost: unconfirmed after an hour, sent when the provider says so a day later."""
    stage.world.mailer.on_answer = _lost
    copies = stage.queued()
    stage.send(copies)
    assert stage.customer()["outbox"][message_of(copies[0])]["status"] == "sending"
    stage.now += DOUBT
    stage.sweep()
    stage.send(copies)
    assert settled(stage)[0] == "unconfirmed"
    sent = {"message_id": message_of(copies[0]), "provider_id": "mail-1"}
    stage.record(event(Name.MESSAGE_SENT, stage.now + days(1), properties=sent))
    assert (settled(stage)[0], stage.mails) == ("sent", ["browse"])


def test_the_sender_leaves_what_is_due_by_then_to_the_sweep():
    """It has no queue to put a copy into: what it planned would lie there until its lease ends."""
    later = campaign("later", "browse", {"after": Span(seconds=6 * 3600)}, steps=browse().steps)
    stage = Stage(NOON, shop(browse(), later, caps={}))
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(4)
    stage.sweep()
    stage.now = NOON + hours(6)
    assert stage.send() == [True]
    assert stage.customer()["outbox"] == {}
    stage.now += timedelta(minutes=1)
    assert stage.sweep()["queued"] == 1


def test_what_is_unconfirmed_is_counted_whoever_comes_by_first(stage):
    """A view that is recorded after the hour leaves it to the sweep, whose count is what the alarm looks at."""
    stage.world.mailer.on_answer = _lost
    stage.send()
    stage.now += DOUBT
    stage.record(viewed(stage.now, "cup"))
    assert stage.customer()["settled"] == []
    assert stage.sweep()["unconfirmed"] == 1
    assert settled(stage)[0] == "unconfirmed"


def _lost(_):
    raise InDoubt("no answer")


def test_a_provider_that_throttles_is_asked_again_later(stage):
    """Refused plainly: queued again with backoff, sent once when it takes it."""
    stage.world.mailer.on_arrival = _throttled
    stage.send()
    assert stage.mails == []
    stage.world.mailer.on_arrival = lambda _: None
    stage.run_until(stage.now + 3 * LEASE)
    assert stage.mails == ["browse"]


def _throttled(_):
    raise Refused("TooManyRequests", permanent=False)


def test_a_permanent_refusal_ends_it_with_its_reason(stage):
    """An address the provider will never take is not tried again."""
    stage.world.mailer.on_arrival = _never
    stage.send()
    stage.run_until(stage.now + days(3))
    assert (stage.mails, settled(stage)) == ([], ("skipped", "refused: bad address"))


def _never(_):
    raise Refused("bad address", permanent=True)


def test_a_purchase_just_before_sending_stops_it(stage):
    """The order comes while the copy is in the queue."""
    copies = stage.queued()
    stage.record(ordered(stage.now))
    stage.send(copies)
    assert (stage.mails, settled(stage)) == ([], ("skipped", "exited_by"))


def test_a_late_copy_waits_for_the_morning_instead_of_waking_anybody(stage):
    """Quiet hours are judged again when it is sent."""
    copies = stage.queued()
    stage.now = NOON + hours(9)
    stage.send(copies)
    assert stage.mails == []
    stage.run_until(NOON + hours(24))
    assert stage.mails == ["browse"]


def test_too_little_time_left_gives_the_copy_back_unclaimed(stage):
    """Nothing is claimed that cannot be finished."""
    copies = stage.queued()
    assert stage.send(copies, seconds=10) == [False]
    assert stage.customer()["outbox"][message_of(copies[0])]["status"] == "queued"
    stage.send(copies)
    assert stage.mails == ["browse"]


def test_a_template_with_an_unknown_name_skips_the_message_and_the_queue_goes_on(stage):
    """The reason names it; the next message is sent."""
    broken = {**TEMPLATES["browse/first"], "html": "{{ customer.nickname }}"}
    good = stage.live
    stage.live = replace(good, release="r2", templates={**TEMPLATES, "browse/first": broken})
    assert stage.send() == [True]
    status, reason = settled(stage)
    assert status == "skipped"
    assert "customer.nickname" in reason
    stage.live = good
    stage.record(viewed(NOON + days(5)))
    stage.run_until(NOON + days(6))
    assert stage.mails == ["browse"]


@pytest.mark.parametrize("gone", [shop(browse(steps=())), shop(browse(mode="draft"))])
def test_a_campaign_edited_meanwhile_is_not_sent(stage, gone):
    """Step removed, or back in draft."""
    stage.live = gone
    stage.send()
    assert (stage.mails, settled(stage)) == ([], ("skipped", "campaign_changed"))


def test_the_kill_switch_stops_what_is_queued(stage):
    """Paused after queueing: skipped, and not sent after it is resumed."""
    held = stage.live
    stage.live = replace(held, paused=frozenset({"*"}))
    stage.send()
    stage.live = held
    stage.run_until(NOON + days(2))
    assert (stage.mails, settled(stage)) == ([], ("skipped", "kill_switch"))


def test_in_dry_run_everything_happens_but_the_sending(stage):
    """The message is rendered and counted as a dry run."""
    stage.live = shop(browse(mode="dry_run"))
    stage.send()
    assert (stage.mails, settled(stage)) == ([], ("skipped", "dry_run"))


def test_a_claim_whose_answer_was_lost_is_recognised_by_its_token(stage):
    """The put arrived: the sender finds its own token, and sends once."""
    save = stage.world.documents.save

    def lost_once(customer):
        stage.world.documents.save = save
        save(customer)
        raise Conflict("the retried put met its own write")

    stage.world.documents.save = lost_once
    assert stage.send() == [True]
    assert (stage.mails, settled(stage)[0]) == (["browse"], "sent")


def test_an_outcome_that_cannot_be_written_is_left_to_the_provider(stage):
    """The mail was accepted; a failing database neither raises nor sends again."""
    copies = stage.queued()
    save = stage.world.documents.save

    def broken(_):
        raise OSError("no database")

    stage.world.mailer.on_answer = lambda _: setattr(stage.world.documents, "save", broken)
    assert stage.send(copies) == [True]
    stage.world.documents.save = save
    assert stage.send(copies) == [True]
    assert stage.mails == ["browse"]
