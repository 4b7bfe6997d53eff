"""Campaigns that a named event starts."""

from __future__ import annotations

from perennial.decide import decide
from perennial.deciding.moves import Send
from perennial.deciding.verdicts import Verdict
from perennial.times import Span, stamp
from tests.making import NOON, campaign, customer, days, event, hours, ordered, shop, signed_up

AFTER_TWO_HOURS = campaign("workshop", "event", {"name": "workshop_booked", "after": Span(seconds=7200)})
SHOP = shop(AFTER_TWO_HOURS)


def booked(at):
    return event("workshop_booked", at, properties={"seats": 2})


def test_it_is_due_after_the_event():
    """One message, keyed by the event's id, with what its trusted sender gave."""
    happened = booked(NOON)
    told = customer(signed_up(NOON), happened)
    waiting = decide(told, SHOP, NOON + hours(1))
    assert (waiting.findings["workshop"].verdict, waiting.wake) == (Verdict.WAITING_UNTIL, NOON + hours(2))
    [move] = decide(told, SHOP, NOON + hours(2)).moves
    assert isinstance(move, Send)
    assert move.occurrence.key == happened.id
    facts = {"event": "workshop_booked", "at": stamp(NOON), "details": {"seats": 2}}
    assert move.occurrence.facts == facts


def test_when_it_happens_again_the_newer_time_counts():
    """In whatever order the two arrive."""
    for events in ([booked(NOON), booked(NOON + hours(1))], [booked(NOON + hours(1)), booked(NOON)]):
        decision = decide(customer(signed_up(NOON), *events), SHOP, NOON + hours(2))
        assert decision.wake == NOON + hours(3)


def test_another_event_starts_nothing():
    """The reason names what was waited for."""
    found = decide(customer(signed_up(NOON), event("seat_taken", NOON)), SHOP, NOON + days(1)).findings[
        "workshop"
    ]
    assert (found.verdict, found.facts["event"]) == (Verdict.NOT_TRIGGERED, "workshop_booked")


def test_an_order_afterwards_ends_it():
    """As for any campaign that does not say otherwise."""
    told = customer(signed_up(NOON), booked(NOON), ordered(NOON + hours(1)))
    assert decide(told, SHOP, NOON + hours(2)).findings["workshop"].verdict == Verdict.EXITED_BY
