"""The way through the steps: waits, branches, exits, offers, variants, and the best channel."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from perennial.campaigns import Experiment
from perennial.decide import decide
from perennial.deciding.look import Look
from perennial.deciding.steps import Branch, Step, Stop, Wait
from perennial.deciding.verdicts import Verdict
from perennial.deciding.walking import ends, next_time, rest_after
from perennial.messaging import outbox
from perennial.messaging.channels import answered_at
from perennial.messaging.outbox import Status
from perennial.plan import plan
from perennial.shop import Cap
from perennial.times import Span, moment, stamp
from tests.making import NOON, browse, customer, days, event, hours, ordered, shop, signed_up, told, viewed

DUE = NOON + hours(4)
HELLO, THEN, ELSE, LAST = (Step(name, "email", "browse/first") for name in ("hello", "then", "else", "last"))
HAS_COUNTRY = ["get", ["name", "customer"], "country"]
BRANCH = Branch("if then else", HAS_COUNTRY, (Wait(Span(days=3)), THEN), (ELSE,))
STEPS = (HELLO, Wait(Span(days=2)), BRANCH, Wait(Span(days=4)), LAST)
CAPLESS = {"email": Cap(9, 1)}


def entered(*steps, **fields):
    """Somebody who got the first message at DUE; and the shop."""
    the_shop = shop(browse(steps=steps, **fields), caps=CAPLESS)
    return went(plan(customer(signed_up(NOON - days(1)), viewed(NOON)), the_shop, DUE), DUE), the_shop


def went(planned, at):
    document = planned.customer
    for message in planned.queue:
        outbox.claim(document, message, "token", at)
        outbox.settle(document, message, Status.SENT, at)
    return document


def step_at(document, the_shop, at):
    """The id of the message planned then."""
    (entry,) = plan(document, the_shop, at).customer["outbox"].values()
    return entry["step"]


def test_a_branch_takes_then_or_else_when_it_is_reached():
    """After the waits before it, by what is true at that time."""
    document, the_shop = entered(*STEPS)
    waiting = decide(document, the_shop, DUE + days(1)).findings["browse"]
    assert (waiting.facts["step"], waiting.until) == ("if then else", DUE + days(2))
    assert step_at(document, the_shop, DUE + days(2)) == "else"
    moved = told(document, [signed_up(DUE + days(1), country="DE")])
    assert decide(moved, the_shop, DUE + days(2)).findings["browse"].until == DUE + days(5)
    assert step_at(moved, the_shop, DUE + days(5)) == "then"


def test_a_branch_once_taken_is_kept():
    """Who moves while waiting inside a branch stays on its way."""
    document, the_shop = entered(*STEPS)
    moved = told(document, [signed_up(DUE + days(1), country="DE")])
    inside = plan(moved, the_shop, DUE + days(2)).customer
    inside["traits"].pop("country")
    assert step_at(inside, the_shop, DUE + days(5)) == "then"


def test_both_ways_go_on_behind_the_branch():
    """Waits there count from the message inside it."""
    document, the_shop = entered(*STEPS)
    at = DUE + days(2)
    later = went(plan(document, the_shop, at), at)
    assert decide(later, the_shop, at + days(1)).findings["browse"].until == at + days(4)
    assert step_at(later, the_shop, at + days(4)) == "last"


def test_an_exit_step_ends_the_campaign_with_its_reason():
    """The explanation shows it."""
    document, the_shop = entered(HELLO, Branch("if", HAS_COUNTRY, (LAST,), (Stop("nowhere to go"),)))
    ended = plan(document, the_shop, DUE + hours(1))
    assert ended.customer["enrollments"]["browse"][""]["state"] == "ended"
    found = ended.decision.findings["browse"]
    assert (found.verdict, found.facts["reason"]) == (Verdict.EXITED_BY, "nowhere to go")


def test_a_branch_may_stand_before_the_first_message():
    """It is decided anew until a message is planned; an exit there means that nobody enters."""
    branch = Branch("if", HAS_COUNTRY, (LAST,), (Stop("no country"),))
    the_shop = shop(browse(steps=(branch,)))
    nobody = customer(signed_up(NOON - days(1)), viewed(NOON))
    assert decide(nobody, the_shop, DUE).findings["browse"].facts["reason"] == "no country"
    assert plan(nobody, the_shop, DUE).customer["enrollments"] == {}
    somebody = customer(signed_up(NOON - days(1), country="DE"), viewed(NOON))
    assert step_at(somebody, the_shop, DUE) == "last"


def test_an_offer_and_a_variant_go_along_to_the_outbox():
    """The variant is the same in the enrollment and in each of its messages."""
    tried = Experiment(variants={"plain": 0.5, "bundle": 0.5})
    steps = (
        Step("hello", "email", {"plain": "browse/first", "bundle": "winback/first"}),
        Wait(Span(days=1)),
        LAST,
    )
    document, the_shop = entered(*steps, experiment=tried)
    variant = document["enrollments"]["browse"][""]["variant"]
    (entry,) = plan(document, the_shop, DUE + days(1)).customer["outbox"].values()
    assert variant in {"plain", "bundle"}
    assert entry["variant"] == document["settled"][0]["variant"] == variant


def test_what_follows_a_step():
    """Inside a branch the rest of its way comes first; an unknown id leads nowhere."""
    assert rest_after(STEPS, "hello") == STEPS[1:]
    assert rest_after(STEPS, "then") == rest_after(STEPS, "else") == STEPS[3:]
    assert rest_after(STEPS, "last") == ()
    assert rest_after(STEPS, "gone") is None


def look(document=None, now=NOON):
    return Look(document or customer(signed_up(NOON, timezone="Europe/Berlin")), shop(), now)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("wait", "begins", "over"),
    [
        (Wait(Span(days=1)), "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00"),  # a day of 23 hours
        (Wait(Span(seconds=86400)), "2026-03-28T12:00+01:00", "2026-03-29T13:00+02:00"),  # 24 hours
        (Wait(Span(days=1)), "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00"),  # a day of 25 hours
        (Wait(Span(days=1)), "2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00"),  # 02:30 is skipped: an hour later
        (Wait(Span(days=1)), "2026-10-24T02:30+02:00", "2026-10-25T02:30+02:00"),  # comes twice: the first
        (Wait(Span(days=7)), "2026-12-28T12:00+01:00", "2027-01-04T12:00+01:00"),
        (Wait(Span(days=365)), "2028-02-29T12:00+01:00", "2029-02-28T12:00+01:00"),
        (Wait(clock="18:00"), "2026-03-02T12:00+01:00", "2026-03-02T18:00+01:00"),
        (Wait(clock="18:00"), "2026-03-02T18:00+01:00", "2026-03-02T18:00+01:00"),  # it shows it now
        (Wait(clock="18:00"), "2026-03-02T18:01+01:00", "2026-03-03T18:00+01:00"),
        (Wait(clock="02:30"), "2026-03-28T12:00+01:00", "2026-03-29T03:30+02:00"),
        (Wait(clock="02:30"), "2026-10-24T12:00+02:00", "2026-10-25T02:30+02:00"),
        (Wait(clock="02:30"), "2026-10-25T02:45+02:00", "2026-10-26T02:30+01:00"),  # the second does not count
        (Wait(clock="18:00"), "2026-10-24T19:00+02:00", "2026-10-25T18:00+01:00"),
        (Wait(clock="09:00", weekday=0), "2026-03-02T08:00+01:00", "2026-03-02T09:00+01:00"),  # a Monday
        (Wait(clock="09:00", weekday=0), "2026-03-02T09:01+01:00", "2026-03-09T09:00+01:00"),
        (Wait(clock="09:00", weekday=6), "2026-03-02T08:00+01:00", "2026-03-08T09:00+01:00"),
        (Wait(clock="09:00", weekday=6), "2026-03-23T08:00+01:00", "2026-03-29T09:00+02:00"),
    ],
)  # fmt: skip
def test_waits_are_counted_on_the_customers_clock(wait, begins, over):
    """Through both changes of the clocks, in Berlin."""
    assert ends(wait, at(begins), look(), {}) == at(over)


def test_an_unknown_zone_is_on_the_shops_clock():
    """Neither a missing zone nor nonsense stops anybody's campaign; the shop of the tests is in London."""
    for zone in ({}, {"timezone": "Mars/Olympus"}, {"timezone": "../etc/passwd"}, {"timezone": ""}):
        found = ends(Wait(clock="18:00"), NOON, look(customer(signed_up(NOON, **zone))), {})
        assert found == at("2026-03-02T18:00+00:00")


def test_until_predicted_is_the_triggers_forecast_where_it_made_one():
    """The moment it expects; one that has passed makes no wait."""
    wait, facts = Wait(predicted=True), {"expected_at": stamp(NOON + days(9))}
    assert ends(wait, NOON, look(), facts) == NOON + days(9)
    assert ends(wait, NOON + days(10), look(), facts) == NOON + days(10)


def test_until_predicted_is_else_the_next_order():
    """By the customer's own rhythm, thirty days here, given that some have passed."""
    bought = customer(*(ordered(NOON - days(gap), order_id=str(gap)) for gap in (95, 65, 35, 5)))
    expected = ends(Wait(predicted=True), NOON, look(bought), {})
    assert NOON + days(20) < expected < NOON + days(35)
    assert ends(Wait(predicted=True), NOON, look(), {}) == NOON  # nothing was bought: no wait


def test_a_time_of_day_is_found_in_every_zone():
    """Also where the date differs from ours."""
    for zone in ("Pacific/Kiritimati", "Pacific/Marquesas", "America/Los_Angeles"):
        document = customer(signed_up(NOON, timezone=zone))
        found = next_time(NOON, "09:00", None, look(document).zone)
        assert found.astimezone(look(document).zone).strftime("%H:%M") == "09:00"
        assert NOON <= found < NOON + days(1)


BEST = (Step("hello", "best", "browse/first"),)


def reachable(*events):
    """By e-mail and SMS."""
    document = customer(signed_up(NOON - days(30), phone="+4915112345678"), viewed(NOON), *events)
    document["consent"]["sms"] = document["consent"]["email"]
    return document


def channel(document):
    (entry,) = plan(document, shop(browse(steps=BEST)), DUE).customer["outbox"].values()
    return entry["channel"]


def test_best_is_where_the_customer_last_answered():
    """By a click; e-mail where they never did."""
    assert channel(reachable()) == "email"
    document = reachable()
    document["engagement"] = {
        "email": {"clicked_at": stamp(NOON - days(9))},
        "sms": {"clicked_at": stamp(NOON - days(2))},
    }
    assert channel(document) == "sms"


def test_best_is_among_the_channels_that_are_open():
    """Consent, suppression, address, and a template that speaks it."""
    document = reachable()
    document["engagement"] = {"sms": {"clicked_at": stamp(NOON - days(2))}}
    document["suppressed"]["sms"] = {"reason": "complaint", "at": stamp(NOON)}
    assert channel(document) == "email"
    document = reachable()
    document["consent"]["email"] = {**document["consent"]["email"], "state": "unsubscribed"}
    assert channel(document) == "sms"


def test_an_order_soon_after_a_message_is_an_answer_on_its_channel():
    """It counts for the last message before it, within five days."""
    document, _ = entered(HELLO)
    assert answered_at(told(document, [ordered(DUE + days(2))]), "email") == stamp(DUE + days(2))
    assert answered_at(told(document, [ordered(DUE + days(6))]), "email") == ""
    assert answered_at(told(document, [ordered(DUE - days(1))]), "email") == ""
    assert answered_at(told(document, [ordered(DUE + days(2))]), "sms") == ""


def test_what_is_remembered_of_a_wait_does_not_change_from_look_to_look():
    """Once it is written down a later look writes nothing."""
    document, the_shop = entered(*STEPS)
    first = plan(document, the_shop, DUE + days(1))
    assert first.changed
    assert not plan(first.customer, the_shop, DUE + days(1.5)).changed
    assert first.customer["enrollments"]["browse"][""]["awaits"]["at"] == stamp(DUE + days(2))
    unrelated = told(first.customer, [event("wishlist_shared", DUE + days(1.5))])
    assert moment(plan(unrelated, the_shop, DUE + days(1.5)).customer["wake_at"] or "") == DUE + days(2)
