"""Events of one batch that speak of the same identities: it ends as if they had come one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from perennial.people.identities import Identity, Kind
from perennial.people.resolving import resolve
from tests.making import NOON, ordered, viewed
from tests.stage import Stage

ADDRESS, TILL = Identity(Kind.EMAIL, "family@example.com"), Identity(Kind.ANONYMOUS, "till")
ADA, BEN = (Identity(Kind.STORE, each) for each in "12")


def bought(name: str, *who: Identity):
    return replace(ordered(NOON, order_id=name), id=name, identities=who)


def test_two_customers_with_one_address_stay_two_though_both_are_new():
    """The store tells them apart; the address is the first one's."""
    stage = Stage()
    assert stage.record(bought("a", ADA, ADDRESS), bought("b", BEN, ADDRESS)) == []
    assert (stage.customer("1")["identities"]["store"], stage.customer("2")["identities"]["store"]) == (
        ["1"],
        ["2"],
    )
    assert stage.world.documents.owners([ADDRESS]) == {ADDRESS: stage.customer("1")["id"]}


def test_a_guest_becomes_the_first_customer_who_has_the_address_and_not_the_second_too():
    """The guest's order is the first one's."""
    stage = Stage()
    stage.record(bought("g", ADDRESS))
    assert stage.record(bought("a", ADA, ADDRESS), bought("b", BEN, ADDRESS)) == []
    assert {each["id"] for each in stage.customer("1")["orders"]} == {"g", "a"}
    assert {each["id"] for each in stage.customer("2")["orders"]} == {"b"}


def test_forty_customers_at_one_till_are_recorded_in_one_go():
    """However many rounds it takes, while each gets some of them further; the device is the last one's."""
    stage, told = Stage(), []
    for n in range(40):
        who = (Identity(Kind.STORE, f"c{n}"), TILL)
        at = NOON + timedelta(seconds=n)
        told.append(replace(viewed(at, "tea"), id=f"v{n}", identities=who, received_at=at))
    assert stage.record(*told) == []
    assert stage.world.documents.owners([TILL]) == {TILL: stage.customer("c39")["id"]}


def test_a_visitor_who_signs_in_within_the_batch_begins_as_the_customer():
    """Nothing has to wait or to be merged: one document."""
    stage = Stage()
    seen = replace(viewed(NOON, "tea"), id="v", identities=(TILL,))
    told = [seen, replace(seen, id="w", identities=(ADA, TILL))]
    resolution = resolve(told, stage.world.documents, stage.world.identity_keys)
    assert ([len(each.events) for each in resolution.groups], resolution.waiting) == ([2], [])
