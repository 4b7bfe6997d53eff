"""Who watches a product, on DynamoDB: an item for each product and customer, which the table forgets in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from math import ceil
from typing import Any

from perennial.adapters.table import Item, Table, key, number, text

_AT_ONCE = 500  # watchers read in one page: some 50 KB, 6 read units


class DynamoWatches:
    """`ports.Watches`."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def add(self, watches: Mapping[str, Mapping[str, datetime]]) -> None:
        self._table.put_many(
            watch_item(product_id, customer_id, until)
            for customer_id, products in watches.items()
            for product_id, until in products.items()
        )

    def forget(self, customer_id: str, product_ids: Collection[str]) -> None:
        self._table.delete_many(key(_partition(each)["S"], customer_id) for each in product_ids)

    def of(self, product_id: str, at: datetime, after: str = "") -> Iterator[str]:
        items = self._table.query(
            KeyConditionExpression="pk = :product AND sk > :after" if after else "pk = :product",
            FilterExpression="expires_at > :now",  # the table takes its time to forget
            ExpressionAttributeValues={
                ":product": _partition(product_id),
                ":now": number(int(at.timestamp())),
                **({":after": text(after)} if after else {}),
            },
            ProjectionExpression="sk",
            Limit=_AT_ONCE,
        )
        yield from (item["sk"]["S"] for item in items)


def watch_item(product_id: str, customer_id: str, until: datetime) -> Item:
    """The whole item of a watch."""
    return key(_partition(product_id)["S"], customer_id) | {"expires_at": number(ceil(until.timestamp()))}


def _partition(product_id: str) -> dict[str, str]:
    return text(f"WATCH#{product_id}")
