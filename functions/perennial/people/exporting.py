"""The right to know: everything that is kept of one customer, as one JSON object."""

from __future__ import annotations

from typing import Any

from perennial.people import merging
from perennial.ports.data import TimelineItem
from perennial.ports.world import World
from perennial.times import stamp


def export(world: World, customer_id: str) -> dict[str, Any] | None:
    """None when nothing is kept. Identities the document has no room for are told as they are stored: addresses as hashes.

    consents: every word on a channel that was ever said, oldest first; the document holds the one that counts.
    """
    end = merging.end(world, customer_id)
    customer = world.documents.load([end]).get(end)
    if customer is None:
        return None
    timeline = _timeline(world, [end, *customer.get("absorbed", [])])
    return {
        "exported_at": stamp(world.clock()),
        "customer": end,
        "identities": customer["identities"],
        "identities_beside": [list(each) for each in world.documents.noted(end)],
        "consents": [said for item in timeline for said in _consents(item)],
        "document": customer,
        "timeline": timeline,
    }


def _timeline(world: World, places: list[str]) -> list[TimelineItem]:
    """Also what was told of documents that were merged into it, from which not everything may be copied yet."""
    items = {item["id"]: item for place in places for item in world.timeline.read(place)}
    return sorted(items.values(), key=lambda item: (item["occurred_at"], item["id"]))


def _consents(item: TimelineItem) -> list[dict[str, Any]]:
    told = item["properties"].get("consent", {})
    return [
        {"channel": channel, **said, "event": item["id"], "received_at": item["received_at"]}
        for channel, said in told.items()
    ]
