"""Replenishment: shortly before this customer's own next purchase of a product would be due."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.deciding.remembering import recalled
from perennial.folding import orders, subscriptions
from perennial.folding.orders import Purchases
from perennial.forecast.gaps import LAPSE, Rhythm, shop_level
from perennial.forecast.models import REPLENISHMENT, chance_soon
from perennial.forecast.views import Around, around, pair_features
from perennial.insight import habits
from perennial.messaging.messages import Enrollment
from perennial.shop import Shop
from perennial.times import stamp
from perennial.triggers import days_bought
from perennial.triggers.occurrence import Nothing, Occurrence

HORIZON = 14  # days within which a purchase counts as likely
LEAST_CHANCE = (
    0.10  # of a purchase of what was bought once, until the shop's own history says how much is enough
)
REPEATERS = 5  # buyers who came back before a product counts as one that people buy again
REPEAT_SHARE = 0.2
MOST = 30  # products of a customer: half of the subjects that a campaign remembers
SOON = 8  # days: what is due by then may share a message with what is due now
AHEAD = 3  # reminders known beyond that: each night everybody is looked at anew
GUESS_DAYS = 60.0  # between two orders, in a shop without any
_DAY = timedelta(days=1)
_START = datetime(2000, 1, 1, tzinfo=UTC)  # so near that days since then tell microseconds apart
_BEFORE_NOON = _START.toordinal() - 0.5  # a purchase counts as made at noon
_NO_ENROLLMENTS: Mapping[str, Enrollment] = {}


class _Due(NamedTuple):
    """A reminder, as it is known of each product at little cost. at: when, in days since `_START`. rhythm: of the pair.

    gap: days from the last purchase to the next one expected. waited: days until the reminder.
    """

    at: float
    product: str
    bought: Purchases
    rhythm: Rhythm
    gap: float
    waited: float

    @property
    def key(self) -> str:
        return f"{self.product}:{self.bought.days[-1].isoformat()}"

    @property
    def expected(self) -> datetime:
        return days_bought.noon(self.bought.days[-1]) + timedelta(days=self.gap)

    @property
    def moment(self) -> datetime:
        return _up_to_a_minute(days_bought.noon(self.bought.days[-1]) + timedelta(days=self.waited))


class _Judged(NamedTuple):
    """chance: of a purchase within 14 days of the moment."""

    chance: float
    is_likely: bool
    occurrence: Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, now: datetime
) -> list[Occurrence] | Nothing:
    """One per product that this customer, or many others, buy again, or that lasts for so many days by the merchant's word.

    When: by the rhythm. Whether: by the chance of a purchase within 14 days of that moment. Key: product and last purchase
    day.
    """
    reminders = recalled(
        customer, (occurrences, id(campaign), id(shop)), lambda: _reminders(customer, campaign, shop)
    )
    return reminders if isinstance(reminders, Nothing) else reminders.at(now)


def _reminders(customer: Customer, campaign: Campaign, shop: Shop) -> _Reminders | Nothing:
    bought = orders.purchases(customer)
    if not bought:
        return Nothing({"why": "nothing was bought"})
    subscribed = subscriptions.active(customer)
    if subscribed >= bought.keys():
        return Nothing({"why": "all of it comes by itself", "subscribed": sorted(subscribed)[:5]})
    again = {
        product: each
        for product, each in bought.items()
        if product not in subscribed and _is_bought_again(product, each, campaign, shop)
    }
    if not again:
        return Nothing(
            {"why": "nothing was bought that is usually bought again", "products": sorted(bought)[:5]}
        )
    return _Reminders(customer, campaign, shop, again)


def _is_bought_again(product: str, bought: Purchases, campaign: Campaign, shop: Shop) -> bool:
    """By this customer, by enough others for it to be likely some day, or by the merchant's word."""
    tables = shop.intervals
    if bought.bought > 1 or product in tables.cycles:
        return True
    buyers, repeaters = tables.buyers.get(product, 0), tables.repeaters.get(product, 0)
    if repeaters < REPEATERS or repeaters < REPEAT_SHARE * buyers:
        return False
    guess = campaign.trigger["default_cycle"].days
    return shop.goods.first_chance(product, guess, HORIZON) >= _least_first(shop)


def _least_first(shop: Shop) -> float:
    """Chance that is enough for a reminder of what was bought once."""
    model = shop.models[REPLENISHMENT]
    return model.threshold if model.rows else LEAST_CHANCE


class _Reminders:
    """Of one customer, as long as they buy nothing: dated all, judged when asked for."""

    def __init__(
        self, customer: Customer, campaign: Campaign, shop: Shop, again: Mapping[str, Purchases]
    ) -> None:
        self._customer, self._campaign, self._shop = customer, campaign, shop
        self._before = campaign.trigger["before"].days
        self._live_since = _days(campaign.live_since) if campaign.live_since else -math.inf
        self._cycle = campaign.trigger["default_cycle"].days
        self._around: dict[int, Around] = {}
        self._found: dict[str, _Judged] = {}
        self._dues = sorted(self._due(product, each) for product, each in again.items())

    def at(self, now: datetime) -> list[Occurrence] | Nothing:
        """What may still be sent and was not entered: all that is due soon, and what comes next after that.

        Judging costs more than dating, so what lies further ahead is judged when its time comes.
        """
        inside = self._customer["enrollments"].get(self._campaign.id, _NO_ENROLLMENTS)
        dues = [due for due in self._dues if not _is_entered(due, inside)]
        today = _days(now)
        over = today - self._campaign.send_by.days - 1
        judged = self._judged([due for due in dues if due.at > over], today + SOON)
        likely = [each for each in judged if each.is_likely]
        if len(likely) > MOST:
            likely = sorted(likely, key=lambda each: (-each.chance, each.occurrence.key))[:MOST]
            likely.sort(key=lambda each: (each.occurrence.moment, each.occurrence.key))
        if judged and not likely:
            likeliest = max(judged, key=lambda each: each.chance)
            return Nothing({"why": "another purchase has become unlikely", **likeliest.occurrence.facts})
        return [each.occurrence for each in likely or map(self._judge, dues[-1:])]

    def _judged(self, dues: list[_Due], soon: float) -> list[_Judged]:
        found: list[_Judged] = []
        ahead = 0
        for due in dues:
            if due.at > soon and ahead == AHEAD:
                break
            judged = self._judge(due)
            found.append(judged)
            ahead += judged.is_likely and due.at > soon
        return found

    def _judge(self, due: _Due) -> _Judged:
        found = self._found.get(due.product)
        if found is None:
            chance, is_likely = self._chance(due)
            found = self._found[due.product] = _Judged(chance, is_likely, self._occurrence(due, chance))
        return found

    def _occurrence(self, due: _Due, chance: float) -> Occurrence:
        day = due.bought.days[-1].isoformat()
        return Occurrence(
            key=due.key,
            subject=due.product,
            since=days_bought.end(due.bought.days[-1]),
            moment=due.moment,
            facts={
                "products": [due.product],
                "last_bought": day,
                "times_bought": due.bought.bought,
                "usual_days": round(due.rhythm.usual_days),
                "expected_at": stamp(due.expected),
                "days_passed": round(due.waited),
                "chance_within_14_days": round(chance, 2),
            },
            joins=True,
        )

    def _due(self, product: str, bought: Purchases) -> _Due:
        """The days already passed when the campaign went live are counted on from there."""
        last = bought.days[-1].toordinal() - _BEFORE_NOON
        rhythm = self._shop.goods.rhythm(product, bought.gaps, self._cycle)
        passed = max(0.0, self._live_since - last)
        gap = rhythm.expected_total(passed) if passed else rhythm.usual_days
        waited = max(gap - self._before, passed)
        return _Due(last + waited, product, bought, rhythm, gap, waited)

    def _chance(self, due: _Due) -> tuple[float, bool]:
        """Of a purchase within 14 days of that moment, if nothing is bought until then; and whether it is enough."""
        if due.bought.bought == 1:
            return self._first_chance(due)
        shop, today = self._shop, due.moment.toordinal()
        known = self._around.get(today)
        if known is None:
            whole = habits.ordered(self._customer)
            if whole is None:
                return 0.0, False  # whoever bought has ordered
            level = shop_level(shop.intervals.orders, GUESS_DAYS)
            known = self._around[today] = around(whole, level, today)
        good, bought = shop.goods[due.product], habits.bought(due.bought)
        model = shop.models[REPLENISHMENT]
        chance = chance_soon(model, pair_features(bought, due.rhythm, known, good[1:], today))
        return chance, chance >= model.threshold

    def _first_chance(self, due: _Due) -> tuple[float, bool]:
        """Of those who bought it once, by how many come back for it at all, or by the merchant's word."""
        lapse = (
            LAPSE
            if due.product in self._shop.intervals.cycles
            else 1 - self._shop.goods.come_back(due.product)
        )
        chance = due.rhythm.chance_within(HORIZON, due.waited, lapse)
        return chance, chance >= _least_first(self._shop)


def _up_to_a_minute(moment: datetime) -> datetime:
    """The sweep runs each minute: who is due between two of them would be looked at twice."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def _is_entered(due: _Due, inside: Mapping[str, Enrollment]) -> bool:
    memory = inside.get(due.product)
    return memory is not None and memory["key"] == due.key


def _days(at: datetime) -> float:
    """Since `_START`."""
    return (at - _START) / _DAY
