"""Replenishment: something this customer buys again and again is about to run out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from perennial import orders, subscriptions
from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.forecast.gaps import Gaps, Rhythm, pair_rhythm
from perennial.orders import Purchases
from perennial.shop import Shop
from perennial.times import stamp
from perennial.triggers.occurrence import Nothing, Occurrence

HORIZON = 14  # days within which a purchase counts as likely
LEAST_CHANCE = 0.10  # below it the customer has most likely moved on: no reminder
REPEATERS = 5  # buyers who came back before a product counts as one that people buy again
REPEAT_SHARE = 0.2


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One per product that this customer, or many others, buy again, or that lasts for so many days by the merchant's word.

    Key: product and last purchase day.
    """
    bought = orders.purchases(customer)
    if not bought:
        return Nothing({"why": "nothing was bought"})
    subscribed = subscriptions.active(customer)
    if subscribed >= bought.keys():
        return Nothing({"why": "all of it comes by itself", "subscribed": sorted(subscribed)[:5]})
    again = {
        product: each
        for product, each in bought.items()
        if product not in subscribed and _is_bought_again(product, each, shop)
    }
    if not again:
        return Nothing(
            {"why": "nothing was bought that is usually bought again", "products": sorted(bought)[:5]}
        )
    found = [_occurrence(product, each, campaign, shop) for product, each in again.items()]
    likely = [occurrence for occurrence in found if occurrence.facts["chance_within_14_days"] >= LEAST_CHANCE]
    if not likely:
        return Nothing({"why": "another purchase has become unlikely", **found[0].facts})
    return sorted(likely, key=lambda occurrence: (occurrence.moment, occurrence.key))


def _is_bought_again(product: str, bought: Purchases, shop: Shop) -> bool:
    if bought.bought > 1 or product in shop.intervals.cycles:
        return True
    repeaters, buyers = shop.intervals.repeaters.get(product, 0), shop.intervals.buyers.get(product, 0)
    return repeaters >= REPEATERS and repeaters >= REPEAT_SHARE * buyers


def _occurrence(product: str, bought: Purchases, campaign: Campaign, shop: Shop) -> Occurrence:
    last = _noon(bought.days[-1])
    rhythm = _rhythm(product, bought, campaign, shop)
    passed = _days_passed(last, campaign.live_since)
    expected = last + timedelta(days=rhythm.expected_total(passed) if passed else rhythm.usual_days)
    before = campaign.trigger["before"].days
    moment = max(expected - timedelta(days=before), last + timedelta(days=passed))
    waited = (moment - last).total_seconds() / 86400
    return Occurrence(
        key=f"{product}:{bought.days[-1].isoformat()}",
        subject=product,
        since=stamp(
            datetime.combine(bought.days[-1], time.max, UTC)
        ),  # what was bought that day is no exit from it
        moment=moment,
        facts={
            "products": [product],
            "last_bought": bought.days[-1].isoformat(),
            "times_bought": bought.bought,
            "usual_days": round(rhythm.usual_days),
            "expected_at": stamp(expected),
            "days_passed": round(waited),
            "chance_within_14_days": round(rhythm.chance_within(HORIZON, waited), 2),
        },
        joins=True,
    )


def _rhythm(product: str, bought: Purchases, campaign: Campaign, shop: Shop) -> Rhythm:
    tables = shop.intervals
    return pair_rhythm(
        bought.gaps,
        tables.products.get(product, Gaps()),
        tables.repurchases,
        campaign.trigger["default_cycle"].days,
        tables.cycles.get(product),
    )


def _noon(day: date) -> datetime:
    """Purchases are known by day; noon keeps the error under half a day anywhere."""
    return datetime.combine(day, time(12), UTC)


def _days_passed(last: datetime, live_since: datetime | None) -> float:
    """Days already gone when the campaign began to look: a stored fact, so the moment stays the same whenever asked."""
    if live_since is None or live_since <= last:
        return 0.0
    return (live_since - last).total_seconds() / 86400
