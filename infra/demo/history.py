"""A year of orders, and those that would come in the weeks after it: each customer buys in a rhythm of their own."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from infra.demo.goods import CONSUMED, LASTING, Good
from infra.demo.people import Person, dice
from on_event.orders_file.rows import NEEDED
from perennial.money import major_units

YEAR = timedelta(days=365)
COLUMNS = (
    *NEEDED,
    *("email", "first_name", "last_name", "phone", "locale", "timezone", "country"),
    *("email_consent", "sms_consent", "consent_at", "title", "url", "image"),
)
_TOGETHER = timedelta(days=3)  # what runs out within these is bought in one order
_STEADY, _LAPSED, _ONCE, _ONLY_SIGNED_UP = "steady", "lapsed", "once", "only signed up"
_KINDS = ((48, _STEADY), (24, _LAPSED), (20, _ONCE), (8, _ONLY_SIGNED_UP))


@dataclass(frozen=True)
class Basket:
    """An order of somebody. id: given by the shop in the order of time."""

    customer: Person
    at: datetime
    goods: tuple[tuple[Good, int], ...]
    id: str = ""


@dataclass(frozen=True)
class Past:
    """A customer with everything they bought or will buy, and when they gave their details."""

    person: Person
    since: datetime
    baskets: tuple[Basket, ...] = ()


def past_of(person: Person, start: datetime, end: datetime, seed: int) -> Past:
    """A likely past of a person, told until `end`; `start`: the present, about a year after the first of it."""
    chance = dice(seed, "past", person.id)
    kind = chance.choices([each for _, each in _KINDS], [share for share, _ in _KINDS])[0]
    since = _by_day(start - YEAR * chance.uniform(0.15, 1.0), person, chance)
    if kind == _ONLY_SIGNED_UP:
        return Past(person, since)
    if kind == _ONCE:
        goods = tuple((good, 1) for good in chance.sample(LASTING, chance.choice((1, 1, 2))))
        return Past(person, since, (Basket(person, since, goods),))
    until = end if kind == _STEADY else start - timedelta(days=chance.uniform(20, 170))
    return Past(person, since, tuple(_baskets(person, since, until, chance)))


def _baskets(person: Person, since: datetime, until: datetime, chance: random.Random) -> Iterator[Basket]:
    wanted = sorted(
        (at, good)
        for good in chance.sample(CONSUMED, chance.choice((1, 1, 2)))
        for at in _times(good, since, until, chance)
    )
    treats = iter(chance.sample(LASTING, len(LASTING)))  # nobody buys the same teapot twice
    while wanted:
        begins = wanted[0][0]
        together = [good for at, good in wanted if at < begins + _TOGETHER]
        wanted = [each for each in wanted if each[0] >= begins + _TOGETHER]
        treat = next(treats, None) if chance.random() < 0.12 else None
        goods = [(good, chance.choice((1, 1, 1, 2))) for good in dict.fromkeys(together)]
        yield Basket(person, begins, (*goods, *([(treat, 1)] if treat else [])))


def _times(good: Good, since: datetime, until: datetime, chance: random.Random) -> Iterator[datetime]:
    """Purchases of one good: their own pace, kept well but not exactly."""
    pace = (good.lasts or 0) * chance.lognormvariate(0, 0.22)
    at = since
    while at < until:
        yield at
        days = max(5.0, pace * math.exp(chance.gauss(0, 0.14)))
        at += timedelta(minutes=round(days * 1440))


def _by_day(at: datetime, person: Person, chance: random.Random) -> datetime:
    return person.at(at.astimezone(person.zone), chance.randint(8, 21), chance.randint(0, 59))


def numbered(baskets: Iterable[Basket]) -> list[Basket]:
    """In the order of time, with the numbers the shop gives."""
    ordered = sorted(baskets, key=lambda basket: (basket.at, basket.customer.id))
    return [
        Basket(each.customer, each.at, each.goods, str(20_001 + place)) for place, each in enumerate(ordered)
    ]


def write_csv(path: Path, pasts: Sequence[Past], baskets: Sequence[Basket]) -> None:
    """The file a shop exports: a line for each order line, one for who only signed up, and two that slipped in wrong."""
    since = {past.person.id: past.since for past in pasts}
    lines = [
        (basket.at, _order_line(basket, good, quantity, since[basket.customer.id]))
        for basket in baskets
        for good, quantity in basket.goods
    ]
    lines += [(past.since, _sign_up(past)) for past in pasts if not past.baskets]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(line for _, line in sorted(lines, key=lambda each: (each[0], each[1]["customer"])))
        writer.writerow(
            {"customer": "guest", "ts": "2026-09-01", "order_id": "19999", "product": "2002", "qty": "1"}
        )
        writer.writerow(
            {"customer": "5000", "ts": "31.08.2026", "order_id": "19998", "product": "2003", "qty": "1"}
        )


def _order_line(basket: Basket, good: Good, quantity: int, since: datetime) -> dict[str, str]:
    return {
        **_about(basket.customer, since),
        "ts": basket.at.isoformat(timespec="seconds"),
        "order_id": basket.id,
        "product": good.id,
        "category": good.category,
        "qty": str(quantity),
        "value": str(major_units(good.cents * quantity, "USD")),
        "title": good.title,
        "url": good.url,
        "image": good.image,
    }


def _sign_up(past: Past) -> dict[str, str]:
    return {**_about(past.person, past.since), "ts": past.since.isoformat(timespec="seconds")}


def _about(person: Person, since: datetime) -> dict[str, str]:
    return {
        "customer": person.id,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "locale": person.locale,
        "timezone": person.timezone,
        "country": person.country,
        "email_consent": person.consent.get("email", ""),
        "sms_consent": person.consent.get("sms", ""),
        "consent_at": since.isoformat(timespec="seconds") if person.consent else "",
    }
