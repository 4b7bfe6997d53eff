"""Whom campaigns that go live would reach, and from when: for the report of a publish. Pure.

Asked of each customer once, as things stand now.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from perennial.customer import Customer
from perennial.decide import decide
from perennial.deciding.verdicts import Finding, Verdict
from perennial.shop import Shop

_NOW = frozenset(
    {Verdict.PLANNED, Verdict.QUEUED, Verdict.SENDING, Verdict.PACED_UNTIL, Verdict.OUTRANKED_BY}
)
_LATER = frozenset({Verdict.WAITING_UNTIL, Verdict.QUIET_HOURS_UNTIL, Verdict.CAPPED_UNTIL})


@dataclass(slots=True)
class Reach:
    """Customers of one campaign. now: due already. later: due from `first_at` on, as far as is known now.

    past: due before it went live, so only a backfill would write to them.
    """

    now: int = 0
    later: int = 0
    past: int = 0
    first_at: datetime | None = None

    def add(self, finding: Finding) -> None:
        """One customer, by the verdict on them."""
        if finding.verdict in _NOW:
            self.now += 1
        elif finding.verdict in _LATER and finding.until is not None:
            self.later += 1
            self.first_at = min(finding.until, self.first_at or finding.until)
        elif finding.verdict == Verdict.NOT_TRIGGERED and "live_since" in finding.facts:
            self.past += 1

    def merge(self, other: Reach) -> None:
        """Those of other customers."""
        self.now, self.later, self.past = (
            self.now + other.now,
            self.later + other.later,
            self.past + other.past,
        )
        found = [each for each in (self.first_at, other.first_at) if each is not None]
        self.first_at = min(found, default=None)


class Reached:
    """Counts the reach of some campaigns of a shop, as of `now`. by_campaign: all of them, by id."""

    def __init__(self, shop: Shop, campaigns: Collection[str], now: datetime) -> None:
        chosen = {each: shop.campaigns[each] for each in campaigns}
        self._shop, self._now = replace(shop, campaigns=chosen), now
        self.by_campaign = {each: Reach() for each in chosen}

    def add(self, customer: Customer) -> None:
        """One customer. Other campaigns that want the same slot of a cap are not looked at."""
        if "merged_into" in customer or "erasing" in customer:
            return
        for campaign, finding in decide(customer, self._shop, self._now).findings.items():
            self.by_campaign[campaign].add(finding)
