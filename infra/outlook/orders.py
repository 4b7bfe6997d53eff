"""An outlook without any cloud: the customers of a file of orders, and a content folder as it would be published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from infra.outlook.trial import published
from on_event.orders_file.record import batches
from on_event.orders_file.translate import Terms, Told, translate
from perennial.adapters.codec import pack, unpack
from perennial.apply import fold
from perennial.customer import Customer, new
from perennial.events import Product
from perennial.folding.consent import under_double_opt_in
from perennial.night.sums import Sums
from perennial.people.identities import short_id
from perennial.shop import Shop
from perennial.shop import pack as pack_release
from perennial.shop import unpack as unpack_release
from perennial.times import zone_of

Progress = Callable[[int, int], None]  # events done and known so far


class OrdersSource:
    """Documents folded from the lines, packed in memory: about a kilobyte each. remarks: lines that were not taken whole."""

    def __init__(
        self, lines: TextIO, content: Path, now: datetime, progress: Progress = lambda done, known: None
    ) -> None:
        self.now = now
        self.remarks = 0
        self._bodies: dict[str, bytes] = {}
        self._products: dict[str, Product] = {}
        release = published(content, {}, now)
        shop = unpack_release(*pack_release(release))
        terms = Terms(zone_of(shop.settings.timezone), shop.settings.currency, now)
        self._fold(self._noted(translate(lines, terms)), shop, progress)
        intervals, tables = self._sums(shop).tables(shop.tables)
        self.release: dict[str, Any] = {
            **release,
            "intervals": intervals.to_json(),
            "tables": tables.to_json(),
        }
        self.total: int | None = len(self._bodies)

    def customers(self) -> Iterator[Customer]:
        """Every document."""
        yield from map(unpack, self._bodies.values())

    def products(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those that exist."""
        return {each: self._products[each] for each in product_ids if each in self._products}

    def _noted(self, told: Iterable[Told]) -> Iterator[Told]:
        for each in told:
            self.remarks += len(each.remarks)
            yield each

    def _fold(self, told: Iterable[Told], shop: Shop, progress: Progress) -> None:
        done = 0
        for batch in batches(told):
            for product in batch.products:
                self._products[product["id"]] = {**self._products.get(product["id"], product), **product}
            drafts: dict[str, Customer] = {}
            for event in batch.events:
                # The first identity is the strongest, and a file names the store's customer in each line.
                customer_id = short_id("customer", *event.identities[0])
                if customer_id not in drafts:
                    held = self._bodies.get(customer_id)
                    drafts[customer_id] = unpack(held) if held else new(customer_id)
                fold(drafts[customer_id], under_double_opt_in(event, shop.settings.double_opt_in))
            for customer_id, draft in drafts.items():
                draft["ids"] = {}  # the file is read once: nothing of it comes a second time
                self._bodies[customer_id] = pack(draft)
            done += len(batch.events)
            progress(done, done + batch.behind)

    def _sums(self, shop: Shop) -> Sums:
        sums = Sums(self.now)
        for product in self._products.values():
            sums.learn(product)
        for customer in self.customers():
            sums.add(customer, shop)
        return sums
