"""What the crowd does in the live weeks: they buy as they always did, look around, sign up, and now and then have enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from infra.demo.goods import GOODS
from infra.demo.history import Basket
from infra.demo.people import Person, dice, person
from infra.demo.plot import Plot
from infra.demo.storefront import Storefront

PACKED_WITHIN = timedelta(hours=20)
_VISITS = (0, 0, 0, 0, 0, 1, 1, 1, 2, 2)


def arrange(
    plot: Plot,
    shop: Storefront,
    people: Sequence[Person],
    baskets: Sequence[Basket],
    start: datetime,
    days: int,
    seed: int,
) -> None:
    """Put everything that these people do between `start` and so many days later into the plot."""
    for basket in baskets:
        _buy(plot, shop, basket, seed)
    for each in people:
        _look_around(plot, shop, each, start, days, seed)
        _have_enough(plot, shop, each, seed)
    for number in range(len(people) // 12):
        _stranger(plot, shop, number, start, days, seed)
    for number in range(len(people) // 25):
        _newcomer(plot, shop, person(10_000 + number, seed), start, days, seed)


def _buy(plot: Plot, shop: Storefront, basket: Basket, seed: int) -> None:
    if dice(seed, "buys", basket.id).random() < 0.5:
        goods = [good for good, _ in basket.goods]
        shows = partial(shop.browse, basket.customer, goods, into_cart=True)
        plot.at(basket.at - timedelta(minutes=9), shows)
    plot.at(basket.at, partial(shop.order, basket))
    plot.at(basket.at + PACKED_WITHIN, partial(shop.ship, basket))


def _look_around(plot: Plot, shop: Storefront, who: Person, start: datetime, days: int, seed: int) -> None:
    chance = dice(seed, "looks", who.id)
    for _ in range(chance.choice(_VISITS)):
        at = who.at(
            start + timedelta(days=chance.randrange(days)), chance.randint(7, 22), chance.randint(0, 59)
        )
        goods = chance.sample(GOODS, chance.choice((1, 1, 2, 3)))
        plot.at(max(at, start), partial(shop.browse, who, goods, into_cart=chance.random() < 0.15))


def _have_enough(plot: Plot, shop: Storefront, who: Person, seed: int) -> None:
    chance = dice(seed, "enough", who.id)
    if chance.random() < 0.05 and "sms" not in who.consent:
        after = timedelta(minutes=chance.randint(90, 2000))
        plot.on_mail(who, "", after, lambda letter: shop.unsubscribe(letter.mail))


def _stranger(plot: Plot, shop: Storefront, number: int, start: datetime, days: int, seed: int) -> None:
    chance = dice(seed, "stranger", number)
    at = start + timedelta(minutes=chance.randrange(days * 1440))
    plot.at(at, partial(shop.browse, f"stranger-{number}", chance.sample(GOODS, 2)))


def _newcomer(plot: Plot, shop: Storefront, who: Person, start: datetime, days: int, seed: int) -> None:
    chance = dice(seed, "newcomer", who.id)
    at = start + timedelta(minutes=chance.randrange((days - 2) * 1440))
    plot.at(at, partial(shop.sign_up, who))
    plot.at(at + timedelta(minutes=20), partial(shop.browse, who, chance.sample(GOODS, 2)))
