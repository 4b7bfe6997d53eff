"""What leads to a document leads on when it is merged and goes when it is erased, however much of it there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from perennial.events import Event, Name
from perennial.people.identities import Identity, Kind
from perennial.people.merging import GRACE
from perennial.ports.documents import CLAIMED_AT_ONCE
from tests.making import NOON, browse, event, hours, order, ordered, price_drop, shop, signed_up, viewed
from tests.stage import Stage
from tests.unit.test_erasing import ADA, ADDRESS, LAPTOP, MINUTE, request

BEN, CLEO = Identity(Kind.STORE, "2"), Identity(Kind.STORE, "3")
CARTS = tuple(Identity(Kind.CART, f"cart-{number:02d}") for number in range(30))
ORDERS = tuple(Identity(Kind.ORDER, f"o{number:02d}") for number in range(30))


def bought(number: int, *who: Identity) -> Event:
    """Order number so many, with the cart it came from."""
    at = NOON - timedelta(hours=60 - number)
    properties = {"order": order(f"o{number:02d}", at, "tea")}
    identities = (*(who or (ADA, ADDRESS)), CARTS[number], ORDERS[number])
    return event(
        Name.ORDER_COMPLETED, at, properties=properties, identities=identities, id=f"bought-{number}"
    )


def owner(stage: Stage, identity: Identity) -> str | None:
    return stage.world.documents.owners([identity]).get(identity)


@pytest.mark.parametrize("numbers", [range(30), range(29, -1, -1)])
@pytest.mark.parametrize("at_once", [True, False])
def test_thirty_orders_are_let_go_with_their_customer(numbers, at_once):
    """The document has room for twenty of a kind; those that had to make room go too, in whatever order they came."""
    stage = Stage()
    events = [bought(number) for number in numbers]
    for batch in [events] if at_once else [[each] for each in events]:
        assert stage.record(*batch) == []
    customer_id = stage.customer()["id"]
    stage.now += MINUTE
    stage.record(request(stage.now))
    assert stage.world.documents.owners([*CARTS, *ORDERS]) == {}
    stage.run_until(stage.now + GRACE + MINUTE)
    assert stage.world.documents.noted(customer_id) == []
    late = event(Name.ORDER_REFUNDED, NOON, identities=ORDERS[29:], properties={"order_id": "o29"})
    assert stage.record(replace(late, received_at=NOON)) == []
    assert stage.world.documents.owners(ORDERS) == {}


def test_thirty_orders_move_with_their_guest():
    """A guest becomes a customer of the store: every order leads there, and goes when they are erased."""
    stage = Stage()
    stage.record(*(bought(number, ADDRESS) for number in range(30)))
    guest = owner(stage, ADDRESS)
    stage.record(replace(signed_up(NOON), identities=(ADA,)))
    stage.record(signed_up(NOON + MINUTE))
    stage.run_until(NOON + GRACE + 2 * MINUTE)
    customer_id = stage.customer()["id"]
    assert guest != customer_id
    assert {owner(stage, each) for each in (*CARTS, *ORDERS)} == {customer_id}
    assert stage.world.documents.noted(str(guest)) == []
    stage.record(request(stage.now))
    assert stage.world.documents.owners([*CARTS, *ORDERS]) == {}


def test_a_guest_and_a_customer_with_twenty_each():
    """Together they have more than one document has room for."""
    stage = Stage()
    stage.record(*(bought(number, ADDRESS) for number in range(15)))
    stage.record(*(bought(number, ADA) for number in range(15, 30)))
    stage.record(signed_up(NOON + MINUTE))
    stage.now = NOON + 2 * MINUTE
    assert {owner(stage, each) for each in (*CARTS, *ORDERS)} == {stage.customer()["id"]}
    stage.record(request(stage.now))
    assert stage.world.documents.owners([*CARTS, *ORDERS]) == {}


def test_more_new_devices_than_one_transaction_takes():
    """All of them lead to their customer, and go with them."""
    devices = [Identity(Kind.ANONYMOUS, f"device-{number:03d}") for number in range(2 * CLAIMED_AT_ONCE + 20)]
    stage = Stage()
    visits = [viewed(NOON, identities=(ADA, each), trusted=False) for each in devices]
    assert stage.record(*visits) == []
    assert {owner(stage, each) for each in devices} == {stage.customer()["id"]}
    assert len(stage.timeline()) == len(devices)
    stage.now += MINUTE
    stage.record(request(stage.now, ADA))
    assert stage.world.documents.owners(devices) == {}


def test_a_pointer_never_leads_to_a_document_that_was_merged_away_meanwhile():
    """Two carts of Ben's; a guest becomes Cleo, and an order by that guest's address and Ben's carts comes in one batch.

    The carts went to the guest, whose document was frozen since it was read, and nobody could be recognised by them again.
    """
    stage = Stage()
    stage.record(replace(ordered(NOON - hours(5)), identities=(BEN, CARTS[0])))
    stage.record(replace(ordered(NOON - hours(5)), identities=(ADDRESS,)))
    stage.record(replace(viewed(NOON - hours(4)), identities=(CLEO,)))
    cleo = replace(signed_up(NOON - hours(3)), identities=(CLEO, ADDRESS))
    ada = replace(ordered(NOON - hours(2)), identities=(ADA, ADDRESS, CARTS[0]))
    assert stage.record(cleo, ada) == []
    assert owner(stage, CARTS[0]) == stage.customer("1")["id"]
    assert stage.record(replace(ordered(NOON), identities=(CARTS[0],))) == []
    assert stage.timeline() == ["order_completed", "order_completed"]


def test_a_device_is_moved_from_wherever_it_was_left():
    """It still leads to a document that was merged into another one: the next customer on it gets it all the same."""
    stage = Stage()
    stage.record(replace(ordered(NOON - hours(5)), identities=(ADDRESS,)))
    guest = str(owner(stage, ADDRESS))
    stage.record(replace(signed_up(NOON - hours(4)), identities=(ADA,)), signed_up(NOON - hours(3)))
    stage.record(viewed(NOON - hours(2), identities=(ADA, LAPTOP), trusted=False))
    stage.world.documents.point(LAPTOP, stage.customer()["id"], guest)
    assert stage.record(viewed(NOON, identities=(BEN, LAPTOP), trusted=False)) == []
    assert owner(stage, LAPTOP) == stage.customer("2")["id"]


def test_what_still_leads_to_a_tombstone_leads_nowhere():
    """A pointer that came late: whoever is met there next is somebody else, and nothing of the erased goes over."""
    stage = Stage()
    stage.record(signed_up(NOON - hours(5)), viewed(NOON - hours(4), identities=(BEN, LAPTOP), trusted=False))
    ada, ben = stage.customer()["id"], stage.customer("2")["id"]
    stage.now += MINUTE
    stage.record(request(stage.now))
    stage.world.documents.point(LAPTOP, ben, ada)
    stage.now += MINUTE
    assert stage.record(viewed(stage.now, "cup", identities=(CLEO, LAPTOP), trusted=False)) == []
    cleo = stage.customer("3")
    assert owner(stage, LAPTOP) == cleo["id"]
    assert (cleo["suppressed"], "merged_into" in stage.world.documents.load([ada])[ada]) == ({}, False)


def test_feedback_on_somebody_erased_never_reaches_who_came_after():
    """Their device is used by somebody else now; a bounce of theirs closes no channel there."""
    stage = Stage()
    stage.record(signed_up(NOON - hours(5)))
    ada = stage.customer()["id"]
    stage.now += MINUTE
    stage.record(request(stage.now))
    stage.run_until(stage.now + GRACE + MINUTE)
    stage.world.documents.claim(stage.world.documents.load([ada])[ada], [LAPTOP])
    stage.record(viewed(stage.now, identities=(LAPTOP,), trusted=False))
    stage.record(viewed(stage.now, identities=(BEN, LAPTOP), trusted=False))
    told = {"channel": "email", "permanent": True, "detail": ""}
    bounce = event(Name.MESSAGE_BOUNCED, stage.now + MINUTE, identities=(), customer_id=ada, properties=told)
    assert stage.record(bounce) == []
    assert stage.customer("2")["suppressed"] == {}


def test_what_an_erased_customer_watched_is_watched_no_more():
    """By views and by wishes, before and after signing in; what they look at when they come back is."""
    stage = Stage(NOON, shop(browse(), price_drop()))
    wish = event(Name.PRODUCT_WISHED, NOON - hours(3), properties={"product_id": "filter"})
    stage.record(viewed(NOON - hours(6), "kettle", identities=(LAPTOP,), trusted=False))
    stage.record(signed_up(NOON - hours(5)), viewed(NOON - hours(4), "tea", identities=(ADA, LAPTOP)), wish)
    assert watchers(stage) == {"tea": 1, "filter": 1, "kettle": 1, "cup": 0}
    stage.now += MINUTE
    stage.record(request(stage.now))
    assert watchers(stage) == {"tea": 0, "filter": 0, "kettle": 0, "cup": 0}
    stage.now += MINUTE
    stage.record(viewed(stage.now, "cup"))
    stage.run_until(stage.now + GRACE + MINUTE)
    assert watchers(stage) == {"tea": 0, "filter": 0, "kettle": 0, "cup": 1}


def watchers(stage: Stage) -> dict[str, int]:
    return {
        each: len(list(stage.world.watches.of(each, stage.now)))
        for each in ("tea", "filter", "kettle", "cup")
    }
