"""A small soak: the ledger balances under every kind of trouble, and does not when a rule is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.soak.run import Plan, Result, Soak
from perennial.publishing import files_of

FILES = files_of(Path(__file__).parents[2] / "content")


def small(seed: int) -> Soak:
    """Six days of thirty customers, in which one call of twenty goes wrong and every second mail is answered with a no."""
    return Soak(Plan(customers=30, events=500, days=6, seed=seed, trouble=0.05, noes=0.5), FILES)


def differences(result: Result) -> dict[str, int]:
    """The lines that do not balance."""
    return {row.what: row.difference for row in result.rows if row.difference}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_balances(seed: int) -> None:
    """Everything that went in is found again, once, and every message ended in one way."""
    result = small(seed).run()
    assert differences(result) == {}
    assert result.figures["accepted"] > 3
    assert result.happened["died after a call"] and result.happened["another worker in between"]


def test_two_accepts_of_one_message_are_seen() -> None:
    """As the SDK's own retry would make them (rule 13)."""
    soak = small(1)
    send = soak.cloud.world.mailer.send
    soak.cloud.world.mailer.send = lambda mail: (send(mail), send(mail))[1]
    assert differences(soak.run())["messages accepted twice"] > 0


def test_an_order_that_is_lost_is_seen() -> None:
    """One that was answered, and left in no document."""
    soak = small(2)
    soak._life.truth.orders[3] += 1
    found = differences(soak.run())
    assert found == {"orders in documents": -1, "customers with wrong orders": 1}


def test_an_event_that_is_filed_nowhere_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document knows of it, the timeline does not."""
    soak = small(2)
    add = soak.cloud.world.timeline.add
    monkeypatch.setattr(soak.cloud.world.timeline, "add", lambda items: add(dict(list(items.items())[1:])))
    assert differences(soak.run())["events on timelines, each once"] < 0
