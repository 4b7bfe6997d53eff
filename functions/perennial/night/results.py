"""What campaigns did: sent, clicked, skipped and why, and what customers bought after they entered; by variant.

Counted anew each night from what documents remember, never incremented: of messages the last 30 days, of enrollments the
newest of each customer and subject, since the campaign went live in its present mode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from perennial import orders
from perennial.campaigns import Campaign, Experiment
from perennial.customer import Customer, Enrollment
from perennial.events import Name
from perennial.outbox import Status
from perennial.refunds import net
from perennial.shop import Shop
from perennial.times import after, moment, stamp

WINDOW = timedelta(days=30)  # of the messages that are counted
MOST_REASONS = 50  # of one campaign; the others are counted together
OTHERS = "other"
_UNTRIED = Experiment()


class Results:
    """Counts by campaign, and in them by measure and variant (or reason)."""

    def __init__(self, counts: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None) -> None:
        self._counts: dict[str, dict[str, Counter[str]]] = {
            campaign: {measure: Counter(by) for measure, by in measures.items()}
            for campaign, measures in (counts or {}).items()
        }

    def add(self, customer: Customer, shop: Shop, cut: datetime) -> None:
        """One customer as of `cut`."""
        self._messages(customer, shop, cut)
        for campaign_id, inside in customer["enrollments"].items():
            campaign = shop.campaigns.get(campaign_id)
            if campaign is not None and campaign.live_since is not None:
                for enrollment in _entered(inside, stamp(campaign.live_since)):
                    self._entry(customer, shop, campaign, enrollment, cut)

    def _messages(self, customer: Customer, shop: Shop, cut: datetime) -> None:
        since, until = stamp(cut - WINDOW), stamp(cut)
        for settled in customer["settled"]:
            if settled["campaign"] not in shop.campaigns or not since < settled["at"] <= until:
                continue
            measures = settled["status"], settled["variant"]
            if settled["status"] == Status.SKIPPED:
                measures = Status.SKIPPED, settled.get("reason", "").partition(":")[0] or OTHERS
            self._count(settled["campaign"], *measures)
            if "clicked_at" in settled:
                self._count(settled["campaign"], "clicked", settled["variant"])

    def _entry(
        self, customer: Customer, shop: Shop, campaign: Campaign, enrollment: Enrollment, cut: datetime
    ) -> None:
        variant = enrollment["variant"]
        self._count(campaign.id, "entered", variant)
        experiment = campaign.experiment or _UNTRIED
        ends = after(moment(enrollment["entered_at"]), experiment.window, shop.settings.timezone)
        if ends > cut:
            return  # its window is not over: neither converted nor not
        self._count(campaign.id, "measured", variant)
        within = (enrollment["entered_at"], stamp(ends))
        bought = [net(order) for order in _orders(customer, within, shop.settings.currency)]
        if _converted(customer, experiment.metric, within):
            self._count(campaign.id, "converted", variant)
        self._count(campaign.id, "orders", variant, len(bought))
        self._count(campaign.id, "revenue", variant, sum(bought))

    def _count(self, campaign: str, measure: str, by: str, number: int = 1) -> None:
        if number:
            self._counts.setdefault(campaign, {}).setdefault(measure, Counter())[by] += number

    def merge(self, other: Results) -> None:
        """All that another one counted."""
        for campaign, measures in other._counts.items():
            for measure, by in measures.items():
                for each, number in by.items():
                    self._count(campaign, measure, each, number)

    def to_json(self) -> dict[str, dict[str, dict[str, int]]]:
        """For the state of a segment, and for the release (`Tables.counters`)."""
        return {
            campaign: {measure: _bounded(by) for measure, by in sorted(measures.items())}
            for campaign, measures in sorted(self._counts.items())
        }


def _entered(inside: Mapping[str, Enrollment], since: str) -> Iterator[Enrollment]:
    return (each for each in inside.values() if each["entered_at"] >= since)


def _orders(customer: Customer, within: tuple[str, str], currency: str) -> Iterator[Any]:
    """Counted orders placed in it, in the shop's currency."""
    return (
        order
        for order in orders.counted(customer)
        if within[0] < order["placed_at"] <= within[1] and order["currency"] == currency
    )


def _converted(customer: Customer, metric: str, within: tuple[str, str]) -> bool:
    """Of other events than orders only the last time is remembered."""
    if metric == Name.ORDER_COMPLETED:
        return any(within[0] < order["placed_at"] <= within[1] for order in orders.counted(customer))
    return within[0] < customer["seen"].get(metric, "") <= within[1]


def _bounded(by: Counter[str]) -> dict[str, int]:
    kept = sorted(by.items(), key=lambda each: (-each[1], each[0]))
    rest = sum(number for _, number in kept[MOST_REASONS:])
    named = dict(sorted(kept[:MOST_REASONS]))
    return {**named, OTHERS: named.get(OTHERS, 0) + rest} if rest else named
