"""The table of documents, read in parallel segments: customers and products on one way through it."""

from __future__ import annotations

import json
from typing import Any

from perennial.adapters.codec import unpack
from perennial.adapters.products import unpacked
from perennial.adapters.table import Item, Table, key, text
from perennial.ports.data import Scanned

_CUSTOMER, _PRODUCT = "CUSTOMER#", "PRODUCT#"


class DynamoScans:
    """`ports.Scans`. Reads are eventually consistent, at half the price: who writes does so by condition."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def page(self, segment: int, of: int, position: str | None = None) -> Scanned:
        start = {"ExclusiveStartKey": key(*json.loads(position))} if position else {}
        answer = self._table.scan_page(
            Segment=segment,
            TotalSegments=of,
            FilterExpression="begins_with(pk, :customer) OR begins_with(pk, :product)",
            ExpressionAttributeValues={":customer": text(_CUSTOMER), ":product": text(_PRODUCT)},
            ProjectionExpression="pk, body",
            **start,
        )
        customers = [unpack(_body(item)) for item in answer["Items"] if _is(item, _CUSTOMER)]
        products = [unpacked(_body(item)).product for item in answer["Items"] if _is(item, _PRODUCT)]
        last = answer.get("LastEvaluatedKey")
        return Scanned(customers, products, json.dumps([last["pk"]["S"], last["sk"]["S"]]) if last else None)


def _is(item: Item, prefix: str) -> bool:
    pk: str = item["pk"]["S"]
    return pk.startswith(prefix)


def _body(item: Item) -> bytes:
    body: bytes = item["body"]["B"]
    return body
