"""The values of steps, `backfill` and `experiment` as marketers write them; errors say what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import PlainValidator, WithJsonSchema

from perennial.campaigns import HOLDOUT
from perennial.publishing.problems import nearest, shown
from perennial.publishing.values import CLOCK, ID, TEMPLATE, duration, identifier, percentage, template_name
from perennial.times import Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_VARIANTS = 10
MOST_PER_DAY = 1_000_000
_COUPON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?")


class Until(NamedTuple):
    """The end of a wait: a time of day, on a weekday (0 is Monday) if given; or the moment the forecast expects."""

    clock: str = ""
    weekday: int | None = None
    predicted: bool = False


def wait_text(value: object) -> Span | Until:
    """`3 days`, `until 18:00`, `until monday 09:00` or `until predicted`."""
    words = value.split() if isinstance(value, str) else []
    if words[:1] != ["until"]:
        return _length(value)
    if words == ["until", "predicted"]:
        return Until(predicted=True)
    *day, time = words[1:] or [""]
    if len(day) <= 1 and all(each in WEEKDAYS for each in day) and CLOCK.fullmatch(time):
        return Until(clock=time, weekday=WEEKDAYS.index(day[0]) if day else None)
    raise ValueError(f"{shown(value)} is not a wait. {_meant(words[1:])}")


def _length(value: object) -> Span:
    try:
        return duration(value)
    except ValueError as error:
        raise ValueError(f"{error} 'until 18:00' is possible too.") from error


def _meant(words: list[str]) -> str:
    time = next((match for word in words if (match := _TIME.fullmatch(word))), None)
    day = next((near for word in words if (near := _weekday(word))), None)
    if time and int(time[1]) < 24 and int(time[2] or 0) < 60:
        clock = f"{int(time[1]):02}:{time[2] or '00'}"
        return f"Did you mean 'until {day} {clock}'?" if day else f"Did you mean 'until {clock}'?"
    if day:
        return f"Name the time too, as in 'until {day} 09:00'."
    return "Write 'until 18:00', 'until monday 09:00' or 'until predicted'."


def _weekday(word: str) -> str | None:
    short = word.lower().rstrip(",.")
    abbreviated = next((day for day in WEEKDAYS if len(short) >= 3 and day.startswith(short)), None)
    return abbreviated or nearest(short, WEEKDAYS, cutoff=0.75)


def coupon(value: object) -> str:
    """The name of a coupon."""
    if isinstance(value, str) and _COUPON.fullmatch(value):
        return value
    raise ValueError(
        f"{shown(value)} is not the name of a coupon. Use letters, digits, - and _, as in 'REFILL15'."
    )


def template_choice(value: object) -> str | dict[str, str]:
    """One template, or one for each variant of the experiment."""
    if not isinstance(value, dict):
        return template_name(value)
    if not value:
        raise ValueError("name one template, or one for each variant, as in '{plain: a/b, bundle: a/c}'.")
    return {identifier(variant): template_name(name) for variant, name in value.items()}


def backfill(value: object) -> int:
    """How many customers a day may enter for what was before the campaign went live; 0 for `none`."""
    if value == "none":
        return 0
    number = value.get("max_per_day") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= MOST_PER_DAY:
        return number
    example = value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 200
    raise ValueError(
        f"{shown(value)} is not possible. Write 'none', or '{{max_per_day: {example}}}' to let the past in by portions."
    )


def variants(value: object) -> dict[str, float]:
    """Shares by name, which add up to 100%."""
    if not isinstance(value, Mapping) or not 1 <= len(value) <= MOST_VARIANTS:
        raise ValueError(
            f"{shown(value)} is not possible. Write up to {MOST_VARIANTS} names with their shares, "
            "as in '{plain: 50%, bundle: 50%}'."
        )
    if HOLDOUT in value:
        raise ValueError(
            f"'{HOLDOUT}' is no variant. Write it as a key of its own, beside 'variants': 'holdout: 10%'."
        )
    shares = {identifier(name): _share(name, share) for name, share in value.items()}
    total = round(sum(shares.values()) * 100, 6)
    if total != 100:
        raise ValueError(
            f"the shares add up to {total:g}%. They divide those who are not held out: make them 100%."
        )
    return shares


def _share(name: object, value: object) -> float:
    try:
        share = percentage(value)
    except ValueError as error:
        raise ValueError(f"of '{name}', {error}") from error
    if share <= 0:
        raise ValueError(f"the variant '{name}' has no share. Delete it, or give it one.")
    return share


def holdout(value: object) -> float:
    """The share that gets nothing: less than everybody."""
    share = percentage(value)
    if share >= 1:
        raise ValueError("nobody would get a message. Write less than '100%'.")
    return share


_TIME_PATTERN = CLOCK.pattern
_NAME = {"type": "string", "pattern": f"^{TEMPLATE.pattern}$"}
_PERCENTAGE: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"}
WaitText = Annotated[
    Span | Until,
    PlainValidator(wait_text),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-9]{1,6} (minute|hour|day|week)s?$"
            f"|^until (({'|'.join(WEEKDAYS)}) )?{_TIME_PATTERN}$|^until predicted$",
        }
    ),
]
Coupon = Annotated[
    str, PlainValidator(coupon), WithJsonSchema({"type": "string", "pattern": f"^{_COUPON.pattern}$"})
]
TemplateChoice = Annotated[
    str | dict[str, str],
    PlainValidator(template_choice),
    WithJsonSchema(
        {
            "anyOf": [
                _NAME,
                {
                    "type": "object",
                    "additionalProperties": _NAME,
                    "propertyNames": {"pattern": f"^{ID.pattern}$"},
                },
            ]
        }
    ),
]
Backfill = Annotated[
    int,
    PlainValidator(backfill),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "none"},
                {
                    "type": "object",
                    "properties": {
                        "max_per_day": {
                            "type": "integer",
                            "minimum": 1,
                            "maximum": MOST_PER_DAY,
                            "description": "How many customers of the past may enter on one day.",
                            "examples": [200],
                        }
                    },
                    "required": ["max_per_day"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
Variants = Annotated[
    dict[str, float],
    PlainValidator(variants),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": _PERCENTAGE,
            "minProperties": 1,
            "maxProperties": MOST_VARIANTS,
        }
    ),
]
Holdout = Annotated[float, PlainValidator(holdout), WithJsonSchema(_PERCENTAGE)]
