"""Who was given what in an experiment, and what they did within its window: intention to treat.

The unit is the customer, from their first entry: whoever was to get a message counts among those, whether or not it reached
them, and whoever was held out counts among those who got nothing. So the arms differ by nothing but the draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from perennial.campaigns import HOLDOUT, Campaign, Experiment
from perennial.customer import Customer
from perennial.events import Name
from perennial.experiments.shares import Share
from perennial.folding import orders
from perennial.folding.refunds import net
from perennial.times import after, moment, stamp


class Outcome(NamedTuple):
    """What one customer did. entered_at: a stamp. revenue: of the window, in minor units of the shop's currency."""

    variant: str
    entered_at: str
    converted: bool
    revenue: int


@dataclass(slots=True)
class Arm:
    """Customers of one variant in sums; `revenue_sq` is the sum of squares."""

    customers: int = 0
    converted: int = 0
    revenue: int = 0
    revenue_sq: int = 0

    def add(self, outcome: Outcome) -> None:
        """One more customer."""
        self.customers += 1
        self.converted += outcome.converted
        self.revenue += outcome.revenue
        self.revenue_sq += outcome.revenue**2

    @property
    def share(self) -> Share:
        """Of the customers, those who converted."""
        return Share(self.converted, self.customers)

    @property
    def mean_revenue(self) -> float:
        """Minor units per customer, those who bought nothing included."""
        return self.revenue / self.customers if self.customers else 0.0

    @property
    def revenue_variance(self) -> float:
        """Of one customer's revenue, estimated from these (Bessel's correction)."""
        if self.customers < 2:
            return 0.0
        return max(0.0, self.revenue_sq - self.revenue**2 / self.customers) / (self.customers - 1)


@dataclass(slots=True)
class Measured:
    """arms: by variant, of those whose window has closed. running: how many are still inside theirs. first_at: stamp."""

    arms: dict[str, Arm] = field(default_factory=dict)
    running: int = 0
    first_at: str = ""


def measure(
    customers: Iterable[Customer], campaign: Campaign, until: datetime, currency: str, zone: str
) -> Measured:
    """One pass over the customers, as things stood at `until`; orders in other currencies count, but not as revenue."""
    measured = Measured()
    experiment = campaign.experiment or Experiment()
    for customer in customers:
        outcome = outcome_of(customer, campaign.id, experiment, currency, zone)
        if outcome is None or outcome.entered_at > stamp(until):
            continue
        measured.first_at = min(measured.first_at or outcome.entered_at, outcome.entered_at)
        if after(moment(outcome.entered_at), experiment.window, zone) > until:
            measured.running += 1
        else:
            measured.arms.setdefault(outcome.variant, Arm()).add(outcome)
    return measured


def outcome_of(
    customer: Customer, campaign_id: str, experiment: Experiment, currency: str, zone: str
) -> Outcome | None:
    """None for a customer who never entered it."""
    trial = customer.get("trials", {}).get(campaign_id)
    if trial is None:
        return None
    start = trial["at"]
    end = stamp(after(moment(start), experiment.window, zone))
    bought = [order for order in orders.counted(customer) if start < order["placed_at"] <= end]
    revenue = sum(net(order) for order in bought if order["currency"] == currency)
    if experiment.metric == Name.ORDER_COMPLETED:
        converted = bool(bought)
    else:  # of other events the document knows the last time only
        converted = start < customer["seen"].get(experiment.metric, "") <= end
    return Outcome(trial["variant"], start, converted, revenue)


def planned_shares(experiment: Experiment) -> Mapping[str, float]:
    """The share of all customers that each arm should have, the holdout's among them."""
    rest = 1 - experiment.holdout
    shares = {name: share * rest for name, share in experiment.variants.items()}
    return {HOLDOUT: experiment.holdout, **shares} if experiment.holdout else shares
