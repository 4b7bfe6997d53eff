"""The kill switch stops what is queued within seconds, also in processes that have just read that all is well."""

from __future__ import annotations

import pytest

from perennial.live import CACHED_FOR, LiveShop
from tests.making import NOON, browse, hours, shop, signed_up, viewed
from tests.stage import Stage

DUE = NOON + hours(4)


@pytest.fixture
def stage() -> Stage:
    """One message in the queue, and every process warm: it has read the pointer at this moment."""
    made = Stage()
    made.record(signed_up(NOON), viewed(NOON))
    live = LiveShop(made.world.pointer, made.world.blobs, made.world.clock)
    live._shop = shop(browse())
    made.world.shop = live
    made.now = DUE
    made.sweep()
    return made


@pytest.mark.parametrize("held", ["*", "browse"])
def test_ten_seconds_later_nothing_queued_goes_out(stage: Stage, held: str) -> None:
    """For everything, and for one campaign; with the longest call of `send` this stays within a minute."""
    stage.world.pointer.pause(held)
    stage.now = DUE + CACHED_FOR
    assert stage.send() == [True]
    assert stage.mails == []


def test_another_campaign_is_not_held_back(stage: Stage) -> None:
    """The switch of one campaign is its own."""
    stage.world.pointer.pause("winback")
    stage.now = DUE + CACHED_FOR
    stage.send()
    assert stage.mails == ["browse"]
