"""A CSV of orders as a book of customers. Bad lines are told of by their number and reason, never fatal.

Ids are text and stay as they are written, whatever the encoding of the file: its bytes come out as they went in.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO

from infra.forecasting.book import Book, Kept, close
from perennial.errors import Unintelligible

NEEDED = ("customer", "ts", "product")
ENCODING, ERRORS = "utf-8", "surrogateescape"  # of the file, and of what is written about it
_EVERY = 50_000  # lines between two words on progress
Progress = Callable[[int], None]  # bytes read so far


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
    """Lines as they are taken in. kept: by customer and day, the products in the order of the file with their value."""

    def __init__(self, book: Book, columns: list[str]) -> None:
        self._book, self._days = book, _Days()
        self._customer, self._ts, self._product = (columns.index(name) for name in NEEDED)
        self._width = max(self._customer, self._ts, self._product) + 1
        self._qty = columns.index("qty") if "qty" in columns else None
        self._category = columns.index("category") if "category" in columns else None
        self._value = columns.index("value") if "value" in columns else None
        self._ids: dict[str, str] = {}  # one object for each id, however often it stands in the file
        self.kept: Kept = {}

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
            order, product = self.kept.setdefault(customer, {}).setdefault(day, {}), self._known(row)
            order[product] = order.get(product, 0.0) + self._worth(row)
        return None

    def _worth(self, row: list[str]) -> float:
        """Nothing where no number is told: only a backtest asks for it."""
        try:
            worth = float(row[self._value]) if self._value is not None else 0.0
        except (ValueError, IndexError):
            return 0.0
        return worth if math.isfinite(worth) else 0.0

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
