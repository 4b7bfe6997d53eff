"""Winback: silent for longer than nearly all of this customer's own gaps between orders, and most likely lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Order
from perennial.folding import orders
from perennial.forecast.gaps import order_rhythm, shop_level
from perennial.forecast.logistic import chance
from perennial.forecast.models import LOST
from perennial.forecast.views import FAR, customer_features
from perennial.insight import habits
from perennial.messaging.messages import Enrollment
from perennial.shop import Shop
from perennial.times import moment
from perennial.triggers.occurrence import Nothing, Occurrence

HORIZON = 30  # days over which the explanation states the chance of an order
FAVOURITES = 2
LATER = (
    1.0,
    1.5,
    2.2,
)  # of the silence: when to look again at somebody who will likely come back by themselves
_NO_ENROLLMENTS: Mapping[str, Enrollment] = {}


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The silence after the last order. Key: that order.

    When: after a silence that is long for them; in a shop whose own history taught who is lost, as soon as that is likely,
    and at the latest after a bit more than twice that silence.
    """
    last = orders.last(customer)
    if last is None:
        return Nothing({"why": "never ordered"})
    parameters = campaign.trigger
    guess = parameters["default_rhythm"].days
    rhythm = order_rhythm(orders.gaps_between(customer), shop.intervals.orders, guess)
    silent_for = max(rhythm.quantile(parameters["silence"]), float(parameters["at_least"].days))
    lost = 1 - rhythm.chance_within(FAR, silent_for)
    if shop.models[LOST].rows and not _is_settled(customer, campaign, last, silent_for):
        silent_for, lost = _lost_after(customer, silent_for, guess, shop)
    facts = {
        "last_order": last["id"],
        "last_order_at": last["placed_at"],
        "usual_days": round(rhythm.usual_days),
        "silent_days": round(silent_for),
        "chance_within_30_days": round(rhythm.chance_within(HORIZON, silent_for), 2),
        "chance_lost": round(lost, 2),
        "products": _favourites(customer),
    }
    due = moment(last["placed_at"]) + timedelta(days=silent_for)
    return [Occurrence(key=last["id"], subject="", since=last["placed_at"], moment=due, facts=facts)]


def _is_settled(customer: Customer, campaign: Campaign, last: Order, silence: float) -> bool:
    """Entered already, or so long ago that it is the past however it is judged."""
    memory = customer["enrollments"].get(campaign.id, _NO_ENROLLMENTS).get("")
    if memory is not None and memory["key"] == last["id"]:
        return True
    latest = moment(last["placed_at"]) + timedelta(days=silence * LATER[-1])
    return campaign.live_since is not None and latest < campaign.live_since


def _lost_after(customer: Customer, silence: float, guess: int, shop: Shop) -> tuple[float, float]:
    """Days of silence after which the customer is likely lost, and how likely that is."""
    learned, whole = shop.models[LOST], habits.ordered(customer)
    days, lost = silence, 1.0
    if whole is None:
        return days, lost
    known = habits.with_goods(whole, customer, shop.goods)
    level = shop_level(shop.intervals.orders, guess)
    for later in LATER:
        days = silence * later
        features = customer_features(known, level, shop.goods, known.days[-1] + round(days))
        lost = chance(learned.line.log_odds(features))
        if lost >= learned.threshold:
            break
    return days, lost


def _favourites(customer: Customer) -> list[str]:
    """What was bought on most days, then most lately."""
    bought = orders.purchases(customer)
    return sorted(
        bought, key=lambda product: (-bought[product].bought, -bought[product].days[-1].toordinal())
    )[:FAVOURITES]
