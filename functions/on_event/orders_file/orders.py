"""Orders whose lines are still coming in, and what a reading of a file remembers within bounds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from on_event.orders_file.rows import Bought, Row
from perennial.errors import Unintelligible
from perennial.events import Order, OrderStatus
from perennial.times import stamp

WINDOW = 1_000  # lines of the file after the last one of an order, in which another may come
REMEMBERED = 100_000  # customers, products and complete orders

_Value = TypeVar("_Value")


class Memory(OrderedDict[str, _Value], Generic[_Value]):
    """Forgets what was told longest ago."""

    def __setitem__(self, key: str, value: _Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > REMEMBERED:
            self.popitem(last=False)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line as it stands in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class OpenOrder:
    """rows: its readable lines. fault: the line for which it will not be taken, and why."""

    id: str
    lines: list[FileLine] = field(default_factory=list)
    rows: list[tuple[Row, Bought]] = field(default_factory=list)
    fault: tuple[int, str] | None = None

    def check(self, row: Row, bought: Bought) -> None:
        """Unintelligible when the line contradicts those before it."""
        for other, other_bought in self.rows[:1]:
            if other.customer != row.customer:
                raise Unintelligible(f"order {self.id} has two customers")
            if other_bought.currency != bought.currency:
                raise Unintelligible(f"order {self.id} has two currencies")

    def reasons(self) -> list[tuple[FileLine, str]]:
        """Each line of an order that is not taken, and why."""
        number, reason = self.fault or (0, "")
        other = f"order {self.id} was left out, because its line {number} cannot be read"
        return [(line, reason if line.number == number else other) for line in self.lines]

    def placed_at(self) -> datetime:
        """The earliest time its lines give."""
        return min(row.at for row, _ in self.rows)

    def order(self) -> Order:
        """The canonical order, the same in whatever order its lines came.

        `updated_at` is when it was placed, so that anything the store itself tells of it is newer.
        """
        bought = sorted(
            (each for _, each in self.rows),
            key=lambda each: (each.product["id"], each.line["quantity"], each.value),
        )
        return Order(
            id=self.id,
            placed_at=stamp(self.placed_at()),
            updated_at=stamp(self.placed_at()),
            status=OrderStatus.OPEN,
            total=sum(each.value for each in bought),
            currency=bought[0].currency,
            trusted=True,
            lines=[each.line for each in bought],
        )


class Orders:
    """Orders by id, until they are complete."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, OpenOrder] = OrderedDict()  # the longest untouched first
        self._complete: Memory[bool] = Memory()

    def add(self, line: FileLine, row: Row, bought: Bought) -> None:
        """A readable line of an order that `check` found to fit."""
        self._touched(bought.order_id, line).rows.append((row, bought))

    def check(self, row: Row, bought: Bought) -> None:
        """Unintelligible when the line comes too late, or contradicts those before it."""
        if self.is_complete(bought.order_id):
            raise Unintelligible(
                f"order {bought.order_id} ended more than {WINDOW} lines before: sort the file"
            )
        self._open.get(bought.order_id, OpenOrder(bought.order_id)).check(row, bought)

    def is_complete(self, order_id: str) -> bool:
        """It was handed over already, as far as that is remembered."""
        return order_id in self._complete

    def spoil(self, order_id: str, line: FileLine, reason: str) -> None:
        """One of its lines cannot be read, so none of them will be taken."""
        order = self._touched(order_id, line)
        order.fault = order.fault or (line.number, reason)

    def completed(self, until: int) -> list[OpenOrder]:
        """Those whose last line is not after line `until`; they are complete now."""
        done: list[OpenOrder] = []
        while self._open:
            order = next(iter(self._open.values()))
            if order.lines[-1].number > until:
                break
            done.append(self._open.pop(order.id))
            self._complete[order.id] = True
        return done

    def _touched(self, order_id: str, line: FileLine) -> OpenOrder:
        order = self._open.setdefault(order_id, OpenOrder(order_id))
        self._open.move_to_end(order_id)
        order.lines.append(line)
        return order
