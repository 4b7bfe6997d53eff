"""Triggers of a day: one that comes back each year, and one that the shop names."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from perennial.publishing.problems import shown
from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import ClockTime, DaysOrNone


def _day(value: object) -> str:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else _refuse(value)
    except ValueError:
        return _refuse(value)


def _refuse(value: object) -> str:
    raise ValueError(f"{shown(value)} is not a day. Write it with year, month and day, as in '2026-11-27'.")


Day = Annotated[
    str, PlainValidator(_day), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
]


class Birthday(Kind):
    """A customer's birthday."""

    kind: Literal["birthday"]
    before: DaysOrNone = written("0 days", "How long before it.")
    at: ClockTime = written("09:00", "The time of day, on the customer's clock.")


class Anniversary(Kind):
    """The day a customer first ordered, in a later year."""

    kind: Literal["anniversary"]
    at: ClockTime = written("09:00", "The time of day, on the customer's clock.")


class Scheduled(Kind):
    """One message to an audience, at one time."""

    kind: Literal["scheduled"]
    on: Day = Field(description="The day.", examples=["2026-11-27"])
    at: ClockTime = written("09:00", "The time of day, on the customer's clock.")


KINDS: Kinds = {
    "birthday": (Birthday, KindDefaults(once_per="300 days", ends_with=())),
    "anniversary": (Anniversary, KindDefaults(once_per="300 days", ends_with=())),
    "scheduled": (Scheduled, KindDefaults(once_per="never", ends_with=())),
}
