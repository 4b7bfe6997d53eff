"""The forgiving readers: a clean value, or None."""

from __future__ import annotations

from typing import Any

import pytest

from on_event import reading


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (" Mira.Okafor@Garden.Example ", ("Mira.Okafor@garden.example", "mira.okafor@garden.example")),
        ("mira@gärten.example", ("mira@xn--grten-gra.example", "mira@gärten.example")),
        ("mira@xn--grten-gra.example", ("mira@xn--grten-gra.example", "mira@gärten.example")),
        ("mira@desk.test", ("mira@desk.test", "mira@desk.test")),
        ("a@b.example\r\nBcc: c@d.example", None),
        ("a@b.example,c@d.example", None),
        ("Mira <mira@garden.example>", None),
        ('"><script>@garden.example', None),
        ("a" * 400 + "@garden.example", None),
        ("mira@localhost", None),
        ("mira", None),
        ("", None),
        (None, None),
        (5, None),
        (["a@b.example"], None),
        ("\ud800@garden.example", None),
    ],
)
def test_email(given: Any, address: tuple[str, str] | None) -> None:
    """One mailbox that can be written to, and nothing that could enter a header."""
    assert reading.email(given) == address


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("+43 650 111-2233", "+436501112233"),
        ("+49 (0)171 1234567", "+491711234567"),
        ("0650 1112233", None),
        ("555-555-SHIP", None),
        ("+0123456789", None),
        ("+" + "1" * 40, None),
        ("+١٢٣٤٥٦٧٨٩", None),
        (436501112233, None),
    ],
)
def test_phone(given: Any, number: str | None) -> None:
    """E.164 or nothing: a number without its country could be somebody else's."""
    assert reading.phone(given) == number


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("  Mira\t Okafor\n", "Mira  Okafor"),
        ("a\x00b\u2028c\u202ed", "a b c d"),
        ("half \ud800", "half \ufffd"),
        ("\U0001f331", "\U0001f331"),
        (" \n ", None),
        ("", None),
        (None, None),
        (5, None),
        ({}, None),
    ],
)
def test_text(given: Any, text: str | None) -> None:
    """Visible and on one line."""
    assert reading.text(given) == text


def test_text_is_cut() -> None:
    """At the limit, whatever its length."""
    assert reading.text("x" * 10_000_000, 5) == "xxxxx"


@pytest.mark.parametrize(
    ("given", "identifier"),
    [
        (9007199254740993, "9007199254740993"),
        ("00123", "00123"),
        (12.0, "12"),
        (12.5, None),
        (1e300, None),
        (10**50, None),
        (True, None),
        ("x" * 201, None),
        ("", None),
        ([], None),
    ],
)
def test_identifier(given: Any, identifier: str | None) -> None:
    """Text, with every digit; never cut, since two ids could become one."""
    assert reading.identifier(given) == identifier


@pytest.mark.parametrize(
    "given", ["0", 0, -1, "-", "NULL", "none", "Guest", "test@x.example", "undefined", "0000-0000"]
)
def test_nobodys_ids(given: Any) -> None:
    """Placeholders name no customer."""
    assert reading.customer_identifier(given) is None


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("2026-03-05T13:00:00+01:00", "2026-03-05T12:00:00+00:00"),
        ("2026-03-05T12:00:00.123456789Z", "2026-03-05T12:00:00.123456+00:00"),
        ("2026-03-05T12:00:00", None),
        ("2026-03-05", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("1970-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (1772708400, None),
    ],
)
def test_time(given: Any, at: str | None) -> None:
    """UTC, of a text that says where it is from."""
    found = reading.time(given)
    assert (found and found.isoformat()) == at


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://garden.example/p?x=1#y", True),
        ("http://garden.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//garden.example/p", False),
        ("https://", False),
        ("https://user:word@garden.example/", False),
        ("https://garden.example/a b", False),
        ("https://garden.example/\nx", False),
        ("https://[::1", False),
        ("https://garden.example/" + "x" * 3_000, False),
        (None, False),
    ],
)
def test_url(given: Any, url: bool) -> None:
    """Only what a customer may be led to, unchanged."""
    assert reading.url(given) == (given if url else None)


@pytest.mark.parametrize(
    ("given", "currency", "minor"),
    [
        ("19.99", "EUR", 1999),
        (18.99, "EUR", 1899),
        (0, "EUR", 0),
        ("1e3", "JPY", 1000),
        ("1,99", "EUR", None),
        ("NaN", "EUR", None),
        (float("inf"), "EUR", None),
        ("1e999999999", "EUR", None),
        ("9" * 100, "EUR", None),
        (True, "EUR", None),
        ({}, "EUR", None),
    ],
)
def test_amount(given: Any, currency: str, minor: int | None) -> None:
    """Exact minor units of a sensible size."""
    assert reading.amount(given, currency) == minor


@pytest.mark.parametrize(
    ("given", "pieces"),
    [
        (3, 3),
        ("3", 3),
        (3.0, 3),
        (2.5, None),
        (0, None),
        (-1, None),
        (10**400, None),
        ("nan", None),
        (True, None),
        (None, None),
    ],
)
def test_quantity(given: Any, pieces: int | None) -> None:
    """Whole pieces, at least one."""
    assert reading.quantity(given) == pieces


@pytest.mark.parametrize(
    ("reader", "given", "found"),
    [
        (reading.currency, "usd", "USD"),
        (reading.currency, "€", None),
        (reading.currency, "euro", None),
        (reading.country, "at", "AT"),
        (reading.country, "Austria", None),
        (reading.country, "ÄT", None),
        (reading.locale, "zh-Hant-TW", "zh-Hant-TW"),
        (reading.locale, "de_AT", "de-AT"),
        (reading.locale, "german, please", None),
        (reading.timezone, "Europe/Vienna", "Europe/Vienna"),
        (reading.timezone, "Europe", None),
        (reading.timezone, "../../etc/passwd", None),
        (reading.timezone, "/etc/passwd", None),
        (reading.timezone, "Mars/Olympus", None),
        (reading.timezone, "\ud800", None),
        (reading.birthday, "1988-05-14T00:00:00.000Z", "1988-05-14"),
        (reading.birthday, "1988-02-30", None),
        (reading.birthday, "0088-05-14", None),
        (reading.birthday, 19880514, None),
    ],
)
def test_short_words(reader: Any, given: Any, found: str | None) -> None:
    """Codes in their usual form, or nothing."""
    assert reader(given) == found


def test_bounded() -> None:
    """However large or deep, what is kept is small, and has no empty key."""
    kept = reading.bounded(
        {"": 1, "\x00": 2, "n": 10**30, "list": list(range(1_000)), "t": "x" * 5_000, "none": None}
    )
    assert kept == {"n": "1" + "0" * 30, "list": list(range(255)), "t": "x" * 1_000, "none": None}
