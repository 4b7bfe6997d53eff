"""Who is it? Each event of a batch is given to the customer its strongest identity leads to.

Order of preference: the store's customer id, e-mail, phone, then the pointers (device, cart). An address never joins two
customers whom the store tells apart: where the store id differs, the address stays with the one who has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perennial.customer import Customer
from perennial.events import Event
from perennial.identities import KNOWN, Identity, IdentityKeys, Kind
from perennial.ports import Documents


@dataclass(slots=True)
class Group:
    """Events of one customer. stored: the document as loaded, None for a new one. claims: identities nobody has yet."""

    customer_id: str
    stored: Customer | None = None
    events: list[Event] = field(default_factory=list)
    claims: set[Identity] = field(default_factory=set)


def resolve(events: list[Event], documents: Documents, keys: IdentityKeys) -> list[Group]:
    """The events by customer, each with its document: two reads for the whole batch, seldom a third."""
    owners = documents.owners({identity for event in events for identity in event.identities})
    wanted = {owner for owner in owners.values()} | {event.customer_id for event in events if event.customer_id}
    stored = documents.load(wanted) if wanted else {}
    claimed = dict(owners)
    groups: dict[str, Group] = {}
    for event in events:
        customer_id = event.customer_id or _owner(event, claimed, stored, keys)
        group = groups.setdefault(customer_id, Group(customer_id))
        group.events.append(event)
        for identity in event.identities:
            if claimed.setdefault(identity, customer_id) == customer_id and identity not in owners:
                group.claims.add(identity)
    unread = groups.keys() - wanted
    stored = stored | (documents.load(unread) if unread else {})
    for group in groups.values():
        group.stored = stored.get(group.customer_id)
    return list(groups.values())


def _owner(
    event: Event, claimed: Mapping[Identity, str], stored: Mapping[str, Customer], keys: IdentityKeys
) -> str:
    if not event.identities:
        raise ValueError("an event without any identity")
    known = [identity for identity in event.identities if identity.kind in KNOWN]
    for identity in known or event.identities:
        owner = claimed.get(identity)
        if owner is not None and not _is_somebody_else(stored.get(owner), known):
            return owner
    return keys.customer_id((known or list(event.identities))[0])


def _is_somebody_else(owner: Customer | None, known: list[Identity]) -> bool:
    """The event names a store customer, and the owner of its address is another one."""
    mine = {identity.value for identity in known if identity.kind == Kind.STORE}
    theirs = set(owner["identities"].get(Kind.STORE, [])) if owner else set()
    return bool(mine and theirs and not mine & theirs)
