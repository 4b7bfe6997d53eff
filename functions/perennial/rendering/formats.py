"""Money and dates as people in a locale write them: small tables in place of a 30 MB library.

A locale that is not in a table gets a form that nobody can misread: "EUR 1,234.50", "2026-11-22".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from perennial.money import Money, exponent, major_units

T = TypeVar("T")


def _each(names: str, value: T) -> dict[str, T]:
    return dict.fromkeys(names.split(), value)


class _Style(NamedTuple):
    """How a locale writes an amount; `shape` places the symbol {s} and the number {n}."""

    decimal: str
    group: str
    shape: str


_RIGHT_TO_LEFT = frozenset("ar fa he ur yi dv ps sd ug ckb".split())
_NBSP = "\u00a0"
_POINT = _Style(".", ",", "{s}{n}")
_COMMA = _Style(",", ".", "{n}\u00a0{s}")
_COMMA_LEADING = _Style(",", ".", "{s}\u00a0{n}")
_SPACED = _Style(",", _NBSP, "{n}\u00a0{s}")
_STYLES = (
    _each("en ja ko zh th he", _POINT)
    | _each("de es it el ro sl hr id da", _COMMA)
    | _each("nl pt de-AT", _COMMA_LEADING)
    | _each("fr sv nb no fi pl cs sk hu bg uk ru pt-PT", _SPACED)
    | {
        "tr": _Style(",", ".", "{s}{n}"),
        "de-CH": _Style(".", "\u2019", "{s}\u00a0{n}"),
        "es-MX": _POINT,
        "en-ZA": _Style(",", _NBSP, "{s}\u00a0{n}"),
    }
)
_UNKNOWN = _Style(".", ",", "{s}\u00a0{n}")

_SYMBOLS = {
    "BGN": "лв.",
    "BRL": "R$",
    "CHF": "CHF",
    "CZK": "Kč",
    "DKK": "kr.",
    "EUR": "€",
    "GBP": "£",
    "HUF": "Ft",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "NOK": "kr",
    "PLN": "zł",
    "RON": "RON",
    "RUB": "₽",
    "SEK": "kr",
    "THB": "฿",
    "TRY": "₺",
    "UAH": "₴",
    "ZAR": "R",
}
_DOLLARS = {
    "AUD": "A$",
    "CAD": "CA$",
    "HKD": "HK$",
    "MXN": "MX$",
    "NZD": "NZ$",
    "SGD": "S$",
    "TWD": "NT$",
    "USD": "US$",
}

_MONTHS = {
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "el": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου "
    "Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
    "de-AT": "Jänner Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    **_each("nb no", "januar februar mars april mai juni juli august september oktober november desember"),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",  # noqa: RUF001 - these letters are meant
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
}
_LONG = {
    "de": "{d}. {month} {y}",
    "es": "{d} de {month} de {y}",
    "pt": "{d} de {month} de {y}",
    **_each("da nb no fi cs", "{d}. {month} {y}"),
    "he": "{d} ב{month} {y}",
    "hu": "{y}. {month} {d}.",
    **_each("ja zh", "{y}年{m}月{d}日"),
    "ko": "{y}년 {m}월 {d}일",
    "th": "{d} {month} ค.ศ. {y}",
    "en-US": "{month} {d}, {y}",
    "en-CA": "{month} {d}, {y}",
}
_SHORT = (
    _each("de da nb no cs pl ru uk tr ro", "{d:02}.{m:02}.{y}")
    | _each("en es fr it pt", "{d:02}/{m:02}/{y}")
    | _each("fi he", "{d}.{m}.{y}")
    | _each("el th", "{d}/{m}/{y}")
    | _each("ja zh", "{y}/{m:02}/{d:02}")
    | {
        "hu": "{y}. {m:02}. {d:02}.",
        "ko": "{y}. {m}. {d}.",
        "fr-CH": "{d:02}.{m:02}.{y}",
        "nl": "{d:02}-{m:02}-{y}",
        "en-US": "{m}/{d}/{y}",
        "en-CA": "{y}-{m:02}-{d:02}",
        "fr-CA": "{y}-{m:02}-{d:02}",
    }
)


def money_text(money: Money, locale: str) -> str:
    """An amount in a locale's grouping, decimal sign and symbol: "$1,234.50", "1.234,50 €" (spaces never break)."""
    return _money_text(money["amount"], money["currency"], locale)


@lru_cache(maxsize=4096)  # a price stands in the html and the text of many mails
def _money_text(amount: int, currency: str, locale: str) -> str:
    style = _of(locale, _STYLES)
    if style is None:
        style, symbol = _UNKNOWN, currency
    else:
        symbol = _symbol(currency, locale)
    number = _grouped(amount, currency, locale, style)
    if symbol[-1:].isalpha() and style.shape == "{s}{n}":
        symbol += _NBSP
    sign = "-" if amount < 0 else ""
    return sign + style.shape.format(s=symbol, n=number)


def date_text(day: date, locale: str, form: str) -> str:
    """A day in the form "long" or "short"; ValueError for another form."""
    if form == "long":
        months, long = _of(locale, _MONTHS), _of(locale, _LONG)
        if months or (long and "{month}" not in long):
            month = months.split()[day.month - 1] if months else ""
            return (long or "{d} {month} {y}").format(d=day.day, m=day.month, month=month, y=day.year)
    elif form == "short":
        if short := _of(locale, _SHORT):
            return short.format(d=day.day, m=day.month, y=day.year)
    else:
        raise ValueError(f"date('{form}') is not known: write date('long') or date('short')")
    return day.isoformat()


def language(locale: str) -> str:
    """The language of a locale: "en" of "en-GB" and "en_GB"."""
    return locale.replace("_", "-").split("-")[0].lower()


def direction(locale: str) -> str:
    """How its language is written: "ltr" or "rtl", as HTML says it."""
    return "rtl" if language(locale) in _RIGHT_TO_LEFT else "ltr"


def _of(locale: str, table: Mapping[str, T]) -> T | None:
    return table.get(locale.replace("_", "-"), table.get(language(locale)))


def _region(locale: str) -> str:
    return locale.replace("_", "-").rpartition("-")[2].upper()


def _symbol(currency: str, locale: str) -> str:
    """The plain dollar sign only where it can mean nothing else."""
    if currency in _DOLLARS:
        at_home = _region(locale) == currency[:2] or (currency == "USD" and locale == "en")
        return "$" if at_home else _DOLLARS[currency]
    return _SYMBOLS.get(currency, currency)


def _grouped(amount: int, currency: str, locale: str, style: _Style) -> str:
    places = exponent(currency)
    whole, _, fraction = f"{abs(major_units(amount, currency)):.{places}f}".partition(".")
    head, size = (whole[:-3], 2) if _region(locale) == "IN" else (whole[:-3], 3)
    groups = [whole[-3:]]
    while head:
        groups.insert(0, head[-size:])
        head = head[:-size]
    return style.group.join(groups) + (style.decimal + fraction if fraction else "")
