"""The catalogue and who watches it, in memory. What a test must see or provoke is public."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce

from perennial.adapters.products import Entry, by_id, by_product, learnt, packed, unpacked, without
from perennial.events import Change, Product


class MemoryCatalogue:
    """`ports.Catalogue`. writes: how many products have been put so far."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self.writes = 0

    def load(self, product_ids: Collection[str]) -> dict[str, Product]:
        entries = ((each, self._entry(each)) for each in product_ids)
        return {product_id: entry.product for product_id, entry in entries if entry}

    def learn(self, products: Sequence[Product]) -> list[Change]:
        facts = by_id(products).items()
        entries = [self._put(each, reduce(learnt, own, self._entry(each))) for each, own in facts]
        return [change for entry in entries if entry for change in entry.changes]

    def told(self, changes: Sequence[Change]) -> None:
        for product_id, own in by_product(changes).items():
            if entry := self._entry(product_id):
                self._put(product_id, without(entry, own))

    def scan(self) -> Iterator[Product]:
        yield from (unpacked(body).product for body in list(self._bodies.values()))

    def _entry(self, product_id: str) -> Entry | None:
        return unpacked(self._bodies[product_id]) if product_id in self._bodies else None

    def _put(self, product_id: str, entry: Entry | None) -> Entry | None:
        if entry and entry != self._entry(product_id):
            self._bodies[product_id] = packed(entry)
            self.writes += 1
        return entry


class MemoryWatches:
    """`ports.Watches`. writes: how many watches have been put so far."""

    def __init__(self) -> None:
        self._until: dict[str, dict[str, datetime]] = defaultdict(dict)
        self.writes = 0

    def add(self, watches: Mapping[str, Mapping[str, datetime]]) -> None:
        for customer_id, products in watches.items():
            for product_id, until in products.items():
                self._until[product_id][customer_id] = until
                self.writes += 1

    def forget(self, customer_id: str, product_ids: Collection[str]) -> None:
        for product_id in product_ids:
            self._until[product_id].pop(customer_id, None)

    def of(self, product_id: str, at: datetime, after: str = "") -> Iterator[str]:
        watchers = sorted(self._until.get(product_id, {}).items())
        yield from (customer_id for customer_id, until in watchers if customer_id > after and until > at)
