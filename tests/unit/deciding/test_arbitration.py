"""Frequency caps, priorities, pace, once_per, follow-up steps and the kill switch."""

from __future__ import annotations

from dataclasses import replace

from perennial.campaigns import Step, Wait
from perennial.decide import decide
from perennial.deciding.verdicts import Verdict
from perennial.messaging import outbox
from perennial.messaging.outbox import Status
from perennial.plan import plan
from perennial.shop import Cap
from perennial.times import Span
from tests.making import (
    NOON,
    browse,
    customer,
    days,
    hours,
    ordered,
    replenishment,
    shop,
    signed_up,
    told,
    viewed,
)

TEA = [
    signed_up(NOON - days(61)),
    *(ordered(NOON - days(60 - 30 * n), "tea", order_id=f"a{n}") for n in range(3)),
]
BOTH_DUE = NOON + days(29)  # tea is due, and a visit of four hours ago too
VISIT = viewed(BOTH_DUE - hours(5), "cup")


def sent(document, message, at):
    outbox.claim(document, message, "token", at)
    outbox.settle(document, message, Status.SENT, at)
    return document


def test_the_higher_priority_gets_the_slot_and_the_other_waits_for_the_next():
    """One mail in sixteen hours: replenishment (60) goes, browse (50) is outranked until the slot opens."""
    the_shop = shop(browse(), replenishment())
    decision = decide(customer(*TEA, VISIT), the_shop, BOTH_DUE)
    assert decision.findings["replenishment"].verdict == Verdict.PLANNED
    found = decision.findings["browse"]
    assert (found.verdict, found.facts["campaign"], found.until) == (
        Verdict.OUTRANKED_BY,
        "replenishment",
        BOTH_DUE + hours(16),
    )


def test_with_two_slots_both_go():
    """The cap counts messages, not campaigns."""
    the_shop = shop(browse(), replenishment(), caps={"email": Cap(2, 16)})
    assert len(plan(customer(*TEA, VISIT), the_shop, BOTH_DUE).queue) == 2


def test_what_was_sent_holds_its_slot_for_its_hours():
    """After a mail the next one is capped until sixteen hours later, and then it goes."""
    the_shop = shop(browse(once_per=None), replenishment())
    planned = plan(customer(*TEA, VISIT), the_shop, BOTH_DUE)
    document = sent(planned.customer, planned.queue[0], BOTH_DUE)
    found = decide(document, the_shop, BOTH_DUE + hours(1)).findings["browse"]
    assert (found.verdict, found.until) == (Verdict.CAPPED_UNTIL, BOTH_DUE + hours(16))
    assert decide(document, the_shop, BOTH_DUE + hours(21)).findings["browse"].verdict == Verdict.PLANNED


def test_the_sending_budget_paces_without_dropping():
    """No budget left: the verdict says when it is looked at again, and the document keeps nothing of it."""
    the_shop = shop(replenishment())
    planned = plan(customer(*TEA), the_shop, BOTH_DUE, budget=0)
    assert planned.queue == []
    assert planned.decision.findings["replenishment"].verdict == Verdict.PACED_UNTIL
    assert plan(planned.customer, the_shop, BOTH_DUE + hours(1), budget=1).queue


def test_too_soon_is_judged_at_the_moment_and_never_becomes_later():
    """A visit within once_per of the last mail is dropped; waiting does not bring it back."""
    the_shop = shop(browse())
    first = plan(customer(signed_up(NOON), viewed(NOON)), the_shop, NOON + hours(4))
    document = sent(first.customer, first.queue[0], NOON + hours(4))
    document = told(document, [viewed(NOON + days(2.5))])
    for wait in (hours(4), hours(14), days(2)):
        assert (
            decide(document, the_shop, NOON + days(2.5) + wait).findings["browse"].verdict == Verdict.TOO_SOON
        )


def test_a_second_step_counts_from_the_settling_of_the_first_and_an_order_ends_it():
    """Reminder, four days, incentive; whoever buys in between gets no incentive."""
    steps = (Step("reminder", "email", "a"), Wait(Span(days=4)), Step("incentive", "email", "b"))
    the_shop = shop(browse(steps=steps))
    first = plan(customer(signed_up(NOON), viewed(NOON)), the_shop, NOON + hours(4))
    document = sent(first.customer, first.queue[0], NOON + hours(5))
    waiting = decide(document, the_shop, NOON + days(1))
    assert waiting.findings["browse"].until == NOON + hours(5) + days(4)
    due = decide(document, the_shop, NOON + days(4) + hours(5)).findings["browse"]
    assert (due.verdict, due.facts["step"]) == (Verdict.PLANNED, "incentive")
    bought = told(document, [ordered(NOON + days(2))])
    assert plan(bought, the_shop, NOON + days(5)).queue == []
    assert decide(bought, the_shop, NOON + days(5)).findings["browse"].verdict == Verdict.EXITED_BY


def test_the_kill_switch_holds_back_what_is_not_planned_and_lets_it_go_afterwards():
    """Paused: nothing is queued; resumed within send_by: it goes."""
    the_shop = shop(browse())
    document = customer(signed_up(NOON), viewed(NOON))
    held = plan(document, replace(the_shop, paused=frozenset({"browse"})), NOON + hours(4))
    assert held.queue == []
    assert held.decision.findings["browse"].facts["reason"] == "kill_switch"
    assert len(plan(held.customer, the_shop, NOON + hours(5)).queue) == 1


def test_an_order_cancels_what_is_queued_and_frees_its_slot():
    """The purchase takes the message out of the outbox before any sender sees it."""
    the_shop = shop(browse())
    planned = plan(customer(signed_up(NOON), viewed(NOON)), the_shop, NOON + hours(4))
    after = plan(told(planned.customer, [ordered(NOON + hours(4.1))]), the_shop, NOON + hours(4.2))
    assert after.customer["outbox"] == {}
    assert [each["reason"] for each in after.customer["settled"]] == ["exited_by"]
    assert after.customer["wake_at"] is None
