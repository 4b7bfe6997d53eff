"""Two customers of the store share an address or a number, and one of them is erased: the other loses nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perennial.events import Event
from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from perennial.people.merging import GRACE
from tests.making import NOON, hours, ordered, signed_up, viewed
from tests.stage import Stage
from tests.unit.test_erasing import ADA, ADDRESS, LAPTOP, MINUTE, PHONE, request

BEN = Identity(Kind.STORE, "2")


def ben_orders(*shared: Identity, at=NOON) -> Event:
    return replace(ordered(at, "tea"), identities=(BEN, *shared))


@pytest.mark.parametrize("shared", [PHONE, ADDRESS])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_order_behind_the_request_in_one_batch_is_kept(shared, is_known):
    """Received before the erasure was carried out, of a customer known before or not: it is not of who was erased."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(5)), identities=(ADA, ADDRESS, PHONE)))
    if is_known:
        stage.record(replace(signed_up(NOON - hours(4)), identities=(BEN,)))
    stage.now += MINUTE
    alone = replace(viewed(NOON, "cup"), identities=(BEN,))
    assert stage.record(request(NOON, ADA, ADDRESS, PHONE), ben_orders(shared), alone) == []
    ben = stage.customer("2")
    assert orders.count(ben) == 1
    assert [view["product_id"] for view in ben["views"]] == ["cup"]
    assert "erased_at" not in ben


def test_what_is_late_of_the_other_one_is_kept_too():
    """Having taken over the number, Ben is nobody who was erased: nothing of his is dropped."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(5)), identities=(ADA, PHONE)))
    stage.now += MINUTE
    stage.record(request(NOON, ADA, PHONE))
    stage.record(ben_orders(PHONE, at=stage.now + MINUTE))
    stage.record(replace(viewed(NOON - hours(1), "cup"), identities=(BEN,)), ben_orders(PHONE))
    assert orders.count(stage.customer("2")) == 2
    assert len(stage.customer("2")["views"]) == 1


def test_the_number_itself_stays_unwritten_to():
    """Whoever was erased reads it too."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(5)), identities=(ADA, PHONE)))
    stage.now += MINUTE
    stage.record(request(NOON, ADA, PHONE), ben_orders(PHONE))
    assert stage.customer("2")["suppressed"]["sms"]["reason"] == "erased"


def test_an_account_of_an_erased_guest_is_the_same_person():
    """The store had no id for who was erased: an event of before that names their address is theirs, whatever id it adds."""
    stage = Stage()
    stage.record(replace(ordered(NOON - hours(2)), identities=(ADDRESS,)))
    stage.now += MINUTE
    stage.record(request(NOON, ADDRESS), replace(signed_up(NOON), identities=(ADA, ADDRESS)))
    assert stage.world.documents.owners([ADA, ADDRESS]) == {}


def test_the_device_of_who_was_erased_does_not_make_another_customer_theirs():
    """Ben signed in on it before the request came, and is told of after it."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(5)), identities=(ADA,)))
    stage.record(viewed(NOON - hours(4), identities=(ADA, LAPTOP), trusted=False))
    stage.now += MINUTE
    visit = viewed(NOON - hours(1), "cup", identities=(LAPTOP,), trusted=False)
    stage.record(request(NOON, ADA), replace(viewed(NOON, "tea"), identities=(BEN, LAPTOP)), visit)
    assert [view["product_id"] for view in stage.customer("2")["views"]] == ["tea"]


def test_a_request_that_comes_again_erases_nobody_who_came_back():
    """Under any of the identities, in a document of their own."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(5)), identities=(ADA, ADDRESS)))
    asked = request(NOON)
    stage.now += MINUTE
    stage.record(asked)
    stage.now += MINUTE
    stage.record(replace(ordered(stage.now), identities=(ADDRESS,)))
    stage.record(asked)
    stage.run_until(stage.now + GRACE + MINUTE)
    owner = stage.world.documents.owners([ADDRESS])[ADDRESS]
    assert orders.count(stage.world.documents.load([owner])[owner]) == 1


def test_a_request_whose_document_was_merged_away_is_carried_out():
    """Guest, account, erased; then the guest's address alone is to be forgotten once more: there is nothing in the way."""
    stage = Stage()
    stage.record(replace(ordered(NOON - hours(5)), identities=(ADDRESS,)))
    stage.record(replace(signed_up(NOON - hours(4)), identities=(ADA,)))
    stage.record(signed_up(NOON - hours(3)))
    stage.now += MINUTE
    stage.record(request(stage.now))
    stage.run_until(stage.now + 2 * GRACE)
    assert stage.record(request(stage.now, ADDRESS)) == []
    mark = stage.world.documents.pointers([ADDRESS])[ADDRESS].mark
    assert mark is not None
    assert mark.at > request(stage.now).received_at.isoformat()[:16]


def test_a_clock_that_lags_ends_the_same():
    """The request was received, elsewhere, a moment later than it is here."""
    stage = Stage()
    stage.record(replace(signed_up(NOON - hours(5)), identities=(ADA, ADDRESS)))
    assert stage.record(request(stage.now + MINUTE)) == []
    assert stage.record(replace(ordered(NOON), received_at=stage.now + MINUTE)) == []
    assert stage.world.documents.owners([ADA, ADDRESS]) == {}
