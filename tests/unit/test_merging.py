"""Two documents, one person: merged exactly once, and never two persons into one."""

from __future__ import annotations

from dataclasses import replace

from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from perennial.people.merging import GRACE
from perennial.recording import VISITOR_EVENTS
from tests.making import NOON, days, hours, ordered, signed_up, unsubscribed, viewed
from tests.stage import Stage

DEVICE, PHONE_DEVICE = Identity(Kind.ANONYMOUS, "laptop"), Identity(Kind.ANONYMOUS, "mobile")
CART = Identity(Kind.CART, "k1")
ADA, BEN = Identity(Kind.STORE, "1"), Identity(Kind.STORE, "2")
ADDRESS = Identity(Kind.EMAIL, "ada@example.com")


def visit(at, *identities, product="tea"):
    return viewed(at, product, identities=identities, trusted=False)


def owner(stage, identity):
    return stage.world.documents.owners([identity]).get(identity)


def products(stage, store_id="1"):
    return [view["product_id"] for view in stage.customer(store_id)["views"]]


def test_what_was_browsed_before_signing_in_counts_for_the_browse_mail_after_it():
    """The visit by device alone is the customer's once both are seen together."""
    stage = Stage()
    stage.record(signed_up(NOON - days(1)))
    stage.record(visit(NOON, DEVICE))
    stage.record(visit(NOON + hours(0.1), DEVICE, ADA, product="cup"))
    assert products(stage) == ["tea", "cup"]
    stage.run_until(NOON + hours(5))
    assert stage.mails == ["browse"]
    assert owner(stage, DEVICE) == stage.customer()["id"]


def test_a_first_known_event_takes_the_visit_with_it_in_one_batch():
    """Nobody was stored before: visitor and customer begin in the same batch."""
    stage = Stage()
    stage.record(visit(NOON, DEVICE), replace(signed_up(NOON), identities=(ADA, ADDRESS, DEVICE)))
    assert products(stage) == ["tea"]
    assert sorted(stage.timeline()) == ["customer_created", "product_viewed"]


def test_two_customers_on_one_device_stay_two():
    """The second one has the device from then on; nothing of the first goes over."""
    stage = Stage()
    stage.record(signed_up(NOON), visit(NOON, ADA, DEVICE))
    stage.record(visit(NOON + hours(1), BEN, DEVICE, product="cup"))
    stage.record(visit(NOON + hours(2), DEVICE, product="filter"))
    assert products(stage, "1") == ["tea"]
    assert products(stage, "2") == ["cup", "filter"]


def test_two_customers_on_one_device_stay_two_also_when_both_begin_in_one_batch():
    """Nothing is stored of either yet; the device alone never joins them."""
    for pointer in (DEVICE, CART):
        stage = Stage()
        stage.record(visit(NOON, ADA, pointer), visit(NOON + hours(1), BEN, pointer, product="cup"))
        assert products(stage, "1") == ["tea"]
        assert products(stage, "2") == ["cup"]


def test_one_customer_on_two_devices_becomes_one():
    """Each device brings its visit."""
    stage = Stage()
    stage.record(visit(NOON, DEVICE), visit(NOON + hours(1), PHONE_DEVICE, product="cup"))
    stage.record(visit(NOON + hours(2), ADA, DEVICE, product="filter"))
    stage.record(visit(NOON + hours(3), ADA, PHONE_DEVICE, product="tea"))
    assert products(stage) == ["tea", "cup", "filter", "tea"]
    assert owner(stage, DEVICE) == owner(stage, PHONE_DEVICE) == stage.customer()["id"]


def test_a_guest_and_a_store_customer_with_the_same_address_are_one_when_the_store_says_so():
    """An account known by id, a guest order by address, then a signed event with both."""
    stage = Stage()
    stage.record(visit(NOON, ADA))
    stage.record(ordered(NOON + hours(1), identities=(ADDRESS,)))
    assert orders.count(stage.customer()) == 0
    stage.record(signed_up(NOON + hours(2)))
    assert orders.count(stage.customer()) == 1
    assert owner(stage, ADDRESS) == stage.customer()["id"]


def test_a_browser_never_merges_a_guest_with_an_address():
    """Without trust the two stay apart."""
    stage = Stage()
    stage.record(visit(NOON, ADA), ordered(NOON, identities=(ADDRESS,)))
    stage.record(visit(NOON + hours(1), ADA, ADDRESS))
    assert orders.count(stage.customer()) == 0


def test_a_no_given_as_a_guest_is_kept():
    """Consent merges to the stricter, whatever was said later elsewhere."""
    stage = Stage()
    guest = replace(unsubscribed(NOON), identities=(ADDRESS,))
    stage.record(guest)
    stage.record(replace(signed_up(NOON + hours(1)), identities=(ADA,)))
    stage.record(ordered(NOON + hours(2), identities=(ADA, ADDRESS)))
    assert stage.customer()["consent"]["email"]["state"] == "unsubscribed"


def test_a_till_guest_address_that_many_customers_share_recognises_nobody():
    """The twenty-first sharer quarantines it: orders by it alone go to no customer, and nobody is merged."""
    stage = Stage()
    till = Identity(Kind.EMAIL, "guest@till.example")
    for n in range(23):
        stage.record(ordered(NOON, identities=(Identity(Kind.STORE, f"s{n}"), till)))
    first = stage.customer("s0")
    assert orders.count(first) == 1
    stage.record(ordered(NOON + hours(1), identities=(till,)))
    assert orders.count(stage.customer("s0")) == 1
    assert len({stage.customer(f"s{n}")["id"] for n in range(23)}) == 23


def test_after_the_grace_nothing_is_left_in_the_frozen_document():
    """What arrived late is copied a second time, and only the way to the customer stays."""
    stage = Stage()
    stage.record(visit(NOON, DEVICE))
    visitor = owner(stage, DEVICE)
    stage.record(signed_up(NOON), visit(NOON, ADA, DEVICE, product="cup"))
    frozen = stage.world.documents.load([visitor])[visitor]
    assert (frozen["merged_into"], frozen.get("folded")) == (stage.customer()["id"], None)
    late = stage.world.timeline.read(visitor)[0]
    stage.world.timeline.add({visitor: [{**late, "id": "late"}]})
    stage.run_until(stage.now + GRACE)
    folded = stage.world.documents.load([visitor])[visitor]
    assert folded["folded"] is True
    assert (folded["views"], folded["wake_at"]) == ([], None)
    assert (
        len([item for item in stage.world.timeline.read(stage.customer()["id"]) if item["id"] == "late"]) == 1
    )


def test_a_duplicate_of_what_the_visitor_did_has_no_effect_after_the_merge():
    """Its ids were carried along."""
    stage = Stage()
    first = visit(NOON, DEVICE)
    stage.record(first)
    stage.record(signed_up(NOON), visit(NOON, ADA, DEVICE, product="cup"))
    before = stage.customer()
    stage.record(first)
    assert {**stage.customer(), "version": 0} == {**before, "version": 0}


def test_feedback_on_a_guest_finds_the_customer_they_became():
    """The provider names the document it was sent for; it leads on."""
    from perennial.events import Name
    from tests.making import event

    stage = Stage()
    stage.record(ordered(NOON, identities=(ADDRESS,)))
    guest = owner(stage, ADDRESS)
    stage.record(visit(NOON, ADA))
    stage.record(signed_up(NOON + hours(1)))
    bounce = {"permanent": True, "channel": "email"}
    told = event(Name.MESSAGE_BOUNCED, NOON + hours(2), identities=(), customer_id=guest, properties=bounce)
    stage.record(told)
    assert stage.customer()["suppressed"]["email"]["reason"] == "bounce"


def test_a_visitor_takes_at_most_two_hundred_events():
    """Whoever floods a device id costs a bounded document, and a sign-in frees the customer of the bound."""
    stage = Stage()
    for n in range(5):
        stage.record(*(visit(NOON + hours(n) + hours(m / 60), DEVICE, product=f"{n}-{m}") for m in range(50)))
    visitor = owner(stage, DEVICE)
    assert len(stage.world.timeline.read(visitor)) == VISITOR_EVENTS
    stage.record(signed_up(NOON), visit(NOON + hours(9), ADA, DEVICE, product="cup"))
    assert products(stage)[-1] == "cup"


def test_a_guests_message_is_not_sent_a_second_time_after_the_merge():
    """Sent to the guest: the customer's own browse message of that visit is not planned again."""
    stage = Stage()
    guest_signed_up = replace(signed_up(NOON), identities=(ADDRESS,))
    stage.record(guest_signed_up, viewed(NOON, identities=(ADDRESS,)))
    stage.record(visit(NOON - days(9), ADA))
    stage.run_until(NOON + hours(5))
    assert stage.mails == ["browse"]
    stage.record(signed_up(NOON + hours(6)))
    stage.run_until(NOON + days(5))
    assert stage.mails == ["browse"]


def test_a_guests_queued_message_is_dropped_and_planned_anew_for_the_customer():
    """One mail in the end, under the customer's own id."""
    stage = Stage()
    stage.record(replace(signed_up(NOON), identities=(ADDRESS,)), viewed(NOON, identities=(ADDRESS,)))
    stage.record(visit(NOON - days(9), ADA))
    stage.now = NOON + hours(4)
    stage.sweep()
    copies = stage.queued()
    stage.record(replace(signed_up(NOON + hours(4.1)), identities=(ADA, ADDRESS)))
    stage.send(copies)
    stage.run_until(NOON + hours(6))
    assert stage.mails == ["browse"]
    assert stage.world.mailer.sent[0].tags["customer_id"] == stage.customer()["id"]
