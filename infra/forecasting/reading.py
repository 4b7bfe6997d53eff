"""A CSV of orders as each customer's days and products. Bad lines are told of by their number and reason, never fatal.

Ids are text and stay as they are written, whatever the encoding of the file: its bytes come out as they went in.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
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
SHOWN = 10  # bad lines told of one by one; the others are counted
ENCODING, ERRORS = "utf-8", "surrogateescape"  # of the file, and of what is written about it
_EVERY = 50_000  # lines between two words on progress
Progress = Callable[[int], None]  # bytes read so far

_LOGS = [0.0, *(math.log(gap) for gap in range(1, 2000))]


def gaps_of(days: Sequence[int]) -> Gaps:
    """Log gaps between days, ascending."""
    if len(days) < 2:
        return Gaps()
    logs = [
        _LOGS[later - earlier] if later - earlier < len(_LOGS) else math.log(later - earlier)
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
    """All orders of a file. first, last: the days it spans. lines: taken; returns: lines with no quantity bought.

    bad: lines left out; remarks: what is wrong with the first of them.
    """

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
    """The orders of a file, gzipped or not. Unintelligible when nothing in it can be understood."""
    try:
        with path.open("rb") as raw, _text(raw) as lines:
            return _read(lines, lambda: progress(raw.tell()))
    except (OSError, EOFError, zlib.error) as error:
        raise Unintelligible(
            f"{path} cannot be read: {error}. Write the file again, and try once more."
        ) from error


def _text(raw: IO[bytes]) -> io.TextIOWrapper:
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    data = gzip.GzipFile(fileobj=raw) if packed else raw
    return io.TextIOWrapper(data, encoding=ENCODING, errors=ERRORS, newline="")


def _read(lines: io.TextIOWrapper, tell: Callable[[], None]) -> Book:
    book = Book()
    columns, delimiter = _columns(lines.readline())
    taking = _Taking(book, columns)
    for number, row in _rows(lines, delimiter, book):
        if number % _EVERY == 0:
            tell()
        if row and (reason := taking.take(row)):
            book.complain(number, reason)
    close(book, taking.kept)
    return book


def _rows(lines: io.TextIOWrapper, delimiter: str, book: Book) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        begins_at = reader.line_num + 2
        try:
            for row in reader:
                yield begins_at, row
                begins_at = reader.line_num + 2
        except csv.Error as error:
            book.complain(begins_at, f"it is no line of a CSV file ({error})")
            continue
        return


def _columns(first_line: str) -> tuple[list[str], str]:
    first_line = first_line.removeprefix("\ufeff")
    delimiter = max(",;\t", key=first_line.count)
    columns = [name.strip().lower() for name in next(csv.reader([first_line], delimiter=delimiter), [])]
    if missing := [name for name in NEEDED if name not in columns]:
        raise Unintelligible(
            f"The file has no column {', '.join(missing)}. Its first line must name its columns: "
            "customer, ts, order_id, product, category, qty, value."
        )
    return columns, delimiter


class _Taking:
    """Lines as they are taken in. kept: by customer and day, the products in the order of the file."""

    def __init__(self, book: Book, columns: list[str]) -> None:
        self._book, self._days = book, _Days()
        self._customer, self._ts, self._product = (columns.index(name) for name in NEEDED)
        self._width = max(self._customer, self._ts, self._product) + 1
        self._qty = columns.index("qty") if "qty" in columns else None
        self._category = columns.index("category") if "category" in columns else None
        self._ids: dict[str, str] = {}  # one object for each id, however often it stands in the file
        self.kept: dict[str, dict[int, dict[str, None]]] = {}

    def take(self, row: list[str]) -> str | None:
        """None when all is well, else why the line was left out."""
        if len(row) < self._width:
            return "it has too few columns"
        customer, day = row[self._customer], self._days[row[self._ts].strip()[:10]]
        if not customer.strip():
            return "it names no customer"
        if day is None:
            return f"ts {row[self._ts]!r} is no day: write 2026-03-31"
        quantity = self._quantity(row)
        if quantity is None:
            return f"qty {row[self._qty or 0]!r} is no number"
        if quantity <= 0:
            self._book.returns += 1
        else:
            self._book.lines += 1
            self.kept.setdefault(customer, {}).setdefault(day, {})[self._known(row)] = None
        return None

    def _quantity(self, row: list[str]) -> float | None:
        """One where none is told."""
        if self._qty is None or self._qty >= len(row) or not row[self._qty].strip():
            return 1.0
        try:
            quantity = float(row[self._qty])
        except ValueError:
            return None
        return quantity if math.isfinite(quantity) else None

    def _known(self, row: list[str]) -> str:
        product = row[self._product]
        known = self._ids.get(product)
        if known is None:
            known = self._ids[product] = product if product.strip() else ""
            if self._category is not None and self._category < len(row):
                self._book.category_of[known] = row[self._category].strip()
        return known


class _Days(dict[str, int | None]):
    """Ordinals by their text: a file has few days and many lines."""

    def __missing__(self, text: str) -> int | None:
        try:
            day = date.fromisoformat(text).toordinal() if text[4:5] == "-" else None
        except ValueError:
            day = None
        self[text] = day
        return day


def close(book: Book, kept: dict[str, dict[int, dict[str, None]]]) -> None:
    """When all lines are read. kept: by customer and day, the products. Unintelligible when there are none."""
    if not kept:
        told = "".join(f"\n{remark}" for remark in book.remarks)
        raise Unintelligible(
            f"There is no order in the file. Its lines need a customer, and a day such as 2026-03-31.{told}"
        )
    for customer, orders in kept.items():
        book.people[customer] = _person(orders)
    book.first = min(person.days[0] for person in book.people.values())
    book.last = max(person.days[-1] for person in book.people.values())


def _person(orders: dict[int, dict[str, None]]) -> Person:
    person = Person(sorted(orders))
    bought: dict[str, list[int]] = {}
    for day in person.days:
        named = [product for product in orders[day] if product]
        person.products.append(named)
        for product in named:
            bought.setdefault(product, []).append(day)
    person.first_bought = {product: days[0] for product, days in bought.items()}
    person.repeated = [Repeated(each, days, gaps_of(days)) for each, days in bought.items() if len(days) > 1]
    return person
