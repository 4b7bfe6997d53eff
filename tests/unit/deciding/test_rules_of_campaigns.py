"""The eight rules of the campaign language, each by name: one class for each, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perennial.campaigns import HOLDOUT, Experiment, Mode, campaign_from
from perennial.decide import decide
from perennial.deciding.steps import Step, Wait
from perennial.deciding.verdicts import Verdict
from perennial.events import Line, Name
from perennial.gates import GATES
from perennial.insight.bundles import Bundle
from perennial.insight.lifecycle import reclassify
from perennial.insight.loyalty import Loyalty, Tier
from perennial.insight.standing import Rfm
from perennial.insight.tables import Tables
from perennial.messaging import outbox
from perennial.messaging.outbox import Status, message_id
from perennial.plan import plan
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import compile_campaign
from perennial.shop import Cap
from perennial.times import Span, moment, stamp
from perennial.triggers import TRIGGERS
from perennial.triggers.occurrence import Nothing
from tests.making import (
    NOON,
    SINCE,
    browse,
    campaign,
    customer,
    days,
    event,
    hours,
    order,
    ordered,
    replenishment,
    shop,
    signed_up,
    told,
    unsubscribed,
    viewed,
)

TWO_STEPS = (
    Step("first", "email", "browse/first"),
    Wait(Span(days=2)),
    Step("second", "email", "browse/first"),
)
VISIT = (signed_up(NOON - days(1)), viewed(NOON))
DUE = NOON + hours(4)
SEND = {"send": "email", "id": "first", "template": "browse/first"}
EVERY_HOUR = {"email": Cap(1, 1)}


def sent(planned, at):
    """The document once all that was queued went out."""
    document = planned.customer
    for message in planned.queue:
        outbox.claim(document, message, "token", at)
        outbox.settle(document, message, Status.SENT, at)
    return document


def verdict(document, the_shop, at, name="browse"):
    return decide(document, the_shop, at).findings[name]


def cart(name, token, at=NOON):
    state = {
        "token": token,
        "at": stamp(at),
        "lines": [Line(product_id="tea", quantity=1, price=900)],
        "currency": "GBP",
    }
    return event(name, at, properties={"cart": state})


def named(name, event_id, **properties):
    return replace(event(name, NOON, properties=properties), id=event_id)


MAILS: list[Any] = [
    {
        "id": str(n),
        "status": "sent",
        "channel": "email",
        "marketing": True,
        "at": stamp(NOON + days(n)),
        "campaign": "x",
    }
    for n in range(1, 9)
]
FULFILLED: dict[str, Any] = {"order": {**order("o7", NOON), "fulfilled_at": stamp(NOON)}}
KEYS: dict[str, tuple[dict[str, Any], list[Any], str]] = {  # kind: its parameters, what happened, and the key
    "account_change": ({"fields": ["country"]}, [signed_up(NOON - days(9), country="DE"), signed_up(NOON, country="AT")],
                       f"country:{stamp(NOON)}"),
    "anniversary": ({}, [ordered(NOON - days(365))], "2026"),
    "back_in_stock": ({}, [named(Name.PRODUCT_RESTOCKED, "e1", product_id="tea")], f"tea:{stamp(NOON)}"),
    "birthday": ({}, [signed_up(NOON, birthday="1990-05-05")], "2026"),
    "browse": ({}, [viewed(NOON), viewed(NOON + hours(0.4), "cup")], stamp(NOON)),
    "bundle": ({}, [ordered(NOON - days(30), "tea")], "breakfast:2026-01-31"),
    "cart": ({}, [cart(Name.CART_UPDATED, "t1")], "t1"),
    "cart_on_request": ({}, [cart(Name.CART_UPDATED, "t1"), named(Name.CART_REQUESTED, "e2")], "e2"),
    "checkout": ({}, [cart(Name.CHECKOUT_STARTED, "t2")], "t2"),
    "cross_sell": ({}, [ordered(NOON, order_id="o7")], "o7"),
    "event": ({"name": "workshop_booked"}, [named("workshop_booked", "e3")], "e3"),
    "group": ({"enters": "At risk"}, [signed_up(NOON)], "At risk:2026-02-28"),
    "loyalty_enrolment": ({"orders": 2}, [ordered(NOON - days(60)), ordered(NOON - days(30))], "enrolment:2026-01-31"),
    "opt_in": ({}, [signed_up(NOON)], f"email:{stamp(NOON)}"),
    "post_purchase": ({}, [ordered(NOON, order_id="o7")], "o7"),
    "price_drop": ({}, [named(Name.PRICE_DROPPED, "e4", product_id="tea", was=900, price=500, currency="GBP")],
                   f"tea:{stamp(NOON)}"),
    "referral_invitation": ({}, [ordered(NOON - days(60)), ordered(NOON - days(30))], "invitation:2026-01-31"),
    "referral_reward": ({}, [named(Name.CUSTOMER_REFERRED, "e6", code="REF-1")], "e6"),
    "replenishment": ({}, [ordered(NOON - days(60)), ordered(NOON - days(30))], "tea:2026-01-31"),
    "review": ({}, [event(Name.ORDER_FULFILLED, NOON, properties=FULFILLED)], "o7"),
    "scheduled": ({"on": "2026-11-27"}, [signed_up(NOON)], "2026-11-27"),
    "segment": ({"enters": "buyers"}, [signed_up(NOON - hours(1)), ordered(NOON)], "buyers:2026-03-02"),
    "stage": ({"enters": "development"}, [ordered(NOON - days(3))], "development:2026-02-27"),
    "subscription_offer": ({"times": 2}, [ordered(NOON - days(60)), ordered(NOON - days(30))], "tea:2026-01-31"),
    "sunset": ({}, [signed_up(NOON)], stamp(NOON)),
    "tier": ({}, [ordered(NOON - days(30)), ordered(NOON - days(9))], "leaf:2026-02-21"),
    "visit_summary": ({}, [viewed(NOON - hours(0.1)), named(Name.VISIT_SUMMARY_REQUESTED, "e5")], "e5"),
    "welcome": ({}, [signed_up(NOON - days(9)), unsubscribed(NOON - days(5)), signed_up(NOON)], "email:2"),
    "winback": ({}, [ordered(NOON, order_id="o7")], "o7"),
}  # fmt: skip


AT_RISK = Rfm(
    recency=2, frequency=4, monetary=4, group="At risk", since=stamp(NOON - days(2)), previous="Loyal"
)


def whole_shop():
    """With everything that a key may come from."""
    bought = ["compare", ["get", ["name", "customer"], "orders_count"], [[">=", ["const", 1]]]]
    return replace(
        shop(double_opt_in=("email",), tables=Tables(related={"tea": ("cup",)})),
        loyalty=Loyalty((Tier("leaf", "Leaf", 1500),)),
        bundles={"breakfast": Bundle("breakfast", "Breakfast", ("tea", "cup"))},
        segments={"buyers": bought},
    )


class TestRule1OccurrenceKeys:
    """What is entered once, ever."""

    @pytest.mark.parametrize("kind", TRIGGERS)
    def test_the_key_of_each_kind(self, kind):
        """A session, a token, a product and its day, an order, a year, the how manieth opt-in, a name and its day."""
        parameters, happened, key = KEYS[kind]
        document = customer(*happened)
        if kind == "sunset":
            document["settled"] = MAILS
        if kind == "opt_in":
            document["consent"]["email"]["confirmation"] = "wanted"
        file = {
            "name": "a",
            "trigger": {"kind": kind, **parameters},
            "type": "transactional",
            "steps": [SEND],
        }
        compiled = compile_campaign("a", CampaignFile.model_validate(file), SINCE, {})
        the_shop = whole_shop()
        reclassify(document, the_shop, NOON)
        if kind == "group":
            document["lifecycle"]["rfm"] = AT_RISK
        found = TRIGGERS[kind](document, campaign_from(compiled), the_shop, NOON)
        assert not isinstance(found, Nothing), found.facts
        assert found[0].key == key  # what comes back each year is told with the year after it

    def test_an_occurrence_is_entered_once_whatever_became_of_it(self):
        """Sent, skipped or cancelled: the same visit is no reason a second time."""
        the_shop = shop(browse(once_per=None))
        first = plan(customer(*VISIT), the_shop, DUE)
        for status in (Status.SENT, Status.SKIPPED):
            document = plan(customer(*VISIT), the_shop, DUE).customer
            outbox.settle(document, first.queue[0], status, DUE, reason="skip:no")
            assert plan(document, the_shop, DUE + hours(30)).queue == []

    def test_products_due_within_seven_days_of_the_earliest_join_its_message(self):
        """One mail for both; the one due later is used up by it."""
        history = [
            *(ordered(NOON - days(gap), "tea", order_id=f"t{gap}") for gap in (90, 60, 30)),
            *(ordered(NOON - days(gap), "cup", order_id=f"c{gap}") for gap in (88, 58, 28)),
        ]
        planned = plan(customer(signed_up(NOON - days(91)), *history), shop(replenishment()), NOON)
        (entry,) = planned.customer["outbox"].values()
        assert entry["facts"]["products"] == ["tea", "cup"]
        states = planned.customer["enrollments"]["replenishment"]
        assert (states["tea"]["state"], states["cup"]["reason"]) == ("planned", "joined")


class TestRule2Entry:
    """Trigger and audience true, no draft, not in the past, once_per free; one open enrollment for each subject."""

    def test_the_audience_must_be_true(self):
        """Asked when the message is planned, so it may become true in time."""
        audience = ["compare", ["get", ["name", "customer"], "orders_count"], [[">=", ["const", 1]]]]
        the_shop = shop(browse(audience=audience, exit_on=()))
        assert verdict(customer(*VISIT), the_shop, DUE).verdict == Verdict.OUTSIDE_AUDIENCE
        assert plan(customer(*VISIT, ordered(NOON - hours(1))), the_shop, DUE).queue

    def test_a_draft_enters_nobody(self):
        """Whatever happens."""
        assert plan(customer(*VISIT), shop(browse(mode=Mode.DRAFT)), DUE).queue == []

    def test_moments_before_it_went_live_are_the_past(self):
        """Switched on at the moment itself it still goes; a minute later it does not."""
        assert plan(customer(*VISIT), shop(browse(live_since=DUE)), DUE).queue
        late = shop(browse(live_since=DUE + hours(0.01)))
        assert plan(customer(*VISIT), late, DUE + hours(1)).queue == []
        assert (
            verdict(customer(*VISIT), late, DUE + hours(1)).facts["why"]
            == "due before the campaign went live"
        )

    def test_the_past_is_entered_by_backfill_when_the_customers_turn_comes(self):
        """Not at once and not all: each at a time of their own, and send_by counts from there."""
        live = DUE + days(10)
        the_shop = shop(browse(live_since=live, backfill=50), tables=Tables(customers=1000))
        waiting = verdict(customer(*VISIT), the_shop, live)
        assert waiting.verdict == Verdict.WAITING_UNTIL
        assert live < waiting.until < live + days(40)
        planned = plan(customer(*VISIT), the_shop, waiting.until + days(0.8))
        assert len(planned.queue) == 1
        assert plan(sent(planned, waiting.until), the_shop, waiting.until + days(30)).queue == []

    def test_backfill_waits_for_the_count_of_customers(self):
        """Without it nobody knows how fast the row may move."""
        the_shop = shop(browse(live_since=DUE + days(1), backfill=50))
        assert verdict(customer(*VISIT), the_shop, DUE + days(2)).facts["backfill"]
        assert plan(customer(*VISIT), the_shop, DUE + days(2)).queue == []

    def test_a_newer_visit_replaces_an_open_one_until_something_was_sent(self):
        """The queued mail about the older visit is taken back, and one about the newer is due in its time."""
        the_shop = shop(browse(once_per=None))
        queued = plan(customer(*VISIT), the_shop, DUE).customer
        newer = plan(told(queued, [viewed(DUE + hours(0.1), "cup")]), the_shop, DUE + hours(0.1))
        assert newer.customer["outbox"] == {}
        assert newer.customer["settled"][-1]["reason"] == "replaced"
        assert newer.decision.findings["browse"].until == DUE + hours(4.1)
        assert len(plan(newer.customer, the_shop, DUE + hours(18)).queue) == 1

    def test_a_message_that_may_have_gone_out_is_not_replaced(self):
        """While the provider is being called, the older visit keeps its place."""
        the_shop = shop(browse(once_per=None))
        planned = plan(customer(*VISIT), the_shop, DUE)
        outbox.claim(planned.customer, planned.queue[0], "token", DUE)
        seen = plan(told(planned.customer, [viewed(DUE + hours(0.1), "cup")]), the_shop, DUE + hours(0.1))
        assert seen.decision.findings["browse"].verdict == Verdict.SENDING
        assert seen.customer["settled"] == []

    def test_once_something_was_sent_a_newer_visit_is_already_inside(self):
        """The second message of the first visit is still to come."""
        the_shop = shop(browse(steps=TWO_STEPS, once_per=None))
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE)
        seen = told(document, [viewed(DUE + hours(20), "cup")])
        found = decide(seen, the_shop, DUE + hours(25))
        assert found.findings["browse"].verdict == Verdict.WAITING_UNTIL
        assert found.moves == []

    def test_a_newer_visit_does_not_replace_where_it_would_not_be_entered(self):
        """Here the trigger's condition refuses the newer one."""
        condition = ["compare", ["get", ["name", "event"], "visit"], [["==", ["const", stamp(NOON)]]]]
        the_shop = shop(browse(once_per=None, condition=condition))
        queued = plan(customer(*VISIT), the_shop, DUE).customer
        later = plan(told(queued, [viewed(DUE + hours(0.1), "cup")]), the_shop, DUE + hours(0.1))
        assert len(later.customer["outbox"]) == 1


class TestRule3OncePer:
    """From the last first message sent, for each subject; too soon is dropped, never deferred."""

    def test_it_counts_from_what_was_sent_not_from_what_was_skipped(self):
        """A skipped message uses up its occurrence and nothing else."""
        the_shop = shop(browse())
        first = plan(customer(*VISIT), the_shop, DUE)
        skipped, went = first.customer, plan(customer(*VISIT), the_shop, DUE).customer
        outbox.settle(skipped, first.queue[0], Status.SKIPPED, DUE, reason="skip:no")
        outbox.settle(went, first.queue[0], Status.SENT, DUE)
        again = [viewed(NOON + days(1), "cup")]
        assert plan(told(skipped, again), the_shop, DUE + days(1)).queue
        assert verdict(told(went, again), the_shop, DUE + days(1)).verdict == Verdict.TOO_SOON

    def test_each_product_has_a_once_per_of_its_own(self):
        """A reminder about the tea says nothing about the filter."""
        history = [
            signed_up(NOON - days(91)),
            *(ordered(NOON - days(gap), "tea", order_id=f"t{gap}") for gap in (90, 60, 30)),
            *(ordered(NOON - days(gap), "filter", order_id=f"f{gap}") for gap in (78, 48, 18)),
        ]
        the_shop = shop(replenishment(once_per=Span(days=60)))
        document = sent(plan(customer(*history), the_shop, NOON), NOON)
        assert verdict(document, the_shop, NOON + days(1), "replenishment").until < NOON + days(14)

    def test_never_means_never_again(self):
        """One message, ever, to this subject."""
        the_shop = shop(browse(never_again=True))
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE)
        seen = told(document, [viewed(NOON + days(300), "cup")])
        assert verdict(seen, the_shop, DUE + days(300)).facts["once_per"] == "never"


class TestRule4Exit:
    """An event after entry, or an audience no longer true: planned and queued messages are cancelled."""

    def test_an_exit_event_cancels_what_is_queued(self):
        """Bought while the mail waits to go."""
        the_shop = shop(browse())
        queued = plan(customer(*VISIT), the_shop, DUE).customer
        after = plan(told(queued, [ordered(DUE)]), the_shop, DUE + hours(0.1)).customer
        assert (after["outbox"], after["settled"][-1]["reason"]) == ({}, "exited_by")

    def test_an_audience_no_longer_true_cancels_what_is_queued(self):
        """Found at the next look, not only at the sending."""
        is_new = ["compare", ["get", ["name", "customer"], "country"], [["==", ["const", "DE"]]]]
        the_shop = shop(browse(audience=is_new))
        germany = [signed_up(NOON - days(1), country="DE"), viewed(NOON)]
        queued = plan(customer(*germany), the_shop, DUE).customer
        moved = plan(told(queued, [signed_up(DUE, country="AT")]), the_shop, DUE + hours(0.1)).customer
        assert (moved["outbox"], moved["settled"][-1]["reason"]) == ({}, "outside_audience")
        assert moved["enrollments"]["browse"][""]["state"] == "ended"

    def test_an_audience_no_longer_true_ends_it_before_a_later_message(self):
        """Not merely that message: the campaign is over for this occurrence."""
        is_new = ["compare", ["get", ["name", "customer"], "orders_count"], [["==", ["const", 0]]]]
        steps = (*TWO_STEPS, Wait(Span(days=2)), Step("third", "email", "browse/first"))
        the_shop = shop(browse(audience=is_new, exit_on=(), steps=steps), caps=EVERY_HOUR)
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE)
        bought = told(document, [ordered(DUE + days(1))])
        ended = plan(bought, the_shop, DUE + days(2)).customer["enrollments"]["browse"][""]
        assert (ended["state"], ended["reason"]) == ("ended", "outside_audience")

    def test_waits_count_from_the_settling_of_the_step_before(self):
        """However late it was sent."""
        the_shop = shop(browse(steps=TWO_STEPS))
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE + hours(2))
        assert verdict(document, the_shop, DUE + hours(3)).until == DUE + hours(2) + days(2)

    def test_the_first_step_is_due_at_the_triggers_moment(self):
        """Whenever somebody looks."""
        the_shop = shop(browse())
        late = plan(customer(*VISIT), the_shop, DUE + hours(1)).customer
        (entry,) = late["outbox"].values()
        assert entry["due_at"] == stamp(DUE)


class TestRule5Gates:
    """Their order, what is final, what defers, and what transactional messages pass."""

    def test_their_order(self):
        """It decides which reason is named."""
        names = [gate.__module__.rpartition(".")[2] for gate in GATES]
        assert names == [
            "kill_switch", "mode", "exits", "audience", "holdout", "suppression", "consent", "address", "send_by",
            "quiet_hours", "frequency_cap",
        ]  # fmt: skip

    def test_of_two_reasons_the_earlier_gate_names_its_own(self):
        """Held out comes before no consent."""
        everybody_but_one = Experiment(holdout=0.999999)
        document = customer(signed_up(NOON - days(1), state="unsubscribed"), viewed(NOON))
        assert verdict(document, shop(browse(experiment=everybody_but_one)), DUE).verdict == Verdict.HELD_OUT
        assert verdict(document, shop(browse()), DUE).verdict == Verdict.NO_CONSENT

    def test_send_by_counts_from_the_due_moment_and_is_final(self):
        """Three days after the moment it is not sent any more."""
        the_shop = shop(browse(send_by=Span(days=1)))
        assert plan(customer(*VISIT), the_shop, DUE + hours(23)).queue
        assert verdict(customer(*VISIT), the_shop, DUE + hours(24)).verdict == Verdict.PAST_SEND_BY

    def test_a_skipped_first_send_ends_the_enrollment_a_later_one_goes_on(self):
        """The second is refused for want of consent, and the third waits for its time."""
        steps = (*TWO_STEPS, Wait(Span(days=2)), Step("third", "email", "browse/first"))
        the_shop = shop(browse(steps=steps))
        first = plan(customer(*VISIT), the_shop, DUE)
        ended = first.customer
        outbox.settle(ended, first.queue[0], Status.SKIPPED, DUE, reason="skip:no")
        assert ended["enrollments"]["browse"][""]["state"] == "ended"
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE)
        left = plan(told(document, [unsubscribed(DUE + days(1))]), the_shop, DUE + days(2))
        assert left.customer["enrollments"]["browse"][""]["step"] == "second"
        assert left.decision.findings["browse"].until == DUE + days(4)

    def test_transactional_messages_pass_consent_holdout_cap_and_rank_but_never_a_complaint(self):
        """They are owed; but an address that complained gets nothing at all."""
        the_shop = shop(
            browse(transactional=True, experiment=Experiment(holdout=0.99)), caps={"email": Cap(1, 900)}
        )
        document = customer(signed_up(NOON - days(1), state="unsubscribed"), viewed(NOON))
        assert plan(document, the_shop, DUE).queue
        document["suppressed"]["email"] = {"reason": "complaint", "at": stamp(NOON)}
        assert verdict(document, the_shop, DUE).verdict == Verdict.SUPPRESSED

    def test_a_deferral_never_passes_send_by(self):
        """Quiet hours would end after it: the message is looked at again at its send_by, and is past it."""
        the_shop = shop(browse(send_by=Span(seconds=3600), send_between=("09:00", "12:00")))
        waiting = verdict(customer(*VISIT), the_shop, DUE)
        assert (waiting.verdict, waiting.until) == (Verdict.QUIET_HOURS_UNTIL, DUE + hours(1))
        assert verdict(customer(*VISIT), the_shop, DUE + hours(1)).verdict == Verdict.PAST_SEND_BY


class TestRule6Priority:
    """Of the sends that fit one free slot: highest priority, then earliest send_by, then id."""

    @pytest.mark.parametrize(
        ("first", "second", "winner"),
        [
            ({"priority": 40}, {"priority": 60}, "b"),
            ({"send_by": Span(days=3)}, {"send_by": Span(days=2)}, "b"),
            ({}, {}, "a"),
        ],
    )
    def test_who_goes_first(self, first, second, winner):
        """Both are due in the same minute, and one may go."""
        kind = ("browse", {"after": Span(seconds=4 * 3600)})
        the_shop = shop(campaign("a", *kind, **first), campaign("b", *kind, **second))
        found = decide(customer(*VISIT), the_shop, DUE).findings
        loser = "a" if winner == "b" else "b"
        assert found[winner].verdict == Verdict.PLANNED
        assert (found[loser].verdict, found[loser].facts["campaign"]) == (Verdict.OUTRANKED_BY, winner)
        assert found[loser].until == DUE + hours(16)

    def test_planned_messages_count_towards_caps(self):
        """What lies in the outbox has its slot, whoever comes along later."""
        kind = ("browse", {"after": Span(seconds=4 * 3600)})
        queued = plan(customer(*VISIT), shop(campaign("a", *kind)), DUE).customer
        both = shop(campaign("a", *kind), campaign("b", *kind, priority=99))
        assert decide(queued, both, DUE).findings["b"].verdict == Verdict.CAPPED_UNTIL

    def test_the_loser_goes_when_the_slot_opens(self):
        """Nothing is dropped silently."""
        kind = ("browse", {"after": Span(seconds=4 * 3600)})
        the_shop = shop(campaign("a", *kind), campaign("b", *kind))
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE)
        assert plan(document, the_shop, DUE + hours(15.9)).queue == []
        assert len(plan(document, the_shop, DUE + hours(17)).queue) == 1


class TestRule7Edits:
    """Who is inside follows the live version; variants are frozen; held-out customers enter and are measured."""

    def inside(self, *steps):
        """Somebody who got the first of these messages; and the shop."""
        the_shop = shop(browse(steps=steps))
        first = plan(customer(*VISIT), the_shop, DUE)
        return plan(sent(first, DUE), the_shop, DUE + hours(1)).customer

    def test_a_longer_wait_is_recomputed(self):
        """From the settling of the message before."""
        document = self.inside(*TWO_STEPS)
        longer = shop(browse(steps=(TWO_STEPS[0], Wait(Span(days=5)), TWO_STEPS[2])))
        assert verdict(document, longer, DUE + days(1)).until == DUE + days(5)

    def test_a_shorter_wait_is_never_over_before_now(self):
        """Ten days become two on the ninth: the message is due now, not a week too late."""
        document = self.inside(TWO_STEPS[0], Wait(Span(days=10)), TWO_STEPS[2])
        edited = shop(browse(steps=TWO_STEPS))
        at = DUE + days(9)
        planned = plan(document, edited, at)
        (entry,) = planned.customer["outbox"].values()
        assert (entry["step"], entry["due_at"]) == ("second", stamp(at))

    def test_what_became_due_by_an_edit_keeps_its_moment(self):
        """Held up by the night it does not become due anew with each look."""
        document = self.inside(TWO_STEPS[0], Wait(Span(days=10)), TWO_STEPS[2])
        edited = shop(browse(steps=TWO_STEPS, send_between=("09:00", "10:00")))
        at = DUE + days(9)
        held = plan(document, edited, at).customer
        opens = verdict(held, edited, at).until
        (entry,) = plan(held, edited, opens).customer["outbox"].values()
        assert entry["due_at"] == stamp(at)

    def test_new_earlier_steps_are_not_sent(self):
        """Only what follows the last message is still to come."""
        document = self.inside(*TWO_STEPS)
        early = Step("early", "email", "browse/first")
        edited = shop(browse(steps=(early, *TWO_STEPS)))
        (entry,) = plan(document, edited, DUE + days(2)).customer["outbox"].values()
        assert entry["step"] == "second"

    def test_a_missing_step_ends_it_as_step_removed(self):
        """Nobody can say where they stand."""
        document = self.inside(*TWO_STEPS)
        ended = plan(document, shop(browse(steps=TWO_STEPS[2:])), DUE + days(1)).customer
        assert ended["enrollments"]["browse"][""]["reason"] == "step_removed"

    def test_a_queued_message_whose_step_was_removed_is_cancelled(self):
        """It would have no template to be written by."""
        queued = plan(customer(*VISIT), shop(browse(steps=TWO_STEPS)), DUE).customer
        ended = plan(queued, shop(browse(steps=TWO_STEPS[2:])), DUE + hours(0.1)).customer
        assert (ended["outbox"], ended["settled"][-1]["reason"]) == ({}, "step_removed")

    def test_the_variant_is_frozen_at_entry(self):
        """An edit of the shares changes nobody who is inside."""
        variants = {"a": 0.5, "b": 0.5}
        the_shop = shop(browse(steps=TWO_STEPS, experiment=Experiment(variants=variants)))
        document = sent(plan(customer(*VISIT), the_shop, DUE), DUE)
        variant = document["enrollments"]["browse"][""]["variant"]
        other = "b" if variant == "a" else "a"
        edited = shop(browse(steps=TWO_STEPS, experiment=Experiment(variants={other: 1.0})))
        (entry,) = plan(document, edited, DUE + days(2)).customer["outbox"].values()
        assert entry["variant"] == variant

    def test_held_out_customers_enter_and_are_measured(self):
        """At the moment at which they would have got the message, and once."""
        the_shop = shop(browse(experiment=Experiment(holdout=0.999999)))
        planned = plan(customer(*VISIT), the_shop, DUE)
        entered = planned.customer["enrollments"]["browse"][""]
        assert planned.queue == []
        assert (entered["variant"], entered["entered_at"], entered["state"]) == (HOLDOUT, stamp(DUE), "ended")
        assert planned.decision.findings["browse"].verdict == Verdict.HELD_OUT
        again = told(planned.customer, [viewed(NOON + days(1), "cup")])
        assert verdict(again, the_shop, DUE + days(1)).verdict == Verdict.TOO_SOON
        later = told(planned.customer, [viewed(NOON + days(4), "cup")])
        assert plan(later, the_shop, DUE + days(4)).customer["enrollments"]["browse"][""][
            "entered_at"
        ] == stamp(DUE + days(4))

    def test_only_who_would_have_got_it_is_held_out_to_be_measured(self):
        """Without consent nobody else is counted either; by night it waits for the morning."""
        the_shop = shop(browse(experiment=Experiment(holdout=0.999999)))
        silent = plan(customer(signed_up(NOON, state="unsubscribed"), viewed(NOON)), the_shop, DUE)
        assert silent.customer["enrollments"] == {}
        assert silent.decision.findings["browse"].facts["otherwise"] == "no_consent"
        evening = customer(signed_up(NOON - days(1)), viewed(NOON + hours(5)))
        night = plan(evening, the_shop, NOON + hours(9))
        assert night.customer["enrollments"] == {}
        morning = moment(night.customer["wake_at"] or "")
        assert (
            plan(night.customer, the_shop, morning).customer["enrollments"]["browse"][""]["variant"]
            == HOLDOUT
        )


class TestRule8MessageIds:
    """The same whoever computes it; the channel is no part of it."""

    def test_it_follows_from_campaign_occurrence_step_and_customer(self):
        """Change any of the four and it is another message."""
        whole = ("browse", "key", "first", "c1")
        ids = {message_id(*whole)} | {
            message_id(*(part if place != changed else "other" for place, part in enumerate(whole)))
            for changed in range(4)
        }
        assert len(ids) == 5

    def test_another_channel_is_the_same_message(self):
        """Whoever becomes reachable by SMS meanwhile does not get it twice."""
        document = customer(signed_up(NOON - days(1), phone="+4915112345678"), viewed(NOON))
        document["consent"]["sms"] = document["consent"]["email"]
        ids = [
            plan(document, shop(browse(steps=(Step("first", channel, "browse/first"),))), DUE).queue
            for channel in ("email", "sms")
        ]
        assert ids[0] == ids[1]
