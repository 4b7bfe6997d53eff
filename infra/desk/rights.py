"""The rights of one customer, by whatever the one who asks knows of them: to know, and to be forgotten."""

from __future__ import annotations

from typing import Any

from infra.desk.people import find
from perennial.events import Event, Name
from perennial.people import erasing
from perennial.people.erased import is_tombstone
from perennial.people.exporting import export
from perennial.people.identities import Identity, Kind, short_id, strongest_first
from perennial.ports.world import World
from perennial.times import stamp

OPERATOR = "operator"


def told_of(world: World, text: str) -> dict[str, Any] | None:
    """Everything that is kept of them; None for nobody."""
    customer = find(world, text)
    return export(world, customer["id"]) if customer else None


def erased(world: World, text: str) -> str | None:
    """Erase them; the id of what is left of their document, None for nobody. Conflict when others keep writing it."""
    customer = find(world, text)
    if customer is None or is_tombstone(customer):
        return None
    identities = strongest_first(
        Identity(Kind(kind), value) for kind, values in customer["identities"].items() for value in values
    )
    now = world.clock()
    erasing.erase(
        world,
        Event(
            id=short_id(OPERATOR, "erase", customer["id"], stamp(now)),
            name=Name.ERASE_REQUESTED,
            occurred_at=now,
            received_at=now,
            source=OPERATOR,
            trusted=True,
            identities=identities,
        ),
    )
    return customer["id"]
