"""The filters and tests that templates may use: docs/templates.md says what each is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Undefined

from perennial.rendering.formats import date_text, money_text
from perennial.rendering.values import Empty, Gone, Items, Missing, work
from perennial.times import zone_of


def counted(values: Iterable[Any], size: int) -> Iterator[Any]:
    """The turns of a loop whose body holds `size` characters of plain text, each paid for."""
    spend = work.get().spend
    for value in values:
        spend(size)
        yield value


def _default(value: Any, fallback: Any = "") -> Any:
    return fallback if isinstance(value, Undefined) or value is None or value == "" else value


def _known(value: Any) -> Any:
    """The value, after an undefined one had its say."""
    return str(value) if isinstance(value, Undefined) else value


def _money(value: Any) -> str:
    if not isinstance(_known(value), Mapping) or not {"amount", "currency"} <= value.keys():
        raise TemplateRuntimeError("`money` takes a price, as `item.price` and `customer.total_spent` are")
    return money_text({"amount": value["amount"], "currency": value["currency"]}, work.get().locale)


def _date(value: Any, form: str = "long") -> str:
    if form not in {"long", "short"}:
        raise TemplateRuntimeError("write date('long') or date('short')")
    return date_text(_day(_known(value)), work.get().locale, form)


def _day(value: Any) -> date:
    if isinstance(value, str):
        try:
            value = (
                datetime.fromisoformat(value) if len(value) > len("2026-11-22") else date.fromisoformat(value)
            )
        except ValueError:
            raise TemplateRuntimeError("`date` takes a date or a time, and this text is neither") from None
    if isinstance(value, datetime):
        return value.astimezone(zone_of(work.get().zone)).date()
    if not isinstance(value, date):
        raise TemplateRuntimeError("`date` takes a date or a time, as `customer.last_order_at` and `now` are")
    return value


def _plural(count: Any, one: str, many: str) -> str:
    return one if _known(count) == 1 else many


def _truncate_words(text: Any, count: int = 12) -> str:
    words = str(text).split()
    return " ".join(words) if len(words) <= count else " ".join(words[:count]).rstrip(".,;:") + "…"


def _at(position: int) -> Callable[[Any], Any]:
    def pick(values: Any) -> Any:
        if isinstance(values, Items) and not values:
            return Gone()
        return values[position] if len(values) else Missing(name="first" if position == 0 else "last")

    return pick


FILTERS: dict[str, Callable[..., Any]] = {
    "capitalize": lambda text: str(text).capitalize(),
    "counted": counted,  # put around every loop when a template is compiled
    "date": _date,
    "default": _default,
    "first": _at(0),
    "last": _at(-1),
    "length": len,
    "lower": lambda text: str(text).lower(),
    "money": _money,
    "plural": _plural,
    "trim": lambda text: str(text).strip(),
    "truncate_words": _truncate_words,
    "upper": lambda text: str(text).upper(),
    "urlencode": lambda text: quote(str(text), safe=""),
}
TESTS: dict[str, Callable[[Any], bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "even": lambda number: number % 2 == 0,
    "none": lambda value: value is None or isinstance(value, Empty),
    "odd": lambda number: number % 2 == 1,
    "undefined": lambda value: isinstance(value, Undefined),
}
