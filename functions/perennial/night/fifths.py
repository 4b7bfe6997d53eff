"""Fifths of many values without keeping them: counted in steps of two percent, so that a million take what a thousand do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Self

FIFTHS = 5
_STEP = math.log(1.02)
_EXACT = 100  # below it each number has a step of its own


class Histogram:
    """How many values fall into each step. Values are integers; a negative one counts as 0."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts = Counter(counts or {})

    def add(self, value: int) -> None:
        """One more value."""
        self.counts[step_of(value)] += 1

    def merge(self, other: Histogram) -> None:
        """All values of another one."""
        self.counts.update(other.counts)

    @property
    def total(self) -> int:
        """How many values."""
        return self.counts.total()

    def limits(self) -> tuple[int, ...]:
        """The last value of each fifth but the fifth one, ascending; () without a value.

        Equal values are never parted: they all belong to the lowest fifth that one of them belongs to.
        """
        found: list[int] = []
        passed = 0
        for step in sorted(self.counts):
            passed += self.counts[step]
            while len(found) < FIFTHS - 1 and passed * FIFTHS >= self.total * (len(found) + 1):
                found.append(last_of(step))
        return tuple(found)

    def to_json(self) -> dict[str, int]:
        """For the state of a segment."""
        return {str(step): count for step, count in sorted(self.counts.items())}

    @classmethod
    def from_json(cls, data: Mapping[str, int]) -> Self:
        """From the state of a segment."""
        return cls({int(step): count for step, count in data.items()})


def step_of(value: int) -> int:
    """The step a value falls into."""
    if value < _EXACT:
        return max(0, value)
    return _EXACT + int(math.log(value / _EXACT) / _STEP + 1e-9)


def last_of(step: int) -> int:
    """The highest integer that falls into it."""
    if step < _EXACT:
        return step
    value = math.ceil(_EXACT * math.exp((step + 1 - _EXACT) * _STEP))
    while step_of(value) > step:
        value -= 1
    return value
