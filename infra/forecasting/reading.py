"""A CSV of orders as each customer's days and products. Bad lines are counted and told of, never fatal."""

from __future__ import annotations

import csv
import gzip
import io
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple

from perennial.errors import Unintelligible
from perennial.forecast.gaps import Gaps

NEEDED = ("customer", "ts", "product")
SHOWN = 10  # bad lines told of one by one
_EVERY = 50_000  # lines between two words on progress
Progress = Callable[[int], None]  # bytes read so far


_LOGS = [0.0, *(math.log(gap) for gap in range(1, 2000))]


def gaps_of(days: Sequence[int]) -> Gaps:
    """Log gaps between days, ascending."""
    if len(days) < 2:
        return Gaps()
    logs = [
        _LOGS[later - earlier] if later - earlier < 2000 else math.log(later - earlier)
        for earlier, later in pairwise(days)
    ]
    return Gaps(len(logs), sum(logs), sum([log * log for log in logs]))


class Repeated(NamedTuple):
    """A product that a customer bought on two days or more. days: ascending; gaps: between all of them."""

    product: str
    days: list[int]
    gaps: Gaps

    def until(self, day: int) -> tuple[list[int], Gaps]:
        """As it was known on a day."""
        if self.days[-1] <= day:
            return self.days, self.gaps
        days = self.days[: bisect_right(self.days, day)]
        return days, gaps_of(days)


@dataclass(slots=True)
class Person:
    """One customer. days: of orders, ascending; products: of each of them; first_bought: the first day, by product."""

    days: list[int] = field(default_factory=list)
    products: list[list[str]] = field(default_factory=list)
    first_bought: dict[str, int] = field(default_factory=dict)
    repeated: list[Repeated] = field(default_factory=list)

    def orders_until(self, day: int) -> int:
        """On how many days, that day included."""
        return bisect_right(self.days, day)


@dataclass(slots=True)
class Book:
    """All orders of a file. first, last: the days it spans. lines: read; returns: lines with no quantity bought."""

    people: dict[str, Person] = field(default_factory=dict)
    category_of: dict[str, str] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    lines: int = 0
    returns: int = 0
    bad: int = 0
    remarks: list[str] = field(default_factory=list)

    def complain(self, line: int, reason: str) -> None:
        """Of a line that was left out."""
        self.bad += 1
        if len(self.remarks) < SHOWN:
            self.remarks.append(f"line {line}: {reason}")


def read(path: Path, progress: Progress = lambda _: None) -> Book:
    """The orders of a file, gzipped or not. Unintelligible when its first line does not name the columns."""
    try:
        with path.open("rb") as raw:
            return _read(_text(raw), lambda: progress(raw.tell()))
    except (OSError, EOFError) as error:
        raise Unintelligible(f"{path} cannot be read: {error}. Write the file again, and try once more.") from error


def _text(raw: IO[bytes]) -> io.TextIOWrapper:
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return io.TextIOWrapper(
        gzip.GzipFile(fileobj=raw) if packed else raw, encoding="utf-8-sig", errors="replace", newline=""
    )


def _read(lines: io.TextIOWrapper, tell: Callable[[], None]) -> Book:
    book, days = Book(), _Days()
    columns, delimiter = _columns(lines.readline())
    customer_at, ts_at, product_at = (columns.index(name) for name in NEEDED)
    category_at, qty_at = (columns.index(name) if name in columns else -1 for name in ("category", "qty"))
    width = max(customer_at, ts_at, product_at) + 1
    kept: dict[str, dict[int, dict[str, None]]] = {}
    products: dict[str, str] = {}  # one object for each id, however often it stands in the file
    for number, row in _rows(lines, delimiter, book):
        if len(row) < width:
            if row:
                book.complain(number, "it has too few columns")
            continue
        if number % _EVERY == 0:
            tell()
        customer, day = row[customer_at].strip(), days[row[ts_at][:10]]
        if not customer or day is None:
            book.complain(number, f"ts {row[ts_at]!r} is no day: write 2026-03-31" if customer else "no customer")
            continue
        try:
            quantity = float(row[qty_at]) if qty_at >= 0 and row[qty_at] else 1.0
        except (ValueError, IndexError):
            book.complain(number, "qty is no number")
            continue
        if not quantity > 0:
            book.returns += 1
            continue
        book.lines += 1
        product = row[product_at].strip()
        known = products.get(product)
        if known is None:
            known = products[product] = product
            if 0 <= category_at < len(row):
                book.category_of[known] = row[category_at].strip()
        kept.setdefault(customer, {}).setdefault(day, {})[known] = None
    _close(book, kept)
    return book


def _rows(lines: io.TextIOWrapper, delimiter: str, book: Book) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            for row in reader:
                yield reader.line_num + 1, row
        except csv.Error as error:
            book.complain(reader.line_num + 1, f"it is no line of a CSV file ({error})")
            continue
        return


def _columns(first_line: str) -> tuple[list[str], str]:
    delimiter = max(",;\t", key=first_line.count)
    columns = [name.strip().lower() for name in next(csv.reader([first_line], delimiter=delimiter), [])]
    if missing := [name for name in NEEDED if name not in columns]:
        raise Unintelligible(
            f"The file has no column {', '.join(missing)}. Its first line must name its columns: "
            "customer, ts, order_id, product, category, qty, value."
        )
    return columns, delimiter


class _Days(dict[str, int | None]):
    """Ordinals by their text: a file has few days and many lines."""

    def __missing__(self, text: str) -> int | None:
        try:
            day = date.fromisoformat(text).toordinal()
        except ValueError:
            day = None
        self[text] = day
        return day


def _close(book: Book, kept: dict[str, dict[int, dict[str, None]]]) -> None:
    if not kept:
        raise Unintelligible("There is no order in the file. Its lines need a customer, and a day such as 2026-03-31.")
    for customer, orders in kept.items():
        person = book.people[customer] = Person(sorted(orders))
        bought: dict[str, list[int]] = {}
        for day in person.days:
            named = [product for product in orders[day] if product]
            person.products.append(named)
            for product in named:
                bought.setdefault(product, []).append(day)
        person.first_bought = {product: days[0] for product, days in bought.items()}
        person.repeated = [Repeated(each, days, gaps_of(days)) for each, days in bought.items() if len(days) > 1]
    book.first = min(person.days[0] for person in book.people.values())
    book.last = max(person.days[-1] for person in book.people.values())


def text_of(day: int) -> str:
    """A day as it is written."""
    return date.fromordinal(day).isoformat()

