"""The timeline on DynamoDB: one item per event, keyed by its id, so that a repeated put changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from perennial.adapters.codec import pack, unpack
from perennial.adapters.table import Item, Table, number, text
from perennial.ports.data import TimelineItem
from perennial.times import Stamp

_EVENT = "EVENT#"


class DynamoTimeline:
    """`ports.Timeline`."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def add(self, items: Mapping[str, Sequence[TimelineItem]]) -> None:
        self._table.put_many(
            event_item(customer_id, item) for customer_id, own in items.items() for item in own
        )

    def known(self, customer_id: str, event_ids: Collection[str]) -> set[str]:
        keys = (_event_key(customer_id, event_id) for event_id in event_ids)
        return {_event_id(item) for item in self._table.get_many(keys, ("sk",), consistent=True)}

    def read(self, customer_id: str) -> list[TimelineItem]:
        items = self._table.query(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :event)",
            ExpressionAttributeValues={":pk": _partition(customer_id), ":event": text(_EVENT)},
            ConsistentRead=True,
        )
        return sorted(map(_from_item, items), key=lambda item: (item["occurred_at"], item["id"]))

    def forget(self, customer_id: str, until: Stamp) -> None:
        items = self._table.query(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :event)",
            FilterExpression="received_at <= :until",
            ExpressionAttributeValues={
                ":pk": _partition(customer_id),
                ":event": text(_EVENT),
                ":until": text(until),
            },
            ProjectionExpression="pk, sk",
            ConsistentRead=True,
        )
        self._table.delete_many(list(items))


def event_item(customer_id: str, event: TimelineItem) -> Item:
    """The whole item of an event."""
    item = _event_key(customer_id, event["id"]) | {
        name: text(event[name]) for name in ("name", "occurred_at", "received_at", "source")
    }
    item["properties"] = {"B": pack(event["properties"])}
    if "expires_at" in event:
        item["expires_at"] = number(event["expires_at"])
    if not event.get("trusted", True):
        item["trusted"] = {"BOOL": False}
    return item


def _from_item(item: Item) -> TimelineItem:
    event = TimelineItem(
        id=_event_id(item),
        name=item["name"]["S"],
        occurred_at=item["occurred_at"]["S"],
        received_at=item["received_at"]["S"],
        source=item["source"]["S"],
        properties=unpack(item["properties"]["B"]),
    )
    if "expires_at" in item:
        event["expires_at"] = int(item["expires_at"]["N"])
    if "trusted" in item:
        event["trusted"] = item["trusted"]["BOOL"]
    return event


def _event_id(item: Item) -> str:
    sk: str = item["sk"]["S"]
    return sk.removeprefix(_EVENT)


def _event_key(customer_id: str, event_id: str) -> Item:
    return {"pk": _partition(customer_id), "sk": text(f"{_EVENT}{event_id}")}


def _partition(customer_id: str) -> dict[str, str]:
    return text(f"CUSTOMER#{customer_id}")
