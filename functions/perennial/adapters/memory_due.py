"""The due index in memory: one heap for each shard, in which entries that are out of date are left until they come up."""

from __future__ import annotations

import heapq
from datetime import datetime

from perennial.adapters.layout import shard_of
from perennial.ports.documents import SHARDS
from perennial.times import stamp


class DueIndex:
    """Who is due, by shard. Setting costs the logarithm of the customers, asking that of those who are due."""

    def __init__(self) -> None:
        self._heaps: list[list[tuple[str, str]]] = [[] for _ in range(SHARDS)]
        self._at: dict[str, str] = {}

    def set(self, customer_id: str, wake_at: str | None) -> None:
        """From now on the customer is due then, or never."""
        if self._at.get(customer_id) == wake_at:
            return
        if wake_at is None:
            self._at.pop(customer_id, None)
            return
        self._at[customer_id] = wake_at
        heapq.heappush(self._heaps[shard_of(customer_id)], (wake_at, customer_id))

    def due(self, shard: int, until: datetime, limit: int) -> list[str]:
        """At most so many, earliest first."""
        heap, end, found = self._heaps[shard], stamp(until), list[tuple[str, str]]()
        while heap and heap[0][0] <= end and len(found) < limit:
            entry = heapq.heappop(heap)
            if self._at.get(entry[1]) == entry[0] and entry not in found[-1:]:
                found.append(entry)
        for entry in found:
            heapq.heappush(heap, entry)
        return [customer_id for _, customer_id in found]

    def next(self) -> str | None:
        """The earliest of all."""
        for heap in self._heaps:
            while heap and self._at.get(heap[0][1]) != heap[0][0]:
                heapq.heappop(heap)
        return min((heap[0][0] for heap in self._heaps if heap), default=None)
