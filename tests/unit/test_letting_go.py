"""After hours without a sweep each campaign's `send_by` decides, and a report says what was let go."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from perennial.campaigns import Step
from perennial.deciding.explain import explain
from perennial.deciding.steps import Wait
from perennial.messaging.letting_go import let_go
from perennial.people.identities import Identity, Kind
from perennial.times import Span, stamp
from tests.making import NOON, browse, campaign, days, hours, shop, signed_up, viewed
from tests.stage import Stage

DUE = NOON + hours(4)
BACK = DUE + hours(3)  # the first sweep after the outage
URGENT, PATIENT = Span(seconds=3600), Span(days=3)
VISIT = {"after": Span(seconds=4 * 3600)}
STEPS = (Step("first", "email", "browse/first"),)
SHOP = shop(browse(send_by=URGENT), campaign("patient", "browse", VISIT, send_by=PATIENT, steps=STEPS))


def visitors(stage: Stage, number: int) -> None:
    """So many subscribers who looked at tea at noon."""
    for n in range(number):
        who = (Identity(Kind.STORE, f"s{n}"),)
        stage.record(replace(signed_up(NOON), identities=who), viewed(NOON, identities=who))


def report(stage: Stage, since: datetime) -> Counter[str]:
    """Messages let go, by campaign."""
    return Counter(
        name for customer in stage._everybody() for name, _ in let_go(customer, stage.live, since, stage.now)
    )


@pytest.fixture
def stage() -> Stage:
    """Three customers, and nobody has looked at them for three hours."""
    made = Stage(the_shop=SHOP)
    visitors(made, 3)
    made.now = BACK
    return made


def test_each_campaign_decides_what_still_goes(stage: Stage) -> None:
    """What has an hour is let go, what has three days is sent; nothing is lost and nothing comes twice."""
    assert stage.sweep()["lag_seconds"] == 3 * 3600
    stage.send()
    stage.run_until(BACK + days(4))
    assert Counter(stage.mails) == {"patient": 3}


def test_the_report_counts_what_was_let_go(stage: Stage) -> None:
    """Before the first sweep and after it alike, and each customer's explanation says the same."""
    assert report(stage, NOON) == {"browse": 3}
    stage.run_until(BACK)
    assert report(stage, NOON) == {"browse": 3}
    [verdict] = [explain(stage.customer("s0"), SHOP, BACK)["browse"]]
    assert verdict["verdict"] == "past_send_by"
    assert verdict["facts"]["send_by"] == stamp(DUE + hours(1))


def test_what_ran_out_before_is_not_counted(stage: Stage) -> None:
    """The time asked about begins after it."""
    stage.run_until(BACK)
    assert report(stage, DUE + hours(1)) == {}


def test_a_message_that_was_planned_and_never_taken_is_let_go_once(stage: Stage) -> None:
    """Queued before the outage, and its copy with it: the outbox settles it, and nothing is planned in its place."""
    stage = Stage(the_shop=shop(browse(send_by=URGENT)))
    visitors(stage, 2)
    stage.now = DUE
    stage.sweep()
    stage.queued()  # lost
    stage.now = BACK
    assert stage.sweep()["expired"] == 2
    assert report(stage, DUE) == {"browse": 2}
    stage.run_until(BACK + days(4))
    assert stage.mails == []


def test_a_later_step_that_came_too_late_is_let_go(stage: Stage) -> None:
    """It is skipped, and the report knows of it."""
    steps = (
        Step("first", "email", "browse/first"),
        Wait(Span(days=2)),
        Step("second", "email", "browse/first"),
    )
    stage = Stage(the_shop=shop(browse(steps=steps, send_by=URGENT)))
    visitors(stage, 1)
    stage.run_until(DUE)
    stage.now = NOON + days(3)
    stage.sweep()
    stage.send()
    assert stage.mails == ["browse"]
    assert report(stage, NOON + days(2)) == {"browse": 1}
