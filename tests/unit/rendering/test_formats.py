"""Money and dates look as people write them, and never as nobody would."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perennial.money import Money
from perennial.rendering.formats import date_text, language, money_text

N = "\u00a0"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (123456, "USD", "en-US", "$1,234.56"),
        (123456, "USD", "en-CA", "US$1,234.56"),
        (123456, "CAD", "en-CA", "$1,234.56"),
        (-5, "EUR", "en", "-€0.05"),
        (123456789, "EUR", "de-DE", f"1.234.567,89{N}€"),
        (123456, "EUR", "de-AT", f"€{N}1.234,56"),
        (123456, "CHF", "de-CH", f"CHF{N}1\u2019234.56"),
        (123456, "EUR", "fr_FR", f"1{N}234,56{N}€"),
        (1234, "JPY", "ja-JP", "¥1,234"),
        (1234567, "KWD", "en", f"KWD{N}1,234.567"),
        (123456789, "INR", "en-IN", "₹12,34,567.89"),
        (123456, "EUR", "xx", f"EUR{N}1,234.56"),
        (0, "GBP", "en-GB", "£0.00"),
    ],
)
def test_money(amount: int, currency: str, locale: str, text: str) -> None:
    """Grouping, decimals and the place of the symbol follow the locale; decimals follow the currency."""
    assert money_text(Money(amount=amount, currency=currency), locale) == text


@given(
    st.integers(-(10**12), 10**12), st.sampled_from(["USD", "EUR", "JPY", "KWD", "XXX"]), st.text(max_size=8)
)
def test_no_digit_is_lost(amount: int, currency: str, locale: str) -> None:
    """Whatever the locale, the digits of the amount are there, in order."""
    digits = "".join(
        letter for letter in money_text(Money(amount=amount, currency=currency), locale) if letter.isdigit()
    )
    assert int(digits) == abs(amount)


@pytest.mark.parametrize(
    ("locale", "long", "short"),
    [
        ("en-US", "March 1, 2026", "3/1/2026"),
        ("en-GB", "1 March 2026", "01/03/2026"),
        ("de", "1. März 2026", "01.03.2026"),
        ("fr", "1 mars 2026", "01/03/2026"),
        ("es", "1 de marzo de 2026", "01/03/2026"),
        ("xx", "2026-03-01", "2026-03-01"),
        ("", "2026-03-01", "2026-03-01"),
    ],
)
def test_dates(locale: str, long: str, short: str) -> None:
    """Both forms by locale; an unknown one gets the form nobody can misread."""
    assert date_text(date(2026, 3, 1), locale, "long") == long
    assert date_text(date(2026, 3, 1), locale, "short") == short


def test_another_form_of_date_is_an_error() -> None:
    """A misspelt form is told, not guessed."""
    with pytest.raises(ValueError, match="lnog"):
        date_text(date(2026, 3, 1), "en", "lnog")


def test_language() -> None:
    """Both ways of writing a locale give its language."""
    assert [language(locale) for locale in ("en-GB", "en_GB", "EN")] == ["en", "en", "en"]
