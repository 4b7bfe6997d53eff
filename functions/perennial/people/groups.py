"""What resolving a batch of events finds: whose they are, and what they show of who is who."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from perennial.customer import Customer
from perennial.events import Event
from perennial.people.identities import Identity
from perennial.ports.documents import Mark
from perennial.times import Stamp


@dataclass(slots=True)
class Group:
    """Events of one customer. stored: the document as loaded, None for a new one.

    claims: identities nobody has yet, and the mark of those that were let go once. merges: documents that are this person
    too, with the identities that led there; declared: those of them that the store itself says are the same customer.
    repoints: pointers that lead to another document so far, to which, and the stamp from which they lead here.
    shared: addresses that stay with another customer.
    """

    customer_id: str
    stored: Customer | None = None
    events: list[Event] = field(default_factory=list)
    claims: dict[Identity, Mark | None] = field(default_factory=dict)
    merges: dict[str, set[Identity]] = field(default_factory=lambda: defaultdict(set))
    declared: set[str] = field(default_factory=set)
    repoints: dict[Identity, tuple[str, Stamp]] = field(default_factory=dict)
    shared: set[Identity] = field(default_factory=set)

    def marks(self) -> dict[Identity, Mark]:
        """Of those of its claims that were let go once."""
        return {identity: mark for identity, mark in self.claims.items() if mark}

    def identities(self) -> set[Identity]:
        """Of all its events."""
        return {identity for event in self.events for identity in event.identities}


@dataclass(slots=True)
class Resolution:
    """groups: events by customer. unfinished: frozen documents met on the way. nobodys: events that lead to nobody.

    waiting: events to be resolved again once the groups are written. Events of somebody who was erased since they were
    received are in none of them.
    """

    groups: list[Group]
    unfinished: list[str]
    nobodys: list[Event]
    waiting: list[Event]
