"""The product catalogue on DynamoDB."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from perennial.adapters.codec import pack, unpack
from perennial.adapters.products import by_id, merged
from perennial.adapters.table import ABSENT, Item, Table, equals, key
from perennial.errors import Conflict
from perennial.events import Product

_TRIES = 5


class DynamoCatalogue:
    """`ports.Catalogue`."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def load(self, product_ids: Collection[str]) -> dict[str, Product]:
        return {product_id: unpack(body) for product_id, body in self._bodies(product_ids).items()}

    def learn(self, products: Sequence[Product]) -> None:
        facts = by_id(products)
        for attempt in range(_TRIES):
            # A stale first read does no harm, the put's condition sees it; the next must not be stale again.
            facts = self._put_news(facts, self._bodies(facts, consistent=attempt > 0))
            if not facts:
                return
        raise Conflict(f"{len(facts)} product(s) were changed by others {_TRIES} times in a row.")

    def _put_news(self, facts: Mapping[str, Product], held: Mapping[str, bytes]) -> dict[str, Product]:
        """Returns the facts that met someone else's change."""
        return {
            product_id: fact
            for product_id, fact in facts.items()
            if not self._put(fact, held.get(product_id))
        }

    def _put(self, fact: Product, held: bytes | None) -> bool:
        known: Product | None = None if held is None else unpack(held)
        product = merged(known, fact)
        if product is known:
            return True
        try:
            item = _product_key(product["id"]) | {"body": {"B": pack(product)}}
            self._table.put(item, ABSENT if held is None else equals("body", {"B": held}))
        except Conflict:
            return False
        return True

    def _bodies(self, product_ids: Iterable[str], *, consistent: bool = False) -> dict[str, bytes]:
        by_key = {_product_key(product_id)["pk"]["S"]: product_id for product_id in product_ids}
        keys = map(_product_key, by_key.values())
        items = self._table.get_many(keys, ("pk", "body"), consistent=consistent)
        return {by_key[item["pk"]["S"]]: item["body"]["B"] for item in items}


def _product_key(product_id: str) -> Item:
    return key(f"PRODUCT#{product_id}", "DOC")
