"""The product catalogue on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from perennial.adapters.products import Entry, by_id, by_product, learnt, packed, unpacked, without
from perennial.adapters.table import ABSENT, Item, Table, equals, key, text
from perennial.errors import Conflict
from perennial.events import Change, Product

_TRIES = 5
_PRODUCT = "PRODUCT#"

Revise = Callable[[Entry | None], Entry | None]  # None: there is no such product, and there shall be none


class DynamoCatalogue:
    """`ports.Catalogue`.

    Changes to be told are kept in the product's own item, written by the put that makes them: neither is ever lost without
    the other.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def load(self, product_ids: Collection[str]) -> dict[str, Product]:
        return {product_id: unpacked(body).product for product_id, body in self._bodies(product_ids).items()}

    def learn(self, products: Sequence[Product]) -> list[Change]:
        entries = self._revise(
            {product_id: _learning(facts) for product_id, facts in by_id(products).items()}
        )
        return [change for entry in entries for change in entry.changes]

    def told(self, changes: Sequence[Change]) -> None:
        self._revise({product_id: _telling(own) for product_id, own in by_product(changes).items()})

    def scan(self) -> Iterator[Product]:
        items = self._table.scan(
            FilterExpression="begins_with(pk, :product)",
            ExpressionAttributeValues={":product": text(_PRODUCT)},
            ProjectionExpression="body",
        )
        yield from (unpacked(item["body"]["B"]).product for item in items)

    def _revise(self, revisions: Mapping[str, Revise]) -> list[Entry]:
        """Each product as it is then. One that others change at the same moment is judged again."""
        entries: list[Entry] = []
        left = dict(revisions)
        for attempt in range(_TRIES):
            # A stale first read does no harm, the put's condition sees it; the next must not be stale again.
            held = self._bodies(left, consistent=attempt > 0)
            left = {
                each: revise
                for each, revise in left.items()
                if not self._put(revise, held.get(each), entries)
            }
            if not left:
                return entries
        raise Conflict(f"{len(left)} product(s) were changed by others {_TRIES} times in a row.")

    def _put(self, revise: Revise, held: bytes | None, entries: list[Entry]) -> bool:
        """False when it met someone else's change."""
        known = None if held is None else unpacked(held)
        entry = revise(known)
        if entry is None:
            return True
        if entry != known:
            item = _product_key(entry.product["id"]) | {"body": {"B": packed(entry)}}
            try:
                self._table.put(item, ABSENT if held is None else equals("body", {"B": held}))
            except Conflict:
                return False
        entries.append(entry)
        return True

    def _bodies(self, product_ids: Iterable[str], *, consistent: bool = False) -> dict[str, bytes]:
        by_key = {_product_key(product_id)["pk"]["S"]: product_id for product_id in product_ids}
        keys = map(_product_key, by_key.values())
        items = self._table.get_many(keys, ("pk", "body"), consistent=consistent)
        return {by_key[item["pk"]["S"]]: item["body"]["B"] for item in items}


def _learning(facts: Sequence[Product]) -> Revise:
    return lambda known: reduce(learnt, facts, known)


def _telling(changes: Sequence[Change]) -> Revise:
    return lambda known: known and without(known, changes)


def _product_key(product_id: str) -> Item:
    return key(f"{_PRODUCT}{product_id}", "DOC")
