"""Recording: one effect per event, however often and in whatever company it comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perennial.adapters.memory_data import MemoryDocuments
from perennial.errors import Conflict
from perennial.events import Name
from perennial.folding import orders
from perennial.folding.ring import KEPT
from perennial.people.identities import Identity, Kind
from tests.making import NOON, days, event, hours, ordered, signed_up, unsubscribed, viewed
from tests.stage import Stage

STORE_2 = (Identity(Kind.STORE, "2"), Identity(Kind.EMAIL, "ada@example.com"))


def test_a_webhook_delivered_twice_has_one_effect():
    """One view, one order, one timeline item each."""
    stage = Stage()
    events = [signed_up(NOON), viewed(NOON), ordered(NOON)]
    stage.record(*events)
    before = stage.customer()
    stage.record(*events)
    assert stage.customer() == before
    assert sorted(stage.timeline()) == ["customer_created", "order_completed", "product_viewed"]


def test_create_paid_and_updated_of_one_order_are_one_order():
    """The newest telling counts, whatever came first."""
    stage = Stage()
    created = ordered(NOON, order_id="9")
    paid = {**created.properties["order"], "status": "paid", "updated_at": "2026-03-02T12:05:00.000Z"}
    stage.record(event(Name.ORDER_PAID, NOON + hours(0.1), properties={"order": paid}))
    stage.record(created)
    assert orders.count(stage.customer()) == 1
    assert stage.customer()["orders"][0]["updated_at"] == paid["updated_at"]


def test_a_batch_larger_than_the_ring_that_dies_before_the_timeline_is_not_applied_twice():
    """Ids leave the ring only once their timeline items were read back."""
    stage = Stage()
    batch = [viewed(NOON + hours(n / 60), f"p{n}") for n in range(3 * KEPT)]
    put = stage.world.timeline.add
    stage.world.timeline.add = _die
    with pytest.raises(RuntimeError):
        stage.record(*batch)
    stage.world.timeline.add = put
    later = [viewed(NOON + hours(2 + n / 60), f"q{n}") for n in range(3 * KEPT)]
    stage.record(*later)
    stage.record(*batch)
    assert sorted(stage.timeline()) == ["product_viewed"] * 6 * KEPT
    assert [view["product_id"] for view in stage.customer()["views"]][-1] == f"q{3 * KEPT - 1}"


def test_what_left_the_ring_is_looked_up_also_when_its_time_is_told_differently():
    """A retried call carries another time; the id decides."""
    stage = Stage()
    stage.record(signed_up(NOON), first := ordered(NOON, order_id="old"))
    for n in range(4):
        stage.record(*(viewed(NOON + hours(1 + n), f"{n}-{m}") for m in range(KEPT)))
    assert first.id not in stage.customer()["ids"]
    before = stage.customer()
    stage.record(replace(first, occurred_at=NOON + days(3)))
    assert stage.customer() == before


def _die(*_: object, **__: object) -> None:
    raise RuntimeError("the function died here")


def test_one_bad_event_leaves_the_others_applied():
    """Ninety-nine of a hundred."""
    stage = Stage()
    bad = event(Name.ORDER_COMPLETED, NOON, properties={"order": {"status": "paid"}})
    views = [viewed(NOON + hours(n / 60), f"p{n}") for n in range(20)]
    failures = stage.record(signed_up(NOON), *views[:10], bad, *views[10:])
    assert [failure.event for failure in failures] == [bad]
    assert len(stage.customer()["views"]) == 20
    assert "order_completed" not in stage.timeline()


def test_conflicts_are_settled_inside():
    """Somebody else writes the customer five times in between: nothing is lost, nothing is reported."""
    stage = Stage()
    stage.record(signed_up(NOON))
    documents = _Contended(stage.world.documents, times=5)
    stage.world.documents = documents  # type: ignore[assignment]
    assert stage.record(viewed(NOON)) == []
    assert documents.left == 0
    assert len(stage.customer()["views"]) == 1


class _Contended:
    """Documents that somebody else writes just before the next puts."""

    def __init__(self, inner: MemoryDocuments, times: int) -> None:
        self._inner, self.left = inner, times

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def save(self, customer):
        if self.left:
            self.left -= 1
            (stored,) = self._inner.load([customer["id"]]).values()
            self._inner.save(stored)
            raise Conflict("another version is stored")
        return self._inner.save(customer)


def test_an_address_shared_by_two_store_customers_does_not_join_them():
    """A till's guest address stays with the first; the second is a customer of their own."""
    stage = Stage()
    stage.record(signed_up(NOON), ordered(NOON))
    stage.record(ordered(NOON, identities=STORE_2))
    assert stage.customer("1")["id"] != stage.customer("2")["id"]
    assert orders.count(stage.customer("1")) == orders.count(stage.customer("2")) == 1


def test_a_guest_known_by_address_becomes_the_store_customer_when_the_store_says_so():
    """The e-mail of a signed order and the account made with it later are one person."""
    stage = Stage()
    stage.record(ordered(NOON, identities=(Identity(Kind.EMAIL, "ada@example.com"),)))
    stage.record(signed_up(NOON + hours(1)))
    assert orders.count(stage.customer()) == 1


def test_a_device_is_a_pointer_that_is_learned_with_the_first_known_event():
    """Later views by the device alone are the customer's."""
    stage = Stage()
    device = Identity(Kind.ANONYMOUS, "device")
    stage.record(signed_up(NOON), viewed(NOON, identities=(Identity(Kind.STORE, "1"), device)))
    stage.record(viewed(NOON + hours(1), "cup", identities=(device,), trusted=False))
    assert [view["product_id"] for view in stage.customer()["views"]] == ["tea", "cup"]


def test_a_browser_grants_no_consent_and_changes_no_address():
    """And its order counts for nothing but silence."""
    stage = Stage()
    said = {"email": {"state": "subscribed", "at": "2026-03-02T12:00:00.000Z", "source": "segment"}}
    traits = {"email": "mallory@example.com", "first_name": "Mallory"}
    stage.record(signed_up(NOON, state="unsubscribed"))
    browser = event(
        Name.IDENTIFIED, NOON + hours(1), trusted=False, properties={"traits": traits, "consent": said}
    )
    stage.record(browser, ordered(NOON + hours(1), trusted=False))
    document = stage.customer()
    assert document["consent"]["email"]["state"] == "unsubscribed"
    assert (document["traits"]["email"], document["traits"]["first_name"]) == ("ada@example.com", "Ada")
    assert orders.count(document) == 0


def test_events_before_the_first_publish_are_kept_and_looked_at_afterwards():
    """No release yet: the document wakes the sweep once there is one."""
    from perennial.errors import NotPublished

    stage = Stage()
    shop = stage.world.shop

    def nothing_live():
        raise NotPublished("none")

    stage.world.shop = nothing_live  # type: ignore[assignment]
    stage.record(signed_up(NOON), viewed(NOON))
    stage.world.shop = shop
    stage.run_until(NOON + hours(5))
    assert stage.mails == ["browse"]


def test_an_unsubscribe_between_planning_and_sending_stops_the_message():
    """Consent is exact at the claim."""
    stage = Stage()
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(4)
    stage.sweep()
    stage.record(unsubscribed(stage.now))
    stage.send()
    assert stage.mails == []
    assert stage.customer()["settled"][-1]["reason"] == "no_consent"
