"""A queue as SQS is one: at least once, in no order, and what is not deleted comes back."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

MAX_RECEIVES = (
    50  # far more than in the cloud: under so much trouble five would make dead letters of good events
)


class _Waiting(NamedTuple):
    visible_at: datetime
    order: float
    number: int
    body: str
    receives: int


class SoakQueue:
    """`ports.Queue`, with a side for its reader. dead: bodies that came too often. duplicates: share delivered twice."""

    def __init__(
        self, chance: Random, visibility: timedelta, duplicates: float, clock: Callable[[], datetime]
    ) -> None:
        self._chance, self._visibility, self._duplicates = chance, visibility, duplicates
        self._clock = clock
        self._heap: list[_Waiting] = []
        self._numbers = 0
        self.dead: list[str] = []

    def put(self, bodies: Sequence[str], *, reason: str | None = None) -> None:
        """Each of them, some twice, and not in order."""
        now = self._clock()
        for body in bodies:
            self._push(now, body, 0)
            if self._chance.random() < self._duplicates:
                self._push(now + timedelta(seconds=self._chance.uniform(0, 600)), body, 0)

    def take(self, at_most: int) -> list[dict[str, Any]]:
        """A batch as Lambda gets it; invisible until it is given back or its time is over."""
        now = self._clock()
        taken: list[dict[str, Any]] = []
        while self._heap and self._heap[0].visible_at <= now and len(taken) < at_most:
            each = heapq.heappop(self._heap)
            if each.receives >= MAX_RECEIVES:
                self.dead.append(each.body)
            else:
                taken.append(
                    {"messageId": str(each.number), "body": each.body, "receives": each.receives + 1}
                )
        return taken

    def give_back(self, messages: Sequence[dict[str, Any]]) -> None:
        """They were not handled."""
        for each in messages:
            self._push(self._clock() + self._visibility, each["body"], each["receives"])

    def next(self) -> datetime | None:
        """When the next message can be seen."""
        return self._heap[0].visible_at if self._heap else None

    def is_visible(self) -> bool:
        """Whether something can be taken now."""
        return bool(self._heap) and self._heap[0].visible_at <= self._clock()

    def _push(self, at: datetime, body: str, receives: int) -> None:
        self._numbers += 1
        heapq.heappush(self._heap, _Waiting(at, self._chance.random(), self._numbers, body, receives))
