"""A customer asks, through the store, what is known of them: the answer is laid down in the bucket for the operator."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable

from perennial.events import Event, Name
from perennial.people.exporting import export
from perennial.ports.documents import NOBODY
from perennial.ports.world import World

_log = logging.getLogger(__name__)
FOLDER = "reports/requests"


def answer(world: World, events: Iterable[Event]) -> list[Event]:
    """Write an export for each trusted request among the events; those for which it did not succeed, to come again.

    A request that comes twice is answered under the same name. It holds no address, since nobody but the operator may know
    whose it is: the answer itself says it.
    """
    failed = []
    for event in events:
        if event.name != Name.DATA_REQUESTED or not event.trusted:
            continue
        key = f"{FOLDER}/{event.received_at:%Y-%m-%d}-{event.id}.json"
        try:
            told = {"request": dict(event.properties), "customers": _known(world, event)}
            world.blobs.put(key, json.dumps(told, indent=2, ensure_ascii=False).encode("utf-8", "replace"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other events of the batch are recorded
            _log.error("a request for data cannot be answered", extra={"error": type(error).__name__})
            failed.append(event)
            continue
        _log.warning("a customer asks for their data", extra={"answer": key})
    return failed


def _known(world: World, event: Event) -> list[object]:
    owners = world.documents.owners(event.identities).values()
    told = [export(world, owner) for owner in sorted(set(owners) - {NOBODY})]
    by_customer = {each["customer"]: each for each in told if each}
    return list(by_customer.values())
