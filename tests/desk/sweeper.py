"""A function each minute: clears the `wake_at` of what is due, except of items that are told to stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perennial.bootstrap import Handle
from perennial.times import stamp

runs: list[datetime] = []


def build(world: Any) -> Handle:
    def handle(event: dict[str, Any], context: Any) -> None:
        runs.append(world.clock())
        table, dynamodb = world.setting("TABLE"), world._client("dynamodb")
        for item in dynamodb.scan(TableName=table)["Items"]:
            due = "wake_at" in item and item["wake_at"]["S"] <= stamp(world.clock())
            if due and "stays" not in item:
                dynamodb.put_item(TableName=table, Item={"pk": item["pk"], "sk": item["sk"]})

    return handle


def wake(desk: Any, name: str, at: datetime, *, stays: bool = False) -> None:
    """Put an item that is due at a time."""
    item = {
        "pk": {"S": name},
        "sk": {"S": "DOC"},
        "due_shard": {"S": "3"},
        "wake_at": {"S": stamp(at)},
        **({"stays": {"BOOL": True}} if stays else {}),
    }
    desk.client("dynamodb").put_item(TableName=desk.template.tables["Table"].name, Item=item)
