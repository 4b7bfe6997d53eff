"""Over random lives, campaigns and times of looking: what the campaign language promises, whatever happens."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.campaigns import HOLDOUT, Campaign, Experiment
from perennial.customer import Customer, copied
from perennial.decide import decide
from perennial.deciding.backfilling import a_day as a_day_on_average
from perennial.deciding.backfilling import entry_of
from perennial.deciding.moves import Send
from perennial.deciding.steps import Step, Wait
from perennial.deciding.variants import share, variant_of
from perennial.deciding.verdicts import Verdict
from perennial.messaging import outbox
from perennial.messaging.outbox import Status
from perennial.plan import Plan, plan
from perennial.shop import Cap, Shop
from perennial.times import Span, moment, stamp
from tests.making import (
    NOON,
    SINCE,
    campaign,
    customer,
    days,
    ordered,
    shop,
    signed_up,
    told,
    viewed,
    winback,
)

CAP = Cap(2, 20)
BUDGET = 3
LIVE = NOON + days(2)
TWICE = (Step("one", "email", "a"), Wait(Span(seconds=3600 * 30)), Step("two", "email", "a"))
MIXED = {"a": 0.3, "b": 0.7}
_DEFERRED = {Verdict.QUIET_HOURS_UNTIL, Verdict.CAPPED_UNTIL, Verdict.OUTRANKED_BY, Verdict.PACED_UNTIL}

moves = st.lists(
    st.tuples(
        st.sampled_from(["view", "view", "look", "look", "look", "send", "send", "order"]),
        st.integers(20, 60 * 8),
        st.sampled_from(["tea", "cup", "filter"]),
    ),
    min_size=20,
    max_size=45,
)
campaigns = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 30), st.booleans()), min_size=2, max_size=6
)
lightly = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def several(chosen: list[tuple[int, int, bool]], live_since: datetime = SINCE) -> list[Campaign]:
    """Browse campaigns that compete, some of them with a holdout and variants; each writes twice."""
    return [
        campaign(
            f"c{number}",
            "browse",
            {"after": Span(seconds=3600 * (1 + number))},
            priority=priority,
            send_by=Span(seconds=3600 * patience),
            exit_on=(),
            live_since=live_since,
            steps=TWICE,
            experiment=Experiment(0.4, MIXED) if tried else None,
        )
        for number, (priority, patience, tried) in enumerate(chosen)
    ]


@dataclass
class Life:
    """Lives a customer's days, looking at odd times, and keeps each plan with its moment."""

    the_shop: Shop
    who: str = "c1"
    now: datetime = NOON
    plans: list[tuple[datetime, Plan]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.document: Customer = {**customer(signed_up(NOON - days(1))), "id": self.who}
        self.went: list[tuple[datetime, str, str]] = []

    def live(self, happened: list[tuple[str, int, str]]) -> Life:
        for what, minutes, product in happened:
            self.now += timedelta(minutes=minutes)
            if what == "view":
                self.document = told(self.document, [viewed(self.now, product)])
            elif what == "order":
                self.document = told(self.document, [ordered(self.now, product)])
            elif what == "send":
                self._send()
            self._look(record=what in ("view", "order"))
        return self

    def _look(self, *, record: bool) -> None:
        planned = plan(self.document, self.the_shop, self.now, budget=BUDGET, may_postpone=not record)
        self.plans.append((self.now, planned))
        self.document = copied(planned.customer)  # what was planned is looked at later

    def _send(self) -> None:
        """Whatever is queued goes out now, however long it lay there."""
        for message, entry in list(self.document["outbox"].items()):
            self.went.append((self.now, entry["campaign"], entry["variant"]))
            outbox.claim(self.document, message, "token", self.now)
            outbox.settle(self.document, message, Status.SENT, self.now)


@given(moves, campaigns)
@lightly
def test_no_cap_is_exceeded_whatever_the_order_of_looks(happened, chosen):
    """Two mails in any twenty hours, though they are planned by many looks and sent late."""
    life = Life(shop(*several(chosen), caps={"email": CAP}, send_between=("00:00", "23:59"))).live(happened)
    times = [at for at, _, _ in life.went]
    for first, third in zip(times, times[CAP.messages :], strict=False):
        assert third - first >= timedelta(hours=CAP.hours)


@given(moves, campaigns)
@lightly
def test_priorities_are_respected(happened, chosen):
    """Nobody is outranked by somebody of a lower rank who was planned in the same look."""
    life = Life(shop(*several(chosen), caps={"email": CAP}, send_between=("00:00", "23:59"))).live(happened)
    by_id = life.the_shop.campaigns
    for _, planned in life.plans:
        for name, finding in planned.decision.findings.items():
            winner = by_id.get(finding.facts.get("campaign", ""))
            if finding.verdict == Verdict.OUTRANKED_BY and winner:
                assert winner.priority >= by_id[name].priority


@given(moves, campaigns)
@lightly
def test_nothing_is_dropped_silently(happened, chosen):
    """Whoever is deferred is woken: the document says when somebody has to look again, and the deferral is not past."""
    life = Life(shop(*several(chosen), caps={"email": CAP})).live(happened)
    for now, planned in life.plans:
        deferred = [each for each in planned.decision.findings.values() if each.verdict in _DEFERRED]
        for finding in deferred:
            assert finding.until is not None
            assert finding.until > now
            assert (planned.customer["wake_at"] or "9") <= stamp(finding.until)


@given(moves, campaigns)
@lightly
def test_a_plan_ends_with_what_a_fresh_look_says(happened, chosen):
    """Its later rounds judge only what its moves may have changed; nothing else is left to say or to do."""
    life = Life(shop(*several(chosen), winback(), caps={"email": CAP})).live(happened)
    for now, planned in life.plans:
        fresh = decide(planned.customer, life.the_shop, now, BUDGET - len(planned.queue))
        assert fresh.findings == planned.decision.findings
        assert fresh.wake == planned.decision.wake
        assert not fresh.moves


@given(moves, campaigns)
@lightly
def test_deferral_never_passes_send_by(happened, chosen):
    """Quiet hours, caps, rank and pace hold a message up to its send_by and no longer."""
    life = Life(shop(*several(chosen), caps={"email": CAP})).live(happened)
    for now, planned in life.plans:
        for entry in planned.customer["outbox"].values():
            assert entry["planned_at"] < entry["send_by"]
        for name, finding in planned.decision.findings.items():
            last = finding.facts.get("last_view")
            if last and finding.until and finding.verdict in _DEFERRED:
                wanted = life.the_shop.campaigns[name]
                due = moment(last) + timedelta(seconds=wanted.trigger["after"].seconds)
                assert now < finding.until <= due + timedelta(seconds=wanted.send_by.seconds)


@given(moves, campaigns, st.integers(0, 10**6))
@lightly
def test_a_held_out_customer_is_never_messaged_and_everybody_keeps_their_variant(happened, chosen, number):
    """By that campaign; the others write as they always do."""
    life = Life(shop(*several(chosen), caps={}), who=f"c{number}").live(happened)
    seen = defaultdict(set)
    for _, name, variant in life.went:
        seen[name].add(variant)
    for name, inside in life.document["enrollments"].items():
        seen[name] |= {each["variant"] for each in inside.values()}
    for name, variants in seen.items():
        assert variants == {variant_of(life.the_shop.campaigns[name], life.who)}
    assert HOLDOUT not in {variant for _, _, variant in life.went}


@given(moves, campaigns)
@lightly
def test_a_campaign_switched_live_never_mails_the_past_unless_told_to(happened, chosen):
    """Every first message is about a moment after it went live."""
    old = winback(live_since=LIVE, exit_on=())
    life = Life(shop(*several(chosen, LIVE), old, caps={}))
    life.document = told(life.document, [ordered(NOON - days(100), order_id="old")])
    life.live([*happened, ("look", 60 * 24 * 30, "tea")])
    for _, planned in life.plans:
        for move in (each for each in planned.decision.moves if isinstance(each, Send)):
            assert move.occurrence.moment >= LIVE
        for inside in planned.customer["enrollments"].values():
            assert all(each["moment"] >= stamp(LIVE) for each in inside.values())


@given(st.integers(1, 400), st.integers(100, 9000))
@settings(max_examples=25, deadline=None)
def test_the_past_comes_in_by_no_more_than_so_many_a_day(most, customers):
    """Every customer of the shop is concerned, which is the worst case; no day brings more, but for chance."""
    the_campaign = campaign("old", "browse", {}, live_since=LIVE, backfill=most)
    turns = [entry_of(the_campaign, f"c{number}", customers) for number in range(customers)]
    a_day = Counter((turn - LIVE).days for turn in turns if turn)
    assert sum(a_day.values()) == customers
    days_of_it = customers / a_day_on_average(most)
    assert sum(count > most for count in a_day.values()) <= 3 + days_of_it / 100


@given(st.text(max_size=12), st.text(max_size=12), st.floats(0, 0.98), st.floats(0, 0.02))
@settings(max_examples=80, deadline=None)
def test_a_larger_holdout_keeps_whom_it_held_out_and_changes_no_variant(name, who, holdout, more):
    """So an experiment can be widened while it runs."""
    small, large = (
        campaign(name, "browse", {}, experiment=Experiment(part, MIXED)) for part in (holdout, holdout + more)
    )
    before, after = variant_of(small, who), variant_of(large, who)
    assert after == before or (before != HOLDOUT and after == HOLDOUT)
    assert 0 <= share("variant", name, who) < 1


def test_shares_come_out_as_they_were_asked_for():
    """Of 20,000 customers, within two standard errors times two."""
    tried = campaign("a", "browse", {}, experiment=Experiment(0.1, MIXED))
    drawn = [variant_of(tried, f"c{number}") for number in range(20_000)]
    assert abs(drawn.count(HOLDOUT) / 20_000 - 0.1) < 0.01
    assert abs(drawn.count("a") / 20_000 - 0.27) < 0.013
