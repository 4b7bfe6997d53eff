"""Who watches a product, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from perennial.campaigns import Mode
from perennial.events import Event, Name
from perennial.people.identities import Identity, Kind
from perennial.watching import PERIOD, WATCHED_FOR
from tests.making import NOON, browse, days, event, hours, price_drop, shop, signed_up, viewed
from tests.stage import Stage

DEVICE = (Identity(Kind.ANONYMOUS, "device"),)


def wished(at: datetime, product: str = "tea") -> Event:
    return event(Name.PRODUCT_WISHED, at, properties={"product_id": product})


def watchers(stage: Stage, product: str = "tea", at: datetime | None = None) -> list[str]:
    return list(stage.world.watches.of(product, at or stage.now))


def staged(*events: Event) -> Stage:
    """Ada has signed up, and then this happened, in a shop that tells of lower prices."""
    stage = Stage(NOON, shop(browse(), price_drop()))
    stage.record(signed_up(NOON - days(100)), *events)
    return stage


@pytest.mark.parametrize("told", [viewed, wished], ids=["viewed", "wished for"])
def test_a_customer_watches_what_they_viewed_or_wished_for(told) -> None:
    """For sixty days at least, and for a period more at most."""
    stage = staged(told(NOON))
    mine = [stage.customer()["id"]]
    assert watchers(stage, at=NOON + WATCHED_FOR) == mine
    assert watchers(stage, at=NOON + WATCHED_FOR + PERIOD) == []
    assert watchers(stage, "cup") == []


def test_further_views_cost_no_write():
    """Most of the time a view is of something the customer watches already, as their own document shows."""
    stage = staged(viewed(NOON))
    for minutes in range(1, 20):
        stage.record(viewed(NOON + timedelta(minutes=minutes)))
    assert stage.world.watches.writes == 1


def test_a_later_view_prolongs_the_watch():
    """From the newest view, sixty days; looking each week for half a year costs a write in each period only."""
    stage = staged()
    for week in range(26):
        stage.now = NOON + days(7 * week)
        stage.record(viewed(stage.now))
        assert watchers(stage, at=stage.now + WATCHED_FOR)
    assert stage.world.watches.writes <= 2 + days(7 * 26) // PERIOD


def test_views_out_of_order_do_not_shorten_the_watch():
    """A view that is told late says nothing about when the newest was."""
    stage = staged(viewed(NOON))
    stage.record(viewed(NOON - days(20)))
    assert watchers(stage, at=NOON + WATCHED_FOR)


def test_what_was_seen_too_long_ago_is_not_watched():
    """An old browsing history that is brought along makes nobody wait for news."""
    stage = staged(viewed(NOON - days(90), "cup"))
    assert stage.world.watches.writes == 0


def test_a_watch_that_a_crash_took_is_made_up_for(monkeypatch: pytest.MonkeyPatch):
    """The document was written, the watch not: the same event, delivered again, says the same as before."""
    stage = staged()
    view = viewed(NOON)
    with monkeypatch.context() as crash:
        crash.setattr(stage.world.watches, "add", _die)
        with pytest.raises(RuntimeError):
            stage.record(view)
    stage.record(viewed(NOON + hours(1)))
    assert watchers(stage) == []
    stage.record(view)
    assert watchers(stage) == [stage.customer()["id"]]


def test_a_visitor_watches_once_they_are_known():
    """Nobody can write to a device; what it saw counts when it turns out whose it is."""
    stage = staged(viewed(NOON - hours(2), "cup", identities=DEVICE))
    assert stage.world.watches.writes == 0
    known = (Identity(Kind.STORE, "1"), *DEVICE)
    stage.record(event("page_viewed", NOON, identities=known))
    assert watchers(stage, "cup") == [stage.customer()["id"]]


def _die(*_: object) -> None:
    raise RuntimeError("the process ended here")


def test_a_view_costs_no_watch_where_nobody_would_be_told():
    """Without a campaign about watched products; a wish is kept all the same, for it says what is wanted."""
    stage = Stage(NOON, shop(browse()))
    stage.record(signed_up(NOON - days(100)), viewed(NOON), wished(NOON, "cup"))
    assert watchers(stage) == []
    assert watchers(stage, "cup") == [stage.customer()["id"]]


def test_a_draft_tells_nobody_either():
    """It may become a campaign, and then views are found in the documents."""
    stage = Stage(NOON, shop(browse(), price_drop(mode=Mode.DRAFT, live_since=None)))
    stage.record(signed_up(NOON - days(100)), viewed(NOON))
    assert watchers(stage) == []
