"""`perennial let-go`: what came too late, by campaign, and who waits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.outlook import sources
from infra.privileges import content
from perennial.adapters.memory import MemoryWorld
from perennial.publishing import publish
from perennial.recording import Recorder
from perennial.times import stamp
from tests.making import NOON, days, hours, signed_up
from tests.unit.command.conftest import Run


@pytest.fixture
def garden(world: MemoryWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryWorld:
    """Somebody subscribed four days ago, when no sweep came; a confirmation has three days."""
    content.save(tmp_path)
    publish(tmp_path, world.blobs, world.pointer, lambda: NOON - days(100))
    Recorder(world, pause=lambda _: None).record([signed_up(NOON - days(4))])
    [customer] = world.documents.scan()
    world.documents.save({**customer, "wake_at": stamp(NOON - days(4))})
    monkeypatch.setattr("infra.command.let_go.world_or_desk", lambda *_: sources.WorldSource(world))
    return world


def test_it_counts_by_campaign_and_tells_who_waits(run: Run, garden: MemoryWorld) -> None:
    """As JSON; what ran out before the time asked about does not count."""
    told: Any = json.loads(run("let-go", "--stack", "garden", "--since", "2026-02-20", "--json").stdout)
    assert told["campaigns"].keys() == {"confirmation"}
    assert told["campaigns"]["confirmation"]["messages"] == 1
    assert (told["customers"], told["waiting"]["customers"]) == (1, 1)
    late: Any = json.loads(
        run("let-go", "--stack", "garden", "--since", (NOON - hours(1)).isoformat(), "--json").stdout
    )
    assert late["campaigns"] == {}


def test_a_person_reads_a_table(run: Run, garden: MemoryWorld) -> None:
    """And a line on the lag."""
    printed = run("let-go", "--stack", "garden", "--since", "2026-02-20").stdout
    assert "confirmation" in printed and "1 of 1 customers wait for a sweep" in printed
