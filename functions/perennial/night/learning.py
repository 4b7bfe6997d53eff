"""Models that learn from the nightly pass: each says what a customer teaches it, and fits itself to a bounded sample.

A model is one entry of `teaching.LEARNERS`; its name is the key of its weights in `Tables.weights`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from perennial.customer import Customer
from perennial.forecast.gaps import IntervalTables
from perennial.shop import Shop

MOST_ROWS = 2_000  # of one model in one segment: a sample of customers, the same each night
_LOTS = 1 << 32


class Learner(Protocol):
    """Pure. Rows are plain JSON and name nobody."""

    def rows(self, customer: Customer, shop: Shop, cut: datetime) -> Sequence[Any]:
        """What this customer teaches, seen at `cut`; a learner may look at an earlier cut of its own. [] for nothing."""
        ...

    def fit(self, rows: Sequence[Any], intervals: IntervalTables, before: Any) -> Any:
        """Weights as JSON. before: those of last night, None at first; to be returned where rows are too few."""
        ...


class Sample:
    """Rows of one model. Customers are drawn by their id, so that the sample does not depend on order or repetition."""

    def __init__(self, rows: Mapping[str, list[Any]] | None = None, most: int = MOST_ROWS) -> None:
        self._rows = {int(lot): list(own) for lot, own in (rows or {}).items()}
        self._most = most
        self._highest = _LOTS

    def wants(self, customer_id: str) -> bool:
        """Whether the rows of this customer would be kept; to make them costs more than to ask."""
        return _lot(customer_id) <= self._highest

    def add(self, customer_id: str, rows: Sequence[Any]) -> None:
        """The rows of one customer, kept if their lot is among the lowest."""
        if rows:
            self._rows.setdefault(_lot(customer_id), []).extend(rows)
            self._bound(2 * self._most)

    def _bound(self, most: int) -> None:
        if len(self._rows) > most:
            self._rows = {lot: self._rows[lot] for lot in sorted(self._rows)[: self._most]}
            self._highest = max(self._rows)

    def merge(self, other: Sample) -> None:
        """All rows of another segment."""
        for lot, rows in other._rows.items():
            self._rows.setdefault(lot, []).extend(rows)

    def rows(self) -> list[Any]:
        """In the order of their lots."""
        return [row for lot in sorted(self._rows) for row in self._rows[lot]]

    def to_json(self) -> dict[str, list[Any]]:
        """For the state of a segment."""
        self._bound(self._most)
        return {str(lot): rows for lot, rows in sorted(self._rows.items())}


def _lot(customer_id: str) -> int:
    return zlib.crc32(f"sample:{customer_id}".encode("utf-8", "replace")) % _LOTS
