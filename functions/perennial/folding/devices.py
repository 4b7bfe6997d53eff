"""The devices a customer's app runs on: where push messages go.

The newest few are kept, by when the app last told of them, so the order of events changes nothing. A token the provider
calls dead is remembered as such: it is used again only when the app tells of it later than that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from perennial.customer import Customer, Device
from perennial.events import Event
from perennial.times import stamp

KEPT = 5


def fold(draft: Customer, event: Event) -> None:
    """A device that a trusted sender tells of. Anybody could name their own phone as somebody else's with a public key."""
    told = event.properties.get("device")
    if told and event.trusted:
        device = Device(token=told["token"], platform=told["platform"], at=stamp(event.occurred_at))
        draft["devices"] = _joined([*draft.get("devices", []), device])


def join(draft: Customer, other: Customer) -> None:
    """Those of both, once they turn out to be one person."""
    if theirs := other.get("devices"):
        draft["devices"] = _joined([*draft.get("devices", []), *theirs])


def current(customer: Customer) -> Device | None:
    """The one that was used last, of those that are alive."""
    alive = [device for device in customer.get("devices", []) if device["at"] > device.get("dead_at", "")]
    return alive[-1] if alive else None


def bury(draft: Customer, token: str, now: datetime) -> None:
    """The provider says that nothing arrives there any more."""
    for device in draft.get("devices", []):
        if device["token"] == token:
            device["dead_at"] = stamp(now)


def _joined(devices: Iterable[Device]) -> list[Device]:
    """One entry for each token, with the newest that is known of it."""
    found: dict[str, Device] = {}
    for device in devices:
        held = found.get(device["token"], device)
        newest = Device(**max(held, device, key=lambda each: (each["at"], each["platform"])))
        if dead_at := max(held.get("dead_at", ""), device.get("dead_at", "")):
            newest["dead_at"] = dead_at
        found[device["token"]] = newest
    return sorted(found.values(), key=lambda each: (each["at"], each["token"]))[-KEPT:]
