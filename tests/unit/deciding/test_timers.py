"""What time settles: leases, expiry, doubt, and a late word from the provider."""

from __future__ import annotations

from perennial.apply import apply
from perennial.deciding.verdicts import Verdict
from perennial.events import Name
from perennial.messaging import outbox
from perennial.messaging.outbox import DOUBT, ENQUEUES, LEASE, Status
from perennial.plan import next_look, plan
from perennial.times import Span, moment, stamp
from tests.making import NOON, browse, customer, days, event, hours, shop, signed_up, viewed

SHOP = shop(browse(send_by=Span(days=3)))
DUE = NOON + hours(4)


def queued():
    planned = plan(customer(signed_up(NOON), viewed(NOON)), SHOP, DUE)
    return planned.customer, planned.queue[0]


def sending():
    document, message = queued()
    outbox.claim(document, message, "token", DUE)
    return document, message


def test_a_lost_copy_is_queued_again_when_its_lease_ends_and_leases_double():
    """10, 20, 40 minutes: a sender that is behind is not flooded."""
    document, message = queued()
    assert document["wake_at"] == stamp(DUE + LEASE)
    assert plan(document, SHOP, DUE + LEASE / 2).queue == []
    again = plan(document, SHOP, DUE + LEASE)
    assert again.queue == [message]
    assert again.customer["outbox"][message]["retry_at"] == stamp(DUE + 3 * LEASE)


def test_after_six_copies_it_is_given_up_and_said_so():
    """A message that always kills its sender ends, and is reported."""
    document, message = queued()
    for _ in range(ENQUEUES - 1):
        at = document["wake_at"]
        document = plan(document, SHOP, moment(at)).customer
    last = plan(document, SHOP, moment(document["wake_at"]))
    assert last.undeliverable == [message]
    assert last.customer["settled"][-1]["reason"] == "undeliverable"
    assert last.customer["enrollments"]["browse"][""]["state"] == "ended"


def test_a_copy_past_its_send_by_expires():
    """Even while its lease runs."""
    document, _ = queued()
    after = plan(document, SHOP, DUE + days(3))
    assert (after.queue, after.customer["settled"][-1]["reason"]) == ([], "expired")


def test_no_answer_is_unconfirmed_after_an_hour_counted_for_caps_and_never_sent_again():
    """Its enrollment goes on as if it had been sent."""
    document, _ = sending()
    assert plan(document, SHOP, DUE + DOUBT / 2).customer["outbox"]
    after = plan(document, SHOP, DUE + DOUBT)
    assert after.customer["settled"][-1]["status"] == Status.UNCONFIRMED
    assert after.queue == []
    assert after.decision.findings["browse"].verdict == Verdict.UNCONFIRMED
    another = apply(after.customer, viewed(DUE - hours(1), "cup"))
    capless = shop(browse(once_per=None))
    assert (
        plan(another, capless, DUE + hours(3.5)).decision.findings["browse"].verdict == Verdict.CAPPED_UNTIL
    )


def test_the_providers_word_settles_it_whenever_it_comes():
    """While sending, while queued, and a day after it was given up as unconfirmed."""
    for document, message in (queued(), sending()):
        told = apply(document, _send_event(message, DUE + hours(1)))
        assert (told["outbox"], told["settled"][-1]["status"]) == ({}, Status.SENT)
    document, message = sending()
    late = apply(plan(document, SHOP, DUE + DOUBT).customer, _send_event(message, DUE + days(1)))
    assert late["settled"][-1]["status"] == Status.SENT


def test_a_new_event_cannot_wipe_a_lease():
    """The earlier of the timers and the next decision wakes."""
    document, _ = queued()
    seen = plan(apply(document, event("wishlist_shared", DUE + hours(0.01))), SHOP, DUE + hours(0.01))
    assert seen.customer["wake_at"] == stamp(DUE + LEASE)
    assert next_look(seen.customer, DUE) == stamp(DUE)


def test_record_never_moves_the_index_key_later():
    """A later visit postpones the mail, but only the sweep moves the key."""
    first = plan(customer(signed_up(NOON), viewed(NOON)), SHOP, NOON, may_postpone=False).customer
    later = plan(apply(first, viewed(NOON + hours(1))), SHOP, NOON + hours(1), may_postpone=False).customer
    assert first["wake_at"] == later["wake_at"] == stamp(DUE)
    assert plan(later, SHOP, DUE).customer["wake_at"] == stamp(NOON + hours(5))


def _send_event(message, at):
    return event(Name.MESSAGE_SENT, at, properties={"message_id": message, "provider_id": "p"})
