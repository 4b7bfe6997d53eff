"""Those whose stories show one rule each. What happens to them is written down; what they get is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from infra.demo.goods import BEANS, COFFEE, GRANOLA, HONEY, TEA, Good
from infra.demo.history import Basket, Past
from infra.demo.people import Person, phone_of

_WOBBLE = (0, 1, -1, 2, 0, -2, 1, 0, -1)  # days: nobody is a clock


def _member(
    number: int, name: str, timezone: str = "America/New_York", country: str = "US", **consent: str
) -> Person:
    first, _, last = name.partition(" ")
    address = "".join(letter for letter in name.lower().replace(" ", ".") if letter.isascii())
    return Person(
        id=str(4000 + number),
        first_name=first,
        last_name=last,
        email=f"{address}@example.com",
        locale="en-US",
        timezone=timezone,
        country=country,
        consent=consent,
        phone=phone_of(700 + number),
    )


YES = "subscribed"
INGRID = _member(1, "Ingrid Halvorsen", email=YES)
KENJI = _member(2, "Kenji Mori", email=YES)
AMARA = _member(3, "Amara Okafor", email=YES)
ELENA = _member(4, "Elena Petrova", "America/Chicago", email=YES)
JONAS = _member(5, "Jonas Weber", "Europe/Berlin", "DE", email=YES)
MATEO = _member(6, "Mateo Vargas", "America/Los_Angeles", email="not_subscribed")
SEUN = _member(7, "Oluwaseun Adeyemi", email=YES)
YUKI = _member(8, "Yuki Tanaka", "America/Los_Angeles", email=YES)
CHIARA = _member(9, "Chiara Rossi", email=YES)
NOOR = _member(10, "Noor Haddad", email=YES)
PIOTR = _member(11, "Piotr Nowak", "Europe/Warsaw", "PL", email="not_subscribed")
GRACE = _member(12, "Grace Lindqvist", email=YES)
LEA = _member(13, "Lea Moreau", "America/Toronto", "CA", email=YES)
HENRIK = _member(14, "Henrik Dahl", email=YES)
WALTER = _member(15, "Walter Brandt", email=YES)
FREYA = _member(16, "Freya Lindholm", email=YES)
OWEN = _member(17, "Owen Castellane", "America/Chicago", email=YES)


def cast(start: datetime) -> list[Past]:
    """Their pasts, up to `start`."""
    regulars = (
        (KENJI, TEA, 33, 4, 33),
        (ELENA, BEANS, 31, 7, 20),
        (JONAS, TEA, 34, 5, 22),
        (MATEO, GRANOLA, 18, 9, 8),
        (CHIARA, COFFEE, 21, 9, 19),
        (GRACE, GRANOLA, 20, 9, 41),
        (HENRIK, HONEY, 40, 5, 29),
        (WALTER, COFFEE, 22, 6, 200),
    )
    visitors = (INGRID, AMARA, SEUN, YUKI, NOOR, PIOTR, LEA, FREYA, OWEN)
    return [
        *(_regular(start, person, good, every, times, ago) for person, good, every, times, ago in regulars),
        *(
            Past(person, person.at(start - timedelta(days=60 + 7 * place), 10))
            for place, person in enumerate(visitors)
        ),
    ]


def _regular(start: datetime, person: Person, good: Good, every: int, times: int, ago: int) -> Past:
    """Bought so often, about so many days apart, the last time so many days ago."""
    days = [start - timedelta(days=ago + every * back + _WOBBLE[back] * bool(back)) for back in range(times)]
    baskets = [Basket(person, person.at(day, 9, 30), ((good, 1),)) for day in reversed(days)]
    return Past(person, baskets[0].at, tuple(baskets))
