"""Erasing: nothing is left but when it was, nothing comes back, and it ends the same wherever somebody dies."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from perennial.errors import Conflict
from perennial.events import Event, Name
from perennial.people import erasing
from perennial.people.identities import Identity, Kind
from perennial.people.merging import GRACE
from perennial.times import stamp
from tests.making import NOON, event, hours, ordered, signed_up, viewed
from tests.properties.test_merges import Deadly, Died, Fate
from tests.stage import Stage

ADA = Identity(Kind.STORE, "1")
ADDRESS = Identity(Kind.EMAIL, "ada@example.com")
PHONE = Identity(Kind.PHONE, "+4915112345678")
LAPTOP = Identity(Kind.ANONYMOUS, "laptop")
BOB = (Identity(Kind.STORE, "2"), Identity(Kind.EMAIL, "bob@example.com"))
ALL = (ADA, ADDRESS, PHONE, LAPTOP)
MINUTE = timedelta(minutes=1)


def request(at: Any, *identities: Identity, **fields: Any) -> Event:
    """What a store's webhook asks for."""
    return event(
        Name.ERASE_REQUESTED,
        at,
        identities=identities or (ADA, ADDRESS),
        properties={"orders": ["o1"]},
        **fields,
    )


def life() -> list[Event]:
    """A visit, a sign-up on the same device, an order, another visit."""
    return [
        viewed(NOON - hours(6), id="v1", identities=(LAPTOP,), trusted=False),
        replace(signed_up(NOON - hours(5)), id="s1", identities=(ADA, ADDRESS, PHONE)),
        viewed(NOON - hours(5), "cup", id="v2", identities=(ADA, LAPTOP), trusted=False),
        replace(ordered(NOON - hours(4), "tea", order_id="o1"), id="o1"),
        viewed(NOON - hours(3), "filter", id="v3"),
    ]


def erased(stage: Stage) -> str:
    """Erase Ada a minute from now; the id of the document she had."""
    customer_id = stage.customer()["id"]
    stage.now += MINUTE
    assert stage.record(request(stage.now)) == []
    return customer_id


def stored(stage: Stage) -> str:
    """All that the tables hold, as one text."""
    documents = stage.world.documents
    bodies = list(documents.scan())
    items = [item for each in bodies for item in stage.world.timeline.read(each["id"])]
    return json.dumps([bodies, items])


def test_nothing_is_left_but_when_it_was():
    """No address, no name, no order, no view, no timeline, nobody behind the identities; the version goes on."""
    stage = Stage()
    stage.record(*life())
    before = stage.customer()
    customer_id = erased(stage)
    tombstone = stage.world.documents.load([customer_id])[customer_id]
    assert (tombstone["erased_at"], tombstone["version"] > before["version"]) == (stamp(stage.now), True)
    assert stage.world.documents.owners(ALL) == {}
    assert stage.world.timeline.read(customer_id) == []
    for trace in ("ada@example.com", "Ada", "+4915112345678", "o1", "tea", "filter"):
        assert trace not in stored(stage)


def test_it_ends_after_the_grace():
    """What was written late by somebody who had begun before goes too; then there is nothing more to do."""
    stage = Stage()
    stage.record(*life())
    customer_id = stage.customer()["id"]
    late = [item for item in stage.world.timeline.read(customer_id) if item["id"] == "o1"]
    erased(stage)
    stage.world.timeline.add({customer_id: late})
    stage.run_until(stage.now + GRACE + MINUTE)
    assert stage.world.timeline.read(customer_id) == []
    tombstone = stage.world.documents.load([customer_id])[customer_id]
    assert ("erasing" in tombstone, tombstone["wake_at"]) == (False, None)
    emptied = {key: tombstone[key] for key in ("identities", "traits", "orders", "consent", "views")}
    assert not any(emptied.values())


def test_what_was_received_before_is_dropped():
    """Redelivered or delayed, by any identity, also long after the identities were let go."""
    stage = Stage()
    told = life()
    stage.record(*told[:3])
    erased(stage)
    for wait in (timedelta(0), GRACE + MINUTE):
        stage.run_until(stage.now + wait)
        before = stored(stage)
        assert stage.record(*told) == []
        for each in told:
            stage.record(replace(each, id=f"{each.id}-late"))
        assert stored(stage) == before
        assert stage.world.documents.owners([ADA, ADDRESS, PHONE]) == {}


def test_asking_twice_changes_nothing():
    """The store delivers its webhook again, during it and after it."""
    stage = Stage()
    stage.record(*life())
    customer_id = stage.customer()["id"]
    asked = request(NOON)
    stage.now += MINUTE
    stage.record(asked)
    tombstone = stage.world.documents.load([customer_id])
    stage.record(asked, replace(asked, id="twin"))
    assert stage.world.documents.load([customer_id]) == tombstone
    stage.run_until(stage.now + GRACE + MINUTE)
    before = stored(stage)
    stage.record(asked)
    assert stored(stage) == before


@pytest.mark.parametrize("wait", [MINUTE, GRACE + 2 * MINUTE])
@pytest.mark.parametrize("identity", [ADA, ADDRESS])
def test_whoever_comes_back_begins_anew_and_is_not_written_to(wait, identity):
    """Their new doings are kept, through the second pass and a repeated request too; their address stays suppressed."""
    stage = Stage()
    stage.record(*life())
    asked = request(NOON)
    stage.now += MINUTE
    stage.record(asked)
    stage.now += wait
    back = replace(
        signed_up(stage.now), identities=(identity, ADDRESS) if identity != ADDRESS else (ADDRESS,)
    )
    stage.record(back)
    stage.record(viewed(stage.now, "cup", identities=(identity,)))
    stage.record(asked)
    stage.run_until(stage.now + timedelta(days=2))
    owner = stage.world.documents.owners([identity])[identity]
    document = stage.world.documents.load([owner])[owner]
    assert document["suppressed"]["email"]["reason"] == "erased"
    assert ([view["product_id"] for view in document["views"]], document["orders"]) == (["cup"], [])
    kept = sorted(item["name"] for item in stage.world.timeline.read(owner))
    assert kept == ["customer_created", "product_viewed"]
    assert stage.mails == []


def test_a_queued_message_of_theirs_is_not_sent():
    """It was planned before the request came."""
    stage = Stage()
    stage.record(signed_up(NOON - hours(6)), viewed(NOON - hours(5)))
    copies = stage.queued()
    assert len(copies) == 1
    erased(stage)
    stage.send(copies)
    assert stage.mails == []


def test_feedback_on_old_messages_leaves_no_trace():
    """The provider still tells of what was sent before."""
    stage = Stage()
    stage.record(*life())
    customer_id = erased(stage)
    stage.now += hours(1)
    told = {"message_id": "m", "channel": "email", "permanent": True, "detail": ""}
    late = event(Name.MESSAGE_BOUNCED, stage.now, properties=told, identities=(), customer_id=customer_id)
    before = stored(stage)
    stage.record(late)
    assert stored(stage) == before


def test_others_keep_what_is_theirs():
    """A request that names an address of another customer of the store does not erase that customer."""
    stage = Stage()
    stage.record(*life(), replace(signed_up(NOON - hours(1)), identities=BOB))
    stage.now += MINUTE
    stage.record(request(stage.now, ADA, BOB[1]))
    bob = stage.customer("2")
    assert stage.world.documents.owners(BOB) == dict.fromkeys(BOB, bob["id"])
    assert bob["traits"]["first_name"] == "Ada"
    assert stage.world.documents.owners([ADA]) == {}


def test_a_browser_cannot_ask_for_it():
    """The name alone means nothing; such an event is one of many."""
    stage = Stage()
    stage.record(*life())
    stage.record(request(NOON + MINUTE, trusted=False))
    assert stage.customer()["traits"]["first_name"] == "Ada"


def test_a_guest_of_that_address_goes_too():
    """Bought as a guest under the same address, never merged."""
    stage = Stage()
    stage.record(replace(ordered(NOON - hours(2), order_id="g1"), identities=(ADDRESS,)))
    stage.record(replace(signed_up(NOON - hours(1)), identities=(ADA,)))
    erased(stage)
    assert stage.world.documents.owners([ADA, ADDRESS]) == {}
    assert "g1" not in stored(stage)


def test_a_repeated_request_leaves_no_second_tombstone():
    """Also when the document began with another identity than the request does."""
    stage = Stage()
    stage.record(replace(ordered(NOON - hours(2), order_id="g1"), identities=(ADDRESS,)))
    stage.record(signed_up(NOON - hours(1)))
    asked = request(NOON)
    stage.now += MINUTE
    stage.record(asked)
    stage.record(asked)
    assert len(list(stage.world.documents.scan())) == 1


@pytest.mark.parametrize("wait", [timedelta(0), GRACE + MINUTE])
def test_guests_merged_before_leave_no_timeline(wait):
    """Their items were copied, and lie under their old documents too until the merge is finished."""
    stage = Stage()
    stage.record(*life()[:1])
    (visitor,) = (each["id"] for each in stage.world.documents.scan())
    stage.record(*life()[1:])
    stage.run_until(stage.now + wait)
    assert bool(stage.world.timeline.read(visitor)) == (not wait)
    erased(stage)
    stage.run_until(stage.now + GRACE + MINUTE)
    assert stage.world.timeline.read(visitor) == []
    assert "tea" not in stored(stage)


def test_somebody_unknown_is_remembered_as_erased():
    """Their events may be on the way still: they are dropped when they come."""
    stage = Stage()
    stage.now += MINUTE
    stage.record(request(stage.now))
    stage.record(*life()[1:2])
    assert stage.world.documents.owners([ADA, ADDRESS, PHONE]) == {}
    stage.now += MINUTE
    stage.record(replace(signed_up(stage.now), identities=(ADDRESS,)))
    owner = stage.world.documents.owners([ADDRESS])[ADDRESS]
    assert stage.world.documents.load([owner])[owner]["suppressed"]["email"]["reason"] == "erased"


def test_the_request_of_a_batch_comes_first():
    """What was received with it is of the time before it."""
    stage = Stage()
    stage.now += MINUTE
    stage.record(*life(), request(stage.now))
    assert stage.world.documents.owners([ADA, ADDRESS, PHONE]) == {}
    assert "Ada" not in stored(stage)


def test_what_cannot_be_erased_now_comes_again(monkeypatch):
    """Others keep writing: the request is reported as failed, and alone."""
    stage = Stage()
    stage.record(*life())
    asked, other = request(NOON + MINUTE), replace(signed_up(NOON), identities=BOB)
    monkeypatch.setattr(erasing, "_bury", _conflict)
    failures = stage.record(asked, other)
    assert [failure.event for failure in failures] == [asked]
    assert stage.customer("2")


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 22))
def test_wherever_it_dies_it_ends_the_same(call, side):
    """The queue brings the request again, with what came meanwhile; the sweep does the rest."""
    stage, fate = Stage(), Fate()
    stage.record(*life())
    customer_id = stage.customer()["id"]
    for port in ("documents", "timeline", "send_queue"):
        setattr(stage.world, port, Deadly(getattr(stage.world, port), fate))
    stage.now += MINUTE
    asked = request(stage.now)
    fate.left, fate.side = call, side
    try:
        stage.record(asked)
    except Died:
        fate.left = 0
        stage.record(*life())
        stage.record(asked)
    fate.left = 0
    stage.run_until(stage.now + GRACE + 2 * MINUTE)
    assert stage.world.documents.owners(ALL) == {}
    tombstone = stage.world.documents.load([customer_id])[customer_id]
    assert ("erasing" in tombstone, tombstone["identities"]) == (False, {})
    for trace in ("ada@example.com", "Ada", "o1", "tea", "filter"):
        assert trace not in stored(stage)


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 22))
def test_the_sweep_alone_ends_what_was_begun(call, side):
    """Nobody brings the request again: once the tombstone stands, it is finished; before that, nothing happened."""
    stage, fate = Stage(), Fate()
    stage.record(*life())
    customer_id = stage.customer()["id"]
    for port in ("documents", "timeline"):
        setattr(stage.world, port, Deadly(getattr(stage.world, port), fate))
    stage.now += MINUTE
    fate.left, fate.side = call, side
    with suppress(Died):
        stage.record(request(stage.now))
    fate.left = 0
    document = stage.world.documents.load([customer_id])[customer_id]
    if "erased_at" not in document:
        assert document["traits"]["first_name"] == "Ada"
        return
    stage.run_until(stage.now + GRACE + 2 * MINUTE)
    assert stage.world.documents.owners(ALL) == {}
    assert stage.world.timeline.read(customer_id) == []
    assert "erasing" not in stage.world.documents.load([customer_id])[customer_id]


@pytest.mark.parametrize("moment", range(1, 12))
def test_a_record_that_runs_at_the_same_time_brings_nothing_back(moment):
    """The erasure happens between any two calls of a batch that was received before it."""
    stage = Stage()
    stage.record(*life()[:2])
    customer_id = stage.customer()["id"]
    asked, calls = request(NOON + MINUTE), iter(range(1, 1000))

    class Meeting:
        """A port that lets the erasure happen right before one of its calls."""

        def __init__(self, inner: object) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            def call(*args: Any, **kwargs: Any) -> Any:
                if next(calls) == moment:
                    other.record(asked)
                return getattr(self.inner, name)(*args, **kwargs)

            return call

    other = Stage()
    other.now = stage.now = NOON + 2 * MINUTE
    other.world.documents, other.world.timeline = stage.world.documents, stage.world.timeline
    for port in ("documents", "timeline"):
        setattr(stage.world, port, Meeting(getattr(stage.world, port)))
    stage.record(*life()[2:])
    if next(calls) <= moment:
        pytest.skip("there are fewer calls")
    other.run_until(other.now + GRACE + 2 * MINUTE)
    assert other.world.documents.owners([ADA, ADDRESS, PHONE]) == {}
    assert other.world.timeline.read(customer_id) == []
    for trace in ("ada@example.com", "Ada", "o1", "filter"):
        assert trace not in stored(other)


def _conflict(*_: object) -> None:
    raise Conflict("somebody else")


def test_a_device_of_somebody_erased_begins_anew() -> None:
    """Nothing leads from it to the old document, and its new visits are recorded without end of conflicts."""
    stage = Stage()
    stage.record(*life())
    stage.now += MINUTE
    stage.record(request(stage.now))
    stage.run_until(stage.now + 3 * GRACE)
    later = stage.now + timedelta(days=1)
    for n in range(2):
        assert stage.record(viewed(later + n * MINUTE, "cup", identities=(LAPTOP,), trusted=False)) == []
    owner = stage.world.documents.owners([LAPTOP])[LAPTOP]
    assert len(stage.world.documents.load([owner])[owner]["views"]) == 2
