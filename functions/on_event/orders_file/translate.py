"""A plain CSV of orders and sign-ups as canonical events: what a shop brings along from before Perennial.

Columns, in any order: `customer, ts, order_id, product, category, qty, value`, with a line for each line of an order;
`value` is that line's, in major units. Optional: `email, first_name, last_name, phone, locale, timezone, country,
email_consent, sms_consent, consent_at, title, url, image, currency, cycle_days` (how long a product lasts, by the
merchant's own word). A line without order_id, product, qty and value is a sign-up.

Lines of one order may stand apart, but by no more than `WINDOW` lines: then the order is taken as complete. An order with a
line that cannot be read is left out as a whole, so that it is right once that line is mended and the file imported again.
Consent comes from its own columns alone; a grant without `consent_at` yields to every refusal that has its time.

Event ids are computed from what the lines say, so the same file again changes nothing. Memory is bounded, however long the
file is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from on_event.orders_file.orders import WINDOW, FileLine, Memory, OpenOrder, Orders
from on_event.orders_file.rows import NEEDED, OPTIONAL, SOURCE, Row, Terms, order_id_of, read_row
from perennial.errors import Unintelligible
from perennial.events import ConsentEvidence, Event, Name, Product
from perennial.people.identities import Identity, short_id, strongest_first
from perennial.times import stamp

__all__ = ["REPORT", "Remark", "Terms", "Told", "columns_of", "translate"]

REPORT = (
    "line",
    "reason",
)  # added to the columns of a file of rejected lines; not read when that is imported


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a line. rejected: it was not taken; otherwise only what `reason` names was left out."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()
    rejected: bool = True


@dataclass(slots=True)
class Told:
    """What became clear with one more line of the file."""

    events: list[Event] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def columns_of(first_line: str) -> tuple[list[str], str]:
    """Column names and delimiter (comma, semicolon or tab); Unintelligible when a needed one is missing."""
    first_line = first_line.removeprefix("\ufeff")
    delimiter = max(",;\t", key=first_line.count)
    columns = [name.strip().lower() for name in next(csv.reader([first_line], delimiter=delimiter), [])]
    missing = ", ".join(name for name in NEEDED if name not in columns)
    if missing:
        raise Unintelligible(
            f"The file has no column {missing}. Its first line must name these: {', '.join(NEEDED)}."
        )
    return columns, delimiter


def translate(lines: Iterable[str], terms: Terms) -> Iterator[Told]:
    """What the file says, line by line; Unintelligible when its first line does not name the columns.

    lines: the file as text, each with its line break (a quoted cell may hold some).
    """
    unread = iter(lines)
    columns, delimiter = columns_of(next(unread, ""))
    translation = _Translation(columns, terms)
    yield translation.beginning()
    reader = csv.reader(unread, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 2
        try:
            cells = tuple(next(reader))
        except StopIteration:
            break
        except csv.Error as error:
            yield Told(remarks=[Remark(number, f"it is no line of a CSV file ({error})")])
            continue
        if any(cell.strip() for cell in cells):
            yield translation.line(FileLine(number, cells))
    yield translation.end()


class _Translation:
    """One reading of a file."""

    def __init__(self, columns: Sequence[str], terms: Terms) -> None:
        self._columns, self._terms = columns, terms
        self._orders = Orders()
        self._people: Memory[bool] = Memory()
        self._products: Memory[Product] = Memory()
        self._number = 1

    def beginning(self) -> Told:
        """Remarks on columns that are not read: a misspelt one would be lost in silence."""
        known = {*NEEDED, *OPTIONAL, *REPORT}
        strange = [name for name in self._columns if name not in known]
        reasons = (f"the column {name!r} is not known and was not read" for name in strange)
        return Told(remarks=[Remark(1, reason, rejected=False) for reason in reasons])

    def line(self, line: FileLine) -> Told:
        """One line, and the orders that are complete with it."""
        self._number, told = line.number, Told()
        cells = dict(zip(self._columns, (cell.strip() for cell in line.cells), strict=False))
        try:
            row = self._read(line, cells)
        except Unintelligible as error:
            self._reject(told, line, order_id_of(cells), str(error))
        else:
            self._take(told, line, row)
        self._hand_over(told, until=line.number - WINDOW)
        return told

    def end(self) -> Told:
        """The orders still open."""
        told = Told()
        self._hand_over(told, until=self._number)
        return told

    def _read(self, line: FileLine, cells: Mapping[str, str]) -> Row:
        if len(line.cells) > len(self._columns):
            raise Unintelligible("it has more cells than there are columns: put text with commas in quotes")
        row = read_row(cells, self._terms)
        if row.bought:
            self._orders.check(row, row.bought)
        return row

    def _reject(self, told: Told, line: FileLine, order_id: str | None, reason: str) -> None:
        if order_id is None or self._orders.is_complete(order_id):
            told.remarks.append(Remark(line.number, reason, line.cells))
        else:
            self._orders.spoil(order_id, line, reason)

    def _take(self, told: Told, line: FileLine, row: Row) -> None:
        if row.left_out:
            reason = f"{', '.join(row.left_out)} could not be read and was left out"
            told.remarks.append(Remark(line.number, reason, line.cells, rejected=False))
        about = _about(row.traits, row.consent)
        if about and (row.customer not in self._people or row.bought is None):
            told.events.append(self._event(Name.CUSTOMER_CREATED, row.identities, row.at, about))
        self._people[row.customer] = True
        if row.bought:
            self._learn(told, row.bought.product)
            self._orders.add(line, row, row.bought)

    def _learn(self, told: Told, product: Product) -> None:
        held = self._products.get(product["id"])
        if held is None or {**held, "at": ""} != {**product, "at": ""}:
            self._products[product["id"]] = product
            told.products.append(product)

    def _hand_over(self, told: Told, until: int) -> None:
        for order in self._orders.completed(until):
            if order.fault:
                told.remarks += [Remark(line.number, reason, line.cells) for line, reason in order.reasons()]
            else:
                told.events.append(self._completed(order))

    def _completed(self, order: OpenOrder) -> Event:
        rows = [row for row, _ in order.rows]
        traits = {name: value for row in rows for name, value in row.traits.items()}
        consent = {channel: said for row in rows for channel, said in row.consent.items()}
        identities = strongest_first(each for row in rows for each in row.identities)
        properties = {"order": order.order(), **_about(traits, consent)}
        return self._event(Name.ORDER_COMPLETED, identities, order.placed_at(), properties)

    def _event(
        self, name: Name, identities: tuple[Identity, ...], at: datetime, properties: dict[str, Any]
    ) -> Event:
        content = json.dumps(properties, sort_keys=True)
        return Event(
            id=short_id(SOURCE, name, *map(str, identities[0]), stamp(at), content),
            name=name,
            occurred_at=at,
            received_at=self._terms.received_at,
            source=SOURCE,
            trusted=True,
            identities=identities,
            properties=properties,
            sent_at=at,
        )


def _about(traits: Mapping[str, str], consent: Mapping[str, ConsentEvidence]) -> dict[str, Any]:
    return {key: dict(value) for key, value in (("traits", traits), ("consent", consent)) if value}
