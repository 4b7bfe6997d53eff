"""Who buys there: invented people of many languages, with addresses that belong to nobody."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from perennial.times import zone_of


def dice(*parts: object) -> random.Random:
    """Chance that falls the same way each time, and independently for each thing it is asked about."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - a story needs no secrets


@dataclass(frozen=True)
class Person:
    """consent: by channel, a state of `events.ConsentState`; a channel nobody was asked about is missing."""

    id: str
    first_name: str
    last_name: str
    email: str
    locale: str
    timezone: str
    country: str
    consent: dict[str, str]
    phone: str = ""

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.first_name} {self.last_name}"

    @property
    def zone(self) -> ZoneInfo:
        """Where their clock stands."""
        return zone_of(self.timezone)

    def at(self, day: datetime, hour: int, minute: int = 0) -> datetime:
        """A clock time of theirs on a day of the shop's calendar."""
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)


class _Country(NamedTuple):
    """Names in other than Latin letters have the form for the address behind a slash."""

    share: int
    code: str
    locale: str
    zones: tuple[str, ...]
    first_names: str
    last_names: str


_COUNTRIES = (
    _Country(
        56,
        "US",
        "en-US",
        ("America/New_York", "America/New_York", "America/Chicago", "America/Los_Angeles"),
        "Ada Ben Carla Dwayne Emily Frank Hannah Isaac Joy Kevin Lucia Marcus Nora Omar Priya Quinn Rosa Samuel Tanya",
        "Abbott Brooks Castillo Dawson Ellison Flores Greene Hughes Ivers Jensen Keller Lawson Moss Nguyen Ortiz Patel",
    ),
    _Country(
        8,
        "CA",
        "fr-CA",
        ("America/Toronto",),
        "Anouk Étienne Maëlle Rémi Océane",
        "Bélanger Côté Gagné Lévesque",
    ),
    _Country(
        8,
        "MX",
        "es-MX",
        ("America/Mexico_City",),
        "Ángela Íñigo Lucía Nicolás Sofía",
        "García Muñoz Núñez Peña",
    ),
    _Country(
        7, "DE", "de-DE", ("Europe/Berlin",), "Anke Björn Jörg Käthe Ulrike", "Böhm Groß Krüger Schäfer Vogel"
    ),
    _Country(
        4,
        "PL",
        "pl-PL",
        ("Europe/Warsaw",),
        "Agnieszka Łukasz Małgorzata Żaneta",
        "Dąbrowska Król Śliwa Wójcik",
    ),
    _Country(
        4, "BR", "pt-BR", ("America/Sao_Paulo",), "Conceição João Luís Thaís", "Araújo Gonçalves Magalhães"
    ),
    _Country(
        3,
        "JP",
        "ja-JP",
        ("Asia/Tokyo",),
        "花子/hanako 健太/kenta 美咲/misaki 翔/sho",
        "山田/yamada 佐藤/sato 高橋/takahashi",
    ),
    _Country(
        3,
        "GR",
        "el-GR",
        ("Europe/Athens",),
        "Ελένη/eleni Νίκος/nikos Γιώργος/giorgos",
        "Παπαδάκης/papadakis Νικολάου/nikolaou",
    ),
    _Country(
        2, "IN", "hi-IN", ("Asia/Kolkata",), "अनिका/anika रोहन/rohan मीरा/meera", "शर्मा/sharma वर्मा/varma"
    ),
    _Country(2, "EG", "ar-EG", ("Africa/Cairo",), "ليلى/layla يوسف/youssef", "حسن/hassan منصور/mansour"),
)
_DOMAINS = ("example.com", "example.net", "example.org")
_AREAS = ("212", "312", "415", "503", "617", "720", "802", "917")
_CONSENT: tuple[tuple[int, dict[str, str]], ...] = (
    (58, {"email": "subscribed"}),
    (18, {"email": "not_subscribed"}),
    (8, {}),
    (6, {"email": "subscribed", "sms": "subscribed"}),
    (7, {"email": "not_subscribed", "sms": "subscribed"}),
    (3, {"email": "unsubscribed"}),
)


def person(number: int, seed: int) -> Person:
    """The person of this number, whoever else there is."""
    chance = dice(seed, "person", number)
    country = chance.choices(_COUNTRIES, [each.share for each in _COUNTRIES])[0]
    consent = chance.choices([each for _, each in _CONSENT], [share for share, _ in _CONSENT])[0]
    first, last = (chance.choice(names.split()) for names in (country.first_names, country.last_names))
    if country.code != "US":
        consent = {channel: state for channel, state in consent.items() if channel == "email"}
    return Person(
        id=str(5000 + number),
        first_name=first.partition("/")[0],
        last_name=last.partition("/")[0],
        email=f"{_latin(first)}.{_latin(last)}.{number}@{chance.choice(_DOMAINS)}",
        locale=country.locale,
        timezone=chance.choice(country.zones),
        country=country.code,
        consent=dict(consent),
        phone=phone_of(number) if "sms" in consent else "",
    )


def phone_of(number: int) -> str:
    """555-0100 to 555-0199 are kept free for stories, in each area."""
    return f"+1{_AREAS[number // 100 % len(_AREAS)]}55501{number % 100:02d}"


_PLAIN = str.maketrans("áâãäąåçćéèêëęíîïłńñóôõöøśúûüýžżźÉÁÍŁŚŻ", "aaaaaacceeeeeiiilnnooooosuuuyzzzeailsz")


def _latin(name: str) -> str:
    latin = (name.partition("/")[2] or name).lower().replace("ß", "ss")
    return latin.translate(_PLAIN)
