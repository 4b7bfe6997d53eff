"""The live pointer on DynamoDB: one item, changed field by field.

So a publish and the kill switch never undo each other.
"""

from __future__ import annotations

from typing import Any

from perennial.adapters.table import Condition, Table, equals, key, text
from perennial.ports import Live

_KEY = key("SHOP#LIVE", "DOC")
_NOTHING_LIVE = Condition("attribute_not_exists(#held)", {"#held": "release"})


class DynamoLivePointer:
    """`ports.LivePointer`."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def read(self) -> Live | None:
        item = self._table.get(_KEY)
        if not item or "release" not in item:
            return None
        return Live(item["release"]["S"], frozenset(item.get("paused", {}).get("SS", ())))

    def publish(self, release: str, replaces: str | None) -> None:
        condition = _NOTHING_LIVE if replaces is None else equals("release", text(replaces))
        arguments = condition.arguments()
        arguments["ExpressionAttributeValues"] = {**condition.values, ":new": text(release)}
        self._table.update(_KEY, "SET #held = :new", **arguments)

    def pause(self, campaign: str) -> None:
        self._change("ADD", campaign)

    def resume(self, campaign: str) -> None:
        self._change("DELETE", campaign)

    def _change(self, verb: str, campaign: str) -> None:
        self._table.update(
            _KEY, f"{verb} paused :one", ExpressionAttributeValues={":one": {"SS": [text(campaign)["S"]]}}
        )
