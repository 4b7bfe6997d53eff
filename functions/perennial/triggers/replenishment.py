"""Replenishment: shortly before this customer's own next purchase of a product would be due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from perennial import habits, orders, subscriptions
from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.forecast.gaps import Rhythm, shop_level
from perennial.forecast.models import REPLENISHMENT, chance_soon
from perennial.forecast.views import around, pair_features
from perennial.messages import Enrollment
from perennial.orders import Purchases
from perennial.shop import Shop
from perennial.times import stamp
from perennial.triggers.occurrence import Nothing, Occurrence

HORIZON = 14  # days within which a purchase counts as likely
LEAST_CHANCE = 0.10  # of a purchase of what was bought once; below it most have moved on
REPEATERS = 5  # buyers who came back before a product counts as one that people buy again
REPEAT_SHARE = 0.2
GUESS_DAYS = 60.0  # between two orders, in a shop without any
_NO_ENROLLMENTS: Mapping[str, Enrollment] = {}


class _Due(NamedTuple):
    """rhythm: of the pair. expected: when the next purchase is. moment: of the reminder. waited: days until then."""

    rhythm: Rhythm
    expected: datetime
    moment: datetime
    waited: float


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One per product that this customer, or many others, buy again, or that lasts for so many days by the merchant's word.

    When: by the rhythm. Whether: by the chance of a purchase within 14 days of that moment. Key: product and last purchase
    day.
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
    found = _Reminders(customer, campaign, shop).of(again)
    likely = [each for each, is_likely in found if is_likely]
    if not likely:
        likeliest = max((each for each, _ in found), key=lambda each: each.facts["chance_within_14_days"])
        return Nothing({"why": "another purchase has become unlikely", **likeliest.facts})
    return sorted(likely, key=lambda occurrence: (occurrence.moment, occurrence.key))


def _is_bought_again(product: str, bought: Purchases, shop: Shop) -> bool:
    if bought.bought > 1 or product in shop.intervals.cycles:
        return True
    buyers, repeaters = shop.intervals.buyers.get(product, 0), shop.intervals.repeaters.get(product, 0)
    return repeaters >= REPEATERS and repeaters >= REPEAT_SHARE * buyers


class _Reminders:
    """Of one customer."""

    def __init__(self, customer: Customer, campaign: Campaign, shop: Shop) -> None:
        self._customer, self._campaign, self._shop = customer, campaign, shop
        self._before = timedelta(days=campaign.trigger["before"].days)
        self._cycle = campaign.trigger["default_cycle"].days
        self._entered = customer["enrollments"].get(campaign.id, _NO_ENROLLMENTS)

    def of(self, again: Mapping[str, Purchases]) -> list[tuple[Occurrence, bool]]:
        """Each with whether it is likely enough that the reminder is followed by a purchase."""
        return [self._occurrence(product, bought) for product, bought in again.items()]

    def _occurrence(self, product: str, bought: Purchases) -> tuple[Occurrence, bool]:
        due, day = self._due(product, bought), bought.days[-1].isoformat()
        key = f"{product}:{day}"
        chance, is_likely = self._chance(product, bought, key, due)
        occurrence = Occurrence(
            key=key,
            subject=product,
            # purchases are known by day: what comes later that day is no repeat
            since=f"{day}T23:59:59.999Z",
            moment=due.moment,
            facts={
                "products": [product],
                "last_bought": day,
                "times_bought": bought.bought,
                "usual_days": round(due.rhythm.usual_days),
                "expected_at": stamp(due.expected),
                "days_passed": round(due.waited),
                "chance_within_14_days": round(chance, 2),
            },
            joins=True,
        )
        return occurrence, is_likely

    def _due(self, product: str, bought: Purchases) -> _Due:
        """The days already passed when the campaign went live are counted on from there."""
        last = datetime.combine(bought.days[-1], time(12), UTC)
        rhythm = self._shop.goods.rhythm(product, bought.gaps, self._cycle)
        passed = _days_passed(last, self._campaign.live_since)
        expected = last + timedelta(days=rhythm.expected_total(passed) if passed else rhythm.usual_days)
        moment = max(expected - self._before, last + timedelta(days=passed))
        return _Due(rhythm, expected, moment, (moment - last).total_seconds() / 86400)

    def _chance(self, product: str, bought: Purchases, key: str, due: _Due) -> tuple[float, bool]:
        """Of a purchase within 14 days of that moment, if nothing is bought until then; and whether it is enough."""
        memory = self._entered.get(product)
        if bought.bought == 1 or (
            memory is not None and memory["key"] == key
        ):  # the latter is judged already
            chance = due.rhythm.chance_within(HORIZON, due.waited)
            return chance, chance >= LEAST_CHANCE
        model, today = self._shop.models[REPLENISHMENT], due.moment.toordinal()
        whole = habits.ordered(self._customer)
        if whole is None:
            return 0.0, False  # whoever bought has ordered
        known = around(whole, shop_level(self._shop.intervals.orders, GUESS_DAYS), today)
        good = self._shop.goods[product]
        chance = chance_soon(model, pair_features(habits.bought(bought), due.rhythm, known, good[1:], today))
        return chance, chance >= model.threshold


def _days_passed(last: datetime, live_since: datetime | None) -> float:
    """Days without a purchase when the campaign went live, at which the reminder can be judged first."""
    return max(0.0, (live_since - last).total_seconds() / 86400) if live_since else 0.0
