"""Made-up shops of many kinds, from which the shipped weights come, and with which the models are tested.

Each customer has a rhythm, favourites that run out, and a chance to leave after every order. No real shop is behind them.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from infra.forecasting.book import Book, Kept, close

_START = 737_000  # some day


@dataclass(frozen=True, slots=True)
class Kind:
    """Of a shop. every: days between two orders of the median customer.

    spread: of log days between customers, noise: within one. lasts: days of a favourite. favourites: of a customer, at most.
    whims: products of an order that are no favourites. leaving: mean chance to leave after an order. weekly: orders like to
    fall on the customer's weekday.
    """

    every: float
    spread: float
    noise: float
    lasts: float
    favourites: int
    whims: float
    leaving: float
    products: int
    customers: int
    days: int = 365
    weekly: bool = False


GROCERY = Kind(7, 0.5, 0.4, 24, 30, 2.5, 0.02, 700, 400, weekly=True)
COFFEE = Kind(32, 0.5, 0.45, 34, 3, 0.4, 0.12, 60, 1200)
PETS = Kind(28, 0.6, 0.5, 40, 6, 1.0, 0.08, 250, 1000)
COSMETICS = Kind(55, 0.6, 0.6, 70, 5, 1.5, 0.2, 400, 1500)
GIFTS = Kind(60, 0.8, 0.9, 120, 12, 12.0, 0.2, 1200, 900)
MUSIC = Kind(70, 1.0, 1.0, 400, 2, 1.8, 0.3, 3000, 2500, days=500)
KINDS = (GROCERY, COFFEE, PETS, COSMETICS, GIFTS, MUSIC)


def shop(kind: Kind, seed: int) -> Book:
    """All orders of a shop of this kind."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret with it
    popular = [chance.paretovariate(1.1) for _ in range(kind.products)]
    lasting = [kind.lasts * math.exp(chance.gauss(0, 0.5)) for _ in range(kind.products)]
    goods = _Goods(chance, popular, lasting)
    book = Book()
    kept: Kept = {}
    for number in range(kind.customers):
        orders = _orders(kind, goods)
        if orders:
            kept[f"c{number}"] = orders
    book.category_of = {f"p{product}": f"g{product % 20}" for product in range(kind.products)}
    close(book, kept)
    return book


@dataclass(slots=True)
class _Goods:
    chance: random.Random
    popular: list[float]
    lasting: list[float]

    def drawn(self, number: int) -> list[int]:
        return self.chance.choices(range(len(self.popular)), self.popular, k=number)


def _orders(kind: Kind, goods: _Goods) -> dict[int, dict[str, float]]:
    chance = goods.chance
    own = kind.every * math.exp(chance.gauss(0, kind.spread))
    leaving = chance.betavariate(1.0, 1.0 / kind.leaving - 1.0)
    favourites = set(goods.drawn(chance.randint(1, kind.favourites)))
    left = {each: goods.lasting[each] * chance.random() for each in favourites}  # days until it runs out
    at = chance.random() * kind.days - (kind.days / 3 if chance.random() < 0.4 else 0)
    orders: dict[int, dict[str, float]] = {}
    while at < kind.days:
        gap = max(1.0, own * math.exp(chance.gauss(0, kind.noise)))
        if kind.weekly:
            gap = max(1.0, 7 * round(gap / 7) + chance.choice((-1, 0, 0, 0, 1)))
        basket = [each for each in left if left[each] < own / 2 and chance.random() < 0.8]
        basket += goods.drawn(_about(chance, kind.whims))
        if at >= 0 and basket:
            orders[_START + int(at)] = {f"p{each}": 10.0 for each in basket}
        for each in basket:
            if each in left:
                left[each] = goods.lasting[each] * math.exp(chance.gauss(0, 0.35))
        if chance.random() < leaving:
            break
        at += gap
        left = {each: days - gap for each, days in left.items() if chance.random() < 0.98}
    return orders


def _about(chance: random.Random, mean: float) -> int:
    return int(chance.expovariate(1 / mean) + chance.random())
