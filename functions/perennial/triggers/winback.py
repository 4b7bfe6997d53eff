"""Winback: silent for longer than nearly all of this customer's own gaps between orders."""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial import orders
from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.forecast.gaps import order_rhythm
from perennial.shop import Shop
from perennial.times import moment
from perennial.triggers.occurrence import Nothing, Occurrence

HORIZON = 30  # days over which the explanation states the chance of an order
FAVOURITES = 2


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The silence after the last order. Key: that order."""
    last = orders.last(customer)
    if last is None:
        return Nothing({"why": "never ordered"})
    parameters = campaign.trigger
    rhythm = order_rhythm(
        orders.gaps_between(customer), shop.intervals.orders, parameters["default_rhythm"].days
    )
    silent_for = max(rhythm.quantile(parameters["silence"]), float(parameters["at_least"].days))
    facts = {
        "last_order": last["id"],
        "last_order_at": last["placed_at"],
        "usual_days": round(rhythm.usual_days),
        "silent_days": round(silent_for),
        "chance_within_30_days": round(rhythm.chance_within(HORIZON, silent_for), 2),
        "products": _favourites(customer),
    }
    due = moment(last["placed_at"]) + timedelta(days=silent_for)
    return [Occurrence(key=last["id"], subject="", since=last["placed_at"], moment=due, facts=facts)]


def _favourites(customer: Customer) -> list[str]:
    """What was bought on most days, then most lately."""
    bought = orders.purchases(customer)
    return sorted(
        bought, key=lambda product: (-bought[product].bought, -bought[product].days[-1].toordinal())
    )[:FAVOURITES]
