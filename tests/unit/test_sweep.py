"""The sweep: who is due, no more than the budget, and never stopped by one bad customer."""

from __future__ import annotations

import json
from dataclasses import replace

from perennial.people.identities import Identity, Kind
from perennial.ports.documents import SHARDS
from perennial.ports.providers import SendingQuota
from scheduler import sweep
from tests.making import NOON, browse, hours, shop, signed_up, viewed
from tests.stage import Context, Stage

DUE = NOON + hours(4)


def crowd(stage: Stage, number: int) -> None:
    """So many subscribed customers who looked at tea at noon."""
    for n in range(number):
        who = (Identity(Kind.STORE, f"s{n}"),)
        stage.record(replace(signed_up(NOON), identities=who), viewed(NOON, identities=who))


def test_two_sweeps_at_the_same_moment_plan_one_message():
    """The second put meets the first one's version."""
    stage = Stage()
    crowd(stage, 1)
    stage.now = DUE
    load = stage.world.documents.load

    def other_first(ids):
        stage.world.documents.load = load
        loaded = load(ids)
        stage.sweep()
        return loaded

    stage.world.documents.load = other_first
    stage.sweep()
    assert len(stage.world.send_queue.bodies) == 1


def test_no_more_is_queued_than_the_account_sends_in_two_minutes():
    """The rest stays in the index, and the next run takes it."""
    stage = Stage()
    stage.world.account.allowance = SendingQuota(rate=0.05, left_today=1000)
    crowd(stage, 10)
    stage.now = DUE
    assert stage.sweep()["queued"] == 3
    assert stage.sweep()["queued"] == 3
    assert len(stage.world.send_queue.bodies) == 6


def test_an_empty_daily_quota_queues_nothing_and_loses_nothing():
    """Tomorrow's quota sends it, if it is still in time."""
    stage = Stage()
    stage.world.account.allowance = SendingQuota(rate=14, left_today=0)
    crowd(stage, 2)
    stage.now = DUE
    assert stage.sweep()["queued"] == 0
    stage.world.account.allowance = SendingQuota(rate=14, left_today=1000)
    assert stage.sweep()["queued"] == 2


def test_a_customer_who_cannot_be_planned_stops_nobody():
    """It is looked at again a quarter of an hour later, and reported."""
    stage = Stage()
    crowd(stage, 30)
    victim = stage.customer("s7")
    victim["views"] = [{"product_id": "tea"}]  # type: ignore[typeddict-item]  # no time
    stage.world.documents.save(victim)
    stage.now = DUE
    counts = stage.sweep()
    assert (counts["queued"], counts["stumbled"]) == (29, 1)
    assert stage.sweep()["stumbled"] == 0


def test_shards_too_full_for_one_run_are_handed_to_runs_of_their_own(monkeypatch):
    """Nobody due is left behind, and nobody is planned twice."""
    monkeypatch.setattr(sweep, "PAGE", 2)
    monkeypatch.setattr(sweep, "PAGES_INLINE", 1)
    stage = Stage()
    crowd(stage, 100)
    stage.now = DUE
    first = stage.sweep()
    tasks = stage.world.shards_queue.bodies
    assert first["unfinished"] == len(tasks) > 0
    assert {json.loads(task)["shard"] for task in tasks} <= set(range(SHARDS))
    stage.sweeper({"Records": [{"body": task, "messageId": "m"} for task in tasks]}, Context())
    assert len(set(stage.world.send_queue.bodies)) == len(stage.world.send_queue.bodies) == 100


def test_a_stale_index_entry_changes_nothing():
    """Due by the index, not by the document: it is read and left alone."""
    stage = Stage()
    crowd(stage, 1)
    before = stage.customer("s0")
    stage.now = DUE
    stage.now = NOON + hours(1)
    stage.world.documents.due = lambda shard, until, limit: [before["id"]] if shard == 0 else []
    stage.sweep()
    assert stage.customer("s0") == before


def test_while_everything_is_paused_nothing_is_read_or_counted():
    """After resuming, what is still in time goes."""
    stage = Stage(the_shop=shop(browse()))
    crowd(stage, 1)
    stage.now = DUE
    live = stage.live
    stage.live = replace(live, paused=frozenset({"*"}))
    assert stage.sweep() == {"skipped": "everything is paused"}
    stage.live = live
    assert stage.sweep()["queued"] == 1
