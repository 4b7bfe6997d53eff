"""Copies that come together are read together, and each is judged by what is true at its turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from perennial.errors import Conflict
from perennial.people.identities import Identity, Kind
from send.ahead import FRESH
from tests.making import NOON, hours, signed_up, unsubscribed, viewed
from tests.stage import Stage

NUMBERS = ("1", "2", "3", "4", "5")


def of(event, number):
    """The event as one of that customer's."""
    return replace(
        event, identities=(Identity(Kind.STORE, number), Identity(Kind.EMAIL, f"{number}@x.example"))
    )


class Counted:
    """A port whose `load` is counted; the first so many fail."""

    def __init__(self, port, failing=0):
        self._port, self.asked, self._failing = port, [], failing

    def __getattr__(self, name):
        return getattr(self._port, name)

    def load(self, ids):
        self.asked.append(set(ids))
        if len(self.asked) <= self._failing:
            raise ConnectionError("the database is away")
        return self._port.load(ids)


@pytest.fixture
def stage() -> Stage:
    """Five customers' messages lie in the queue."""
    stage = Stage()
    for number in NUMBERS:
        stage.record(of(signed_up(NOON, email=f"{number}@x.example"), number), of(viewed(NOON), number))
    stage.now = NOON + hours(4)
    stage.sweep()
    return stage


def addresses(stage):
    return sorted(mail.to for mail in stage.world.mailer.sent)


def test_documents_and_products_are_read_once_for_all(stage):
    """Two reads for five mails."""
    documents = stage.world.documents = Counted(stage.world.documents)
    catalogue = stage.world.catalogue = Counted(stage.world.catalogue)
    assert stage.send() == [True] * 5
    assert addresses(stage) == [f"{number}@x.example" for number in NUMBERS]
    assert [len(asked) for asked in documents.asked] == [5]
    assert catalogue.asked == [{"tea"}]


def test_a_no_that_comes_after_the_reading_stops_the_message(stage):
    """The fifth unsubscribes while the first mail is on its way: its claim fails, and it is judged anew."""

    def unsubscribes(_):
        stage.world.mailer.on_arrival = lambda _: None
        (last,) = (each for each in stage._everybody() if each["id"] == order[-1])
        stage.record(of(unsubscribed(stage.now), last["identities"]["store"][0]))

    copies = stage.queued()
    order = [copy.split('"customer_id": "')[1].split('"')[0] for copy in copies]
    stage.world.mailer.on_arrival = unsubscribes
    assert stage.send(copies) == [True] * 5
    assert len(addresses(stage)) == 4
    (last,) = stage.world.documents.load([order[-1]]).values()
    assert [(each["status"], each["reason"]) for each in last["settled"]] == [("skipped", "no_consent")]


def test_two_messages_of_one_customer_are_not_sent_by_one_reading(stage):
    """The same copy twice in one delivery: the second looks at what the first has written."""
    copies = stage.queued()
    assert stage.send(copies * 2) == [True] * 10
    assert len(addresses(stage)) == 5


def test_what_was_read_too_long_ago_is_read_again(stage):
    """A slow provider: a document is at most some seconds old when it is judged."""

    def slow(_):
        stage.now += timedelta(seconds=FRESH + 1)

    documents = stage.world.documents = Counted(stage.world.documents)
    stage.world.mailer.on_arrival = slow
    assert stage.send() == [True] * 5
    assert [len(asked) for asked in documents.asked] == [5, 1, 1, 1, 1]


def test_what_was_read_for_one_delivery_is_not_used_for_the_next(stage):
    """A product may be sold out between two deliveries, however shortly one follows the other."""
    catalogue = stage.world.catalogue = Counted(stage.world.catalogue)
    first, *others = stage.queued()
    stage.send(others)
    stage.send([first])
    assert catalogue.asked == [{"tea"}] * 2


def test_a_copy_whose_campaign_is_gone_does_not_keep_the_others_from_being_read(stage):
    """Its own delivery says what becomes of it."""
    catalogue = stage.world.catalogue = Counted(stage.world.catalogue)
    (gone, *_) = stage._everybody()
    (entry,) = gone["outbox"].values()
    entry["campaign"] = "gone"
    gone["enrollments"]["gone"] = gone["enrollments"]["browse"]
    stage.world.documents.save(gone)
    stage.send()
    assert catalogue.asked == [{"tea"}]
    assert len(addresses(stage)) == 4


def test_a_reading_ahead_that_fails_holds_up_nobody(stage):
    """Each copy is read when its turn comes."""
    stage.world.documents = Counted(stage.world.documents, failing=1)
    assert stage.send() == [True] * 5
    assert len(addresses(stage)) == 5


def test_a_claim_on_an_old_reading_is_a_conflict(stage):
    """The condition of the put is what makes reading ahead safe."""
    (customer_id, *_) = [each["id"] for each in stage._everybody()]
    (old,) = stage.world.documents.load([customer_id]).values()
    stage.send()
    with pytest.raises(Conflict):
        stage.world.documents.save(old)
