"""Forgiving readers of what senders write: each gives a clean value or None, and none of them raises.

A field that cannot be read is left out; it never costs the event it came with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from perennial.money import minor_units
from perennial.times import zone_of

_SURROGATES = re.compile("[\ud800-\udfff]")
# Control characters, line separators and the marks that turn the direction of text: nothing a name needs.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_MARKS = re.compile(r"\(0\)|[\s().\-/]")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_BLOCKED = re.compile(r"[0-]*|-1|null|undefined|none|nan|anonymous|guest|test@.*", re.IGNORECASE)
_YEARS = range(2000, 2100)
_CLOCK_SKEW = timedelta(minutes=5)


def mapping(value: Any) -> dict[str, Any]:
    """The object itself, or an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any, at_most: int = 1000) -> Iterator[dict[str, Any]]:
    """The objects of a list."""
    entries = value if isinstance(value, list) else []
    return islice((entry for entry in entries if isinstance(entry, dict)), at_most)


def text(value: Any, limit: int = 255) -> str | None:
    """Visible text on one line, cut at `limit` characters."""
    if not isinstance(value, str):
        return None
    visible = value[: limit * 4]
    if not visible.isprintable():  # nearly every text is, and nothing of it has to go
        visible = _SURROGATES.sub("\ufffd", _INVISIBLE.sub(" ", visible))
    return visible.strip()[:limit].rstrip() or None


def identifier(value: Any, limit: int = 200) -> str | None:
    """An id as text, numbers too; None when it is too long, since cutting it could make two ids one."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else None
    if not isinstance(value, str) or len(value) > limit:
        return None
    return text(value, limit)


def customer_identifier(value: Any) -> str | None:
    """An id of one customer or device: words that clients write for "nobody" are none."""
    found = identifier(value)
    return None if found is None or _BLOCKED.fullmatch(found) else found


class Address(NamedTuple):
    """An e-mail address to send to (its domain in ASCII if possible), and the form to recognise it by."""

    address: str
    key: str


def email(value: Any) -> Address | None:
    """A mailbox on a public domain. `.test` counts, for shops on a desk live there."""
    if not isinstance(value, str) or not 3 <= len(value.strip()) <= 254:
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except (EmailNotValidError, ValueError):
        return None
    return Address(valid.ascii_email or valid.normalized, valid.normalized.lower())


def phone(value: Any) -> str | None:
    """E.164, from the usual ways of writing it; a number without its country is no number."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    digits = _PHONE_MARKS.sub("", value)
    return digits if _E164.fullmatch(digits) else None


def time(value: Any) -> datetime | None:
    """UTC of an ISO 8601 text that names its offset, in the years of web shops."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        given = datetime.fromisoformat(value.strip())
        at = given.astimezone(UTC) if given.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return at if at and at.year in _YEARS else None


def believed(told_at: datetime | None, received_at: datetime) -> datetime:
    """The time told, but the time of arrival where none is told or one in the future."""
    return received_at if told_at is None or told_at > received_at + _CLOCK_SKEW else told_at


def birthday(value: Any) -> str | None:
    """YYYY-MM-DD, from a date or a longer time."""
    try:
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
    return day.isoformat() if day and day.year >= 1900 else None


def locale(value: Any) -> str | None:
    """A language tag: `en`, `pt-BR`, `zh-Hant-TW`."""
    tag = value.replace("_", "-") if isinstance(value, str) and len(value) <= 35 else ""
    return tag if _LOCALE.fullmatch(tag) else None


def timezone(value: Any) -> str | None:
    """The name of an IANA zone that exists."""
    if not isinstance(value, str) or not 0 < len(value) <= 50:
        return None
    try:
        return zone_of(value).key
    except (KeyError, ValueError, OSError):
        return None


def country(value: Any) -> str | None:
    """Two letters, upper case."""
    return _letters(value, 2)


def currency(value: Any) -> str | None:
    """Three letters, upper case."""
    return _letters(value, 3)


def _letters(value: Any, count: int) -> str | None:
    if not isinstance(value, str):
        return None
    code = value.strip()
    return code.upper() if len(code) == count and code.isascii() and code.isalpha() else None


def amount(value: Any, of_currency: str) -> int | None:
    """Minor units of an amount in major units, given as text or number; never negative."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 40:
        return None
    try:
        return max(0, minor_units(value, of_currency))
    except (ValueError, ArithmeticError):
        return None


def quantity(value: Any) -> int | None:
    """A whole number of pieces, 1 to 100,000."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return int(number) if number.is_integer() and 1 <= number <= 100_000 else None


def url(value: Any) -> str | None:
    """A link a customer may be led to: http or https, with a host and without a password."""
    if not isinstance(value, str) or len(value) > 2048 or text(value, 2048) != value or " " in value:
        return None
    try:
        parts = urlsplit(value)
        public = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return value if public else None


def bounded(value: Any, levels: int = 4) -> Any:
    """A copy of a JSON value, cleaned: at most 255 entries a level, 1,000 characters a text, four levels."""
    if isinstance(value, str):
        return text(value, 1000)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**15 else identifier(value)
    if value is None or isinstance(value, bool | float):
        return value
    if not levels:
        return None
    if isinstance(value, list):
        return [bounded(entry, levels - 1) for entry in value[:255]]
    pairs = ((text(str(key), 100), entry) for key, entry in islice(mapping(value).items(), 255))
    return {key: bounded(entry, levels - 1) for key, entry in pairs if key}
