"""What deciding costs: one customer and one campaign at a time, and all campaigns of the shop together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import mean, median
from typing import Any

from infra.bench import people
from infra.bench.release import PUBLISHED_AT, shop
from infra.bench.timing import Timed, in_turns
from infra.bench.work import VISIT_ENDED
from perennial.adapters.codec import pack, unpack
from perennial.campaigns import Campaign, Mode
from perennial.customer import Customer
from perennial.decide import decide
from perennial.shop import Shop

GOAL_US = 50  # of one campaign for one customer
_SHIPPED, _ALL_LIVE = "shipped", "all_live"


def decisions(rounds: int, customers: int) -> dict[str, Any]:
    """Microseconds. one: the mean of all campaigns, each live and alone; dearest: the five that cost most.

    shipped: all together, as they are shipped; all_live: all together, each of them live.
    """
    seen = [unpack(pack(people.returned(number, VISIT_ENDED))) for number in range(customers)]
    works = {name: Timed(partial(_decide_all, seen, each), customers) for name, each in _shops().items()}
    taken = {name: 1e6 * median(seconds) for name, seconds in in_turns(works, rounds).items()}
    together = {name: round(taken.pop(name), 1) for name in (_SHIPPED, _ALL_LIVE)}
    dearest = sorted(taken, key=lambda name: -taken[name])[:5]
    return {
        "one": round(mean(taken.values()), 1),
        "goal_of_one": GOAL_US,
        "dearest": {name: round(taken[name], 1) for name in dearest},
        **together,
        "campaigns": len(taken),
    }


def _shops() -> Mapping[str, Shop]:
    shipped = shop()
    live = {name: _live(campaign) for name, campaign in shipped.campaigns.items()}
    alone = {name: replace(shipped, campaigns={name: campaign}) for name, campaign in live.items()}
    return {**alone, _SHIPPED: shipped, _ALL_LIVE: replace(shipped, campaigns=live)}


def _live(campaign: Campaign) -> Campaign:
    return replace(campaign, mode=Mode.LIVE, live_since=campaign.live_since or PUBLISHED_AT)


def _decide_all(customers: Sequence[Customer], release: Shop) -> None:
    for customer in customers:
        decide(customer, release, people.NOW)
