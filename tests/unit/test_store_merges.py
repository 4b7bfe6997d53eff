"""The store says that two of its customers are one: they become one document, once, whoever comes first."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from perennial.events import Event, Name
from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from perennial.people.merging import GRACE
from tests.making import NOON, days, event, hours, order, signed_up, unsubscribed, viewed
from tests.stage import Stage
from tests.unit.test_erasing import MINUTE, request

KEPT, GONE = Identity(Kind.STORE, "1"), Identity(Kind.STORE, "2")
MAILS = (Identity(Kind.EMAIL, "ada@example.com"), Identity(Kind.EMAIL, "ada@work.example"))


def bought(name: str, *who: Identity) -> Event:
    properties = {"order": order(name, NOON - hours(3), "tea")}
    return event(Name.ORDER_COMPLETED, NOON - hours(3), id=name, identities=who, properties=properties)


def merged(*ids: Identity, **fields) -> Event:
    return event(
        Name.CUSTOMERS_MERGED, NOON - hours(1), identities=ids or (KEPT, GONE), **{"id": "m", **fields}
    )


LIFE = (bought("a", KEPT, MAILS[0]), bought("b", GONE, MAILS[1]), merged())


@pytest.mark.parametrize("told", list(permutations(LIFE)))
@pytest.mark.parametrize("at_once", [True, False])
def test_both_become_one_in_any_order(told, at_once):
    """Orders of both, all identities, once each, and nothing more when it is told again."""
    stage = Stage()
    for batch in [told] if at_once else [[each] for each in told]:
        assert stage.record(*batch) == []
    stage.record(*told)
    stage.run_until(NOON + GRACE + MINUTE)
    customer = stage.customer("1")
    assert customer["id"] == stage.customer("2")["id"]
    assert {each["id"] for each in customer["orders"]} == {"a", "b"}
    assert set(stage.world.documents.owners([KEPT, GONE, *MAILS]).values()) == {customer["id"]}
    assert sorted(stage.timeline()) == ["customers_merged", "order_completed", "order_completed"]
    assert stage.record(bought("c", GONE)) == []
    assert orders.count(stage.customer("1")) == 3


def test_two_mergers_that_contradict_each_other_end_in_one_document():
    """Which document stays is the same whichever id is said to be kept: no circle, no loss."""
    documents = []
    for ids in ((KEPT, GONE), (GONE, KEPT)):
        stage = Stage()
        stage.record(*LIFE[:2])
        assert stage.record(merged(*ids), merged(*reversed(ids), id="m2")) == []
        documents.append(stage.customer("1")["id"])
        assert orders.count(stage.customer("2")) == 2
    assert documents[0] == documents[1]


def test_three_become_one():
    """One after the other."""
    third = Identity(Kind.STORE, "3")
    stage = Stage()
    stage.record(*LIFE[:2], bought("c", third))
    stage.record(merged(), merged(GONE, third, id="m2"))
    assert orders.count(stage.customer("3")) == 3
    assert len({stage.customer(each)["id"] for each in "123"}) == 1


def test_the_stricter_word_counts():
    """A no under either id."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(2)), identities=(KEPT,)))
    stage.record(replace(unsubscribed(NOON - hours(4)), identities=(GONE,)))
    stage.record(merged())
    assert stage.customer("1")["consent"]["email"]["state"] == "unsubscribed"


def test_what_was_queued_for_either_is_sent_once():
    """Both had looked at something, and both mails were due."""
    stage = Stage()
    for who, mail in zip((KEPT, GONE), MAILS, strict=True):
        stage.record(
            replace(signed_up(NOON - days(1)), identities=(who, mail)), viewed(NOON, identities=(who,))
        )
    stage.now = NOON + hours(4)
    stage.sweep()
    copies = stage.queued()
    assert len(copies) == 2
    stage.record(merged())
    stage.send(copies)
    stage.run_until(NOON + days(2))
    assert stage.mails == ["browse"]


@pytest.mark.parametrize("fields", [{"trusted": False}, {"name": Name.CUSTOMER_UPDATED}])
def test_nobody_else_can_make_two_customers_one(fields):
    """A browser that knows the name of the event, and any other event with two ids."""
    stage = Stage()
    stage.record(*LIFE[:2])
    assert stage.record(replace(merged(), **fields)) == []
    assert stage.customer("1")["id"] != stage.customer("2")["id"]
    assert orders.count(stage.customer("2")) == 1


def test_once_erased_either_id_begins_anew():
    """Under the id that was merged away too: nothing leads to the old document any more."""
    stage = Stage()
    stage.record(*LIFE)
    stage.now += MINUTE
    assert stage.record(request(stage.now, GONE)) == []
    stage.run_until(stage.now + 2 * GRACE)
    assert stage.world.documents.owners([KEPT, GONE, *MAILS]) == {}
    for who in (KEPT, GONE):
        again = replace(viewed(stage.now), identities=(who, MAILS[0]), received_at=stage.now + MINUTE)
        assert stage.record(again) == []
    assert stage.customer("1")["id"] != stage.customer("2")["id"]
    assert len(stage.customer("1")["views"]) == len(stage.customer("2")["views"]) == 1
