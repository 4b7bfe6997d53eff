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


@pytest.mark.parametrize(
    ("locale", "long", "short"),
    [
        ("en-US", "March 5, 2026", "3/5/2026"),
        ("en-GB", "5 March 2026", "05/03/2026"),
        ("de-DE", "5. März 2026", "05.03.2026"),
        ("fr-FR", "5 mars 2026", "05/03/2026"),
        ("es-ES", "5 de marzo de 2026", "05/03/2026"),
        ("it-IT", "5 marzo 2026", "05/03/2026"),
        ("nl-NL", "5 maart 2026", "05-03-2026"),
        ("pt-BR", "5 de março de 2026", "05/03/2026"),
        ("sv-SE", "5 mars 2026", "2026-03-05"),
        ("da-DK", "5. marts 2026", "05.03.2026"),
        ("nb-NO", "5. mars 2026", "05.03.2026"),
        ("fi-FI", "5. maaliskuuta 2026", "5.3.2026"),
        ("pl-PL", "5 marca 2026", "05.03.2026"),
        ("cs-CZ", "5. března 2026", "05.03.2026"),
        ("hu-HU", "2026. március 5.", "2026. 03. 05."),
        ("ro-RO", "5 martie 2026", "05.03.2026"),
        ("tr-TR", "5 Mart 2026", "05.03.2026"),
        ("ja-JP", "2026年3月5日", "2026/03/05"),
        ("ko-KR", "2026년 3월 5일", "2026. 3. 5."),
        ("th-TH", "5 มีนาคม ค.ศ. 2026", "5/3/2026"),
        ("he-IL", "5 במרץ 2026", "5.3.2026"),
    ],
)
def test_dates_of_many_locales(locale: str, long: str, short: str) -> None:
    """Checked against the Unicode locale data when they were written; years always in full."""
    day = date(2026, 3, 5)
    assert (date_text(day, locale, "long"), date_text(day, locale, "short")) == (long, short)


@pytest.mark.parametrize(
    ("currency", "locale", "text"),
    [
        ("SEK", "sv-SE", f"1{N}234,50{N}kr"),
        ("DKK", "da-DK", f"1.234,50{N}kr."),
        ("NOK", "nb-NO", f"1{N}234,50{N}kr"),
        ("PLN", "pl-PL", f"1{N}234,50{N}zł"),
        ("CZK", "cs-CZ", f"1{N}234,50{N}Kč"),
        ("HUF", "hu-HU", f"1{N}234,50{N}Ft"),
        ("RON", "ro-RO", f"1.234,50{N}RON"),
        ("TRY", "tr-TR", "₺1.234,50"),
        ("THB", "th-TH", "฿1,234.50"),
        ("BRL", "pt-BR", f"R${N}1.234,50"),
        ("EUR", "es-ES", f"1.234,50{N}€"),
        ("EUR", "it-IT", f"1.234,50{N}€"),
        ("EUR", "nl-NL", f"€{N}1.234,50"),
        ("EUR", "fi-FI", f"1{N}234,50{N}€"),
    ],
)
def test_money_at_home(currency: str, locale: str, text: str) -> None:
    """Each country's own money, as it is written there."""
    assert money_text(Money(amount=123450, currency=currency), locale) == text
