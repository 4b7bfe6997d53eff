"""What campaigns did: sent, clicked, skipped and why, what is owed to them, and what became of those in an experiment.

Counted anew each night from what documents remember, never incremented: messages, clicks and owed orders of the last 30
days; of experiments everybody who entered (`perennial.experiments.measuring`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from perennial.campaigns import Campaign, Experiment
from perennial.customer import Customer
from perennial.experiments.measuring import outcome_of
from perennial.folding.refunds import net
from perennial.messaging.attribution import attributed
from perennial.messaging.outbox import Status
from perennial.shop import Shop
from perennial.times import after, moment, stamp

WINDOW = timedelta(days=30)  # of the messages and orders that are counted
MOST_REASONS = 50  # of one campaign; the others are counted together
OTHERS = "other"


class Results:
    """Counts by campaign, and in them by measure and variant (or reason)."""

    def __init__(self, counts: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None) -> None:
        self._counts: dict[str, dict[str, Counter[str]]] = {
            campaign: {measure: Counter(by) for measure, by in measures.items()}
            for campaign, measures in (counts or {}).items()
        }

    def add(self, customer: Customer, shop: Shop, cut: datetime) -> None:
        """One customer as of `cut`."""
        since, until = stamp(cut - WINDOW), stamp(cut)
        for settled in customer["settled"]:
            if settled["campaign"] not in shop.campaigns or not since < settled["at"] <= until:
                continue
            if settled["status"] == Status.SKIPPED:
                self._count(
                    settled["campaign"], Status.SKIPPED, settled.get("reason", "").partition(":")[0] or OTHERS
                )
            else:
                self._count(settled["campaign"], settled["status"], settled["variant"])
            if "clicked_at" in settled:
                self._count(settled["campaign"], "clicked", settled["variant"])
        for order, message in attributed(customer):
            if message["campaign"] in shop.campaigns and since < order["placed_at"] <= until:
                self._count(message["campaign"], "owed_orders", order["currency"])
                self._count(message["campaign"], "owed_revenue", order["currency"], net(order))
        for campaign_id in customer.get("trials", {}):
            campaign = shop.campaigns.get(campaign_id)
            if campaign is not None and campaign.experiment is not None:
                self._trial(customer, shop, campaign, campaign.experiment, cut)

    def _trial(
        self, customer: Customer, shop: Shop, campaign: Campaign, experiment: Experiment, cut: datetime
    ) -> None:
        zone = shop.settings.timezone
        outcome = outcome_of(customer, campaign.id, experiment, shop.settings.currency, zone)
        if outcome is None or outcome.entered_at > stamp(cut):
            return
        if after(moment(outcome.entered_at), experiment.window, zone) > cut:
            self._count(campaign.id, "running", outcome.variant)
            return
        self._count(campaign.id, "measured", outcome.variant)
        self._count(campaign.id, "converted", outcome.variant, int(outcome.converted))
        self._count(campaign.id, "revenue", outcome.variant, outcome.revenue)
        self._count(campaign.id, "revenue_sq", outcome.variant, outcome.revenue**2)

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


def _bounded(by: Counter[str]) -> dict[str, int]:
    kept = sorted(by.items(), key=lambda each: (-each[1], each[0]))
    rest = sum(number for _, number in kept[MOST_REASONS:])
    named = dict(sorted(kept[:MOST_REASONS]))
    return {**named, OTHERS: named.get(OTHERS, 0) + rest} if rest else named
