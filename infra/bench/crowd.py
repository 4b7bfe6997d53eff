"""A table of as many customers as asked for, in little memory: all but the awake ones share one body."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from heapq import merge
from typing import Any

from infra.bench.meter import MeteredTables
from infra.bench.services import ENTRY, Item
from perennial.adapters.documents import document_item
from perennial.adapters.layout import shard_of
from perennial.customer import Customer
from perennial.ports.documents import SHARDS
from perennial.times import stamp

_STEP = timedelta(seconds=20)  # between the wake times of two sleepers: a million are due within eight months


class Crowd(MeteredTables):
    """`number` sleepers, each with a document and an entry in the due index, and whatever is put beside them.

    Sleepers are never put again. table: the name of the table of documents. body: everybody's document, but for
    the id. first: when the first wakes.
    """

    def __init__(self, table: str, body: Customer, number: int, first: datetime) -> None:
        super().__init__()
        self._table, self._body, self._first = table, body, first
        self._shards = [array("I") for _ in range(SHARDS)]
        for sleeper in range(number):
            self._shards[shard_of(_id(sleeper))].append(sleeper)

    def customers(self) -> int:
        """How many it holds."""
        awake = sum(pk.startswith("CUSTOMER#") for pk, _ in self.items[self._table])
        return sum(map(len, self._shards)) + awake

    def _held(self, table: str, key: Mapping[str, Any]) -> Item | None:
        item = super()._held(table, key)
        pk: str = key["pk"]["S"]
        if item is None and table == self._table and pk.startswith("CUSTOMER#sleeper-"):
            return self._item(int(pk.rpartition("-")[2]))
        return item

    def _until(self, shard: str, until: str) -> Iterator[Item]:
        return merge(super()._until(shard, until), self._sleepers(shard, until), key=_wake_at)

    def _sleepers(self, shard: str, until: str) -> Iterator[Item]:
        sleepers = self._shards[int(shard)]
        for sleeper in sleepers[: bisect_right(sleepers, until, key=self._wakes)]:
            item = self._item(sleeper)
            yield {name: item[name] for name in ENTRY}

    def _wakes(self, sleeper: int) -> str:
        return stamp(self._first + sleeper * _STEP)

    def _item(self, sleeper: int) -> Item:
        return document_item({**self._body, "id": _id(sleeper), "wake_at": self._wakes(sleeper)})


def _id(sleeper: int) -> str:
    return f"sleeper-{sleeper}"


def _wake_at(entry: Item) -> str:
    wake_at: str = entry["wake_at"]["S"]
    return wake_at
