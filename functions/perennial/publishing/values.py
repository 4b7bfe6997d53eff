"""The small values of the marketers' files (durations, percentages, times); errors say what to write."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from perennial.publishing.problems import nearest, shown
from perennial.times import Span, zone_of

LONGEST_DAYS = 1100
_UNITS = {"minutes": Span(0, 60), "hours": Span(0, 3600), "days": Span(1), "weeks": Span(7)}
_SHORT = {
    "m": "minutes",
    "min": "minutes",
    "h": "hours",
    "hr": "hours",
    "d": "days",
    "w": "weeks",
    "wk": "weeks",
}
_LONG = {"month": 30, "months": 30, "quarter": 90, "year": 365, "years": 365}
_DURATION = re.compile(r"([0-9]{1,6}) (minute|hour|day|week)s?")
_NEARLY = re.compile(r"\s*([0-9]{1,6})\s*([A-Za-z]+)\s*")
_PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?%")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
ID = re.compile(r"[a-z][a-z0-9_-]{0,59}")
TEMPLATE = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")


def duration(value: object) -> Span:
    """`N minutes|hours|days|weeks`: days and weeks keep the clock time, the others are elapsed time."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{shown(value)} is not a duration. {_nearest_duration(value)}")
    number, unit = int(match[1]), _UNITS[match[2] + "s"]
    span = Span(number * unit.days, number * unit.seconds)
    if not 0 < in_seconds(span) <= LONGEST_DAYS * 86400:
        raise ValueError(f"{shown(value)} is out of bounds. Write from '1 minute' to '{LONGEST_DAYS} days'.")
    return span


def in_seconds(span: Span) -> int:
    """Its length, a day as 24 hours: for comparing durations, not for adding them to times."""
    return span.days * 86400 + span.seconds


def _nearest_duration(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Write '{value} days' or '{value} hours'."
    near = _NEARLY.fullmatch(value) if isinstance(value, str) else None
    if near and (days := _LONG.get(near[2].lower())):
        return f"Write '{int(near[1]) * days} days'."
    if near:
        unit = near[2].lower()
        return f"Did you mean '{near[1]} {_SHORT.get(unit) or nearest(unit, _UNITS) or 'days'}'?"
    return "Write for example '30 minutes', '12 hours', '3 days' or '1 week'."


def whole_days(value: object) -> Span:
    """A duration in days or weeks."""
    span = duration(value)
    if span.seconds:
        raise ValueError(f"{shown(value)} must be counted in days or weeks, such as '5 days'.")
    return span


def days_or_none(value: object) -> Span:
    """`whole_days`, or none of them."""
    return Span() if value == "0 days" else whole_days(value)


def percentage(value: object) -> float:
    """`N%` as a share: "90%" is 0.9. Two places behind the point are possible: "2.5%"."""
    if not (isinstance(value, str) and _PERCENTAGE.fullmatch(value) and 0 <= float(value[:-1]) <= 100):
        example = f"{value}%" if isinstance(value, int) and 0 <= value <= 100 else "10%"
        raise ValueError(f"{shown(value)} is not a percentage. Write it as '{example}'.")
    return float(value[:-1]) / 100


def clock_window(value: object) -> tuple[str, str]:
    """`["HH:MM", "HH:MM"]` on the customer's clock; the second may be earlier, for a window past midnight."""
    if not (isinstance(value, list) and len(value) == 2):
        raise ValueError(f'{shown(value)} is not a pair of times. Write ["09:00", "20:00"].')
    for time in value:
        if not (isinstance(time, str) and CLOCK.fullmatch(time)):
            raise ValueError(
                f'{shown(time)} is not a time of day. Write ["09:00", "20:00"], from 00:00 to 23:59.'
            )
    if value[0] == value[1]:
        raise ValueError(
            f'a window from {value[0]} to {value[1]} is empty. Write for example ["09:00", "20:00"].'
        )
    return value[0], value[1]


def clock_time(value: object) -> str:
    """`"HH:MM"`."""
    if not (isinstance(value, str) and CLOCK.fullmatch(value)):
        raise ValueError(f'{shown(value)} is not a time of day. Write for example "09:00".')
    return value


def once_per(value: object) -> Span | Literal["never", "always"]:
    """A duration, `never` (never again) or `always`."""
    if value in ("never", "always"):  # not a set: it may have no hash
        return "never" if value == "never" else "always"
    try:
        return duration(value)
    except ValueError as error:
        raise ValueError(f"{error} 'never' (never again) and 'always' are possible too.") from error


def identifier(value: object) -> str:
    """An id: small letters, digits, - and _."""
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    made = re.sub(r"[^a-z0-9_-]+", "_", str(value).lower()).lstrip("_-0123456789").rstrip("_-")[:60]
    raise ValueError(
        f"{shown(value)} is not an id. Use small letters, digits, - and _, as in '{made or 'reminder'}'."
    )


def template_name(value: object) -> str:
    """A path below templates/ without the ending."""
    if isinstance(value, str) and TEMPLATE.fullmatch(value):
        return value
    remedy = "Write its path below templates/ without the ending, as in 'browse/reminder'."
    raise ValueError(f"{shown(value)} is not a template. {remedy}")


def timezone(value: object) -> str:
    """An IANA zone."""
    if isinstance(value, str):
        with suppress(ValueError, OSError, LookupError):
            return zone_of(value).key
    raise ValueError(
        f"{shown(value)} is not a time zone. Write for example 'Europe/Berlin' or 'America/New_York'."
    )


def no_shorter(least: str) -> Callable[[Span], Span]:
    """A check that a duration is at least `least`."""

    def check(span: Span) -> Span:
        if in_seconds(span) < in_seconds(duration(least)):
            raise ValueError(f"this is too short. Write '{least}' or longer.")
        return span

    return check


def _schema(pattern: str, *examples: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_DURATION_PATTERN = "^[0-9]{1,6} (minute|hour|day|week)s?$"
Duration = Annotated[Span, PlainValidator(duration), _schema(_DURATION_PATTERN, "4 hours", "3 days")]
HalfHourOrMore = Annotated[Duration, AfterValidator(no_shorter("30 minutes"))]
Days = Annotated[Span, PlainValidator(whole_days), _schema("^[0-9]{1,6} (day|week)s?$", "5 days", "2 weeks")]
DaysOrNone = Annotated[
    Span, PlainValidator(days_or_none), _schema("^[0-9]{1,6} (day|week)s?$", "0 days", "3 days")
]
Percentage = Annotated[float, PlainValidator(percentage), _schema("^[0-9]{1,3}(\\.[0-9]{1,2})?%$", "90%")]
Id = Annotated[str, PlainValidator(identifier), _schema(f"^{ID.pattern}$", "reminder")]
TemplateName = Annotated[
    str, PlainValidator(template_name), _schema(f"^{TEMPLATE.pattern}$", "browse/reminder")
]
Timezone = Annotated[
    str, PlainValidator(timezone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})
]
OncePer = Annotated[
    Span | Literal["never", "always"],
    PlainValidator(once_per),
    _schema(f"{_DURATION_PATTERN}|^never$|^always$", "30 days", "never", "always"),
]
ClockTime = Annotated[str, PlainValidator(clock_time), _schema(f"^{CLOCK.pattern}$", "09:00")]
ClockWindow = Annotated[
    tuple[str, str],
    PlainValidator(clock_window),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string", "pattern": f"^{CLOCK.pattern}$"},
            "minItems": 2,
            "maxItems": 2,
            "examples": [["09:00", "20:00"]],
        }
    ),
]
