"""The live pointer on DynamoDB: one item, changed field by field.

So a publish and the kill switch never undo each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perennial.adapters.table import Condition, Table, equals, key, text
from perennial.ports.live import Earlier, Live

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
        earlier = item.get("earlier", {}).get("L", ())
        return Live(
            item["release"]["S"],
            frozenset(item.get("paused", {}).get("SS", ())),
            tuple(Earlier(*each["S"].split(" ", 1)) for each in earlier),
        )

    def publish(self, release: str, replaces: str | None, earlier: Sequence[Earlier] | None = None) -> None:
        condition = _NOTHING_LIVE if replaces is None else equals("release", text(replaces))
        arguments = condition.arguments()
        values = {**condition.values, ":new": text(release)}
        expression = "SET #held = :new"
        if earlier is not None:
            values[":earlier"] = {"L": [text(f"{each.release} {each.until}") for each in earlier]}
            expression += ", earlier = :earlier"
        arguments["ExpressionAttributeValues"] = values
        self._table.update(_KEY, expression, **arguments)

    def pause(self, campaign: str) -> None:
        self._change("ADD", campaign)

    def resume(self, campaign: str) -> None:
        self._change("DELETE", campaign)

    def _change(self, verb: str, campaign: str) -> None:
        self._table.update(
            _KEY, f"{verb} paused :one", ExpressionAttributeValues={":one": {"SS": [text(campaign)["S"]]}}
        )
