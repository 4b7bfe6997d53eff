"""Who is it? Each event of a batch is given to the customer its strongest identity leads to.

Order of preference: the store's customer id, e-mail, phone, then the pointers (device, cart). What an event shows to be one
person is merged: a visitor with whoever signs in, a guest's address with the store customer who has it. Never merged: two
customers whom the store tells apart. A device that another customer uses now leads to them from now on; an address stays
with the one who had it first, and recognises nobody once too many share it.

It is judged by what is stored, and by nothing else: an event about something that another one of the batch changes waits
until that is written, and is resolved anew. So a batch ends as its events would one by one.
"""

from __future__ import annotations

from collections.abc import Iterable

from perennial.customer import Customer, is_anonymous, is_guest
from perennial.events import Event, Name
from perennial.people.erased import is_tombstone, was_let_go
from perennial.people.groups import Group, Resolution
from perennial.people.identities import KNOWN, Identity, IdentityKeys, Kind, rank
from perennial.people.merging import beginning, is_unfinished
from perennial.ports.documents import NOBODY, Documents
from perennial.times import Stamp, stamp


def resolve(events: list[Event], documents: Documents, keys: IdentityKeys) -> Resolution:
    """Two reads for the whole batch, seldom a third."""
    return _Round(events, documents, keys).resolved()


class _Round:
    def __init__(self, events: list[Event], documents: Documents, keys: IdentityKeys) -> None:
        self._documents, self._keys = documents, keys
        self._pointers = documents.pointers({each for event in events for each in event.identities})
        self._events = [event for event in events if not was_let_go(event, self._pointers)]
        self._owners = {each: held.owner for each, held in self._pointers.items() if held.owner is not None}
        self._stored: dict[str, Customer] = {}
        self._asked_for: set[str] = set()
        self._load({*self._leading(), *self._beginnings()})
        self._groups: dict[str, Group] = {}
        self._nobodys: list[Event] = []
        self._waiting: list[Event] = []
        # What this round changes (identities, and customers by id), and to whom it leads once that is written.
        self._changed: dict[Identity | str, str] = {}

    def resolved(self) -> Resolution:
        for event in sorted(self._events, key=self._turn):
            self._place(event)
        for group in self._groups.values():
            group.stored = self._stored.get(group.customer_id)
        unfinished = [each["id"] for each in self._stored.values() if is_unfinished(each)]
        return Resolution(list(self._groups.values()), unfinished, self._nobodys, self._waiting)

    def _leading(self) -> Iterable[str]:
        """Documents to which anything stored leads."""
        yield from (owner for owner in self._owners.values() if owner != NOBODY)
        yield from (pointer.former for pointer in self._pointers.values() if pointer.former)
        yield from (event.customer_id for event in self._events if event.customer_id)

    def _beginnings(self) -> Iterable[str]:
        """Where documents may begin."""
        for event in self._events:
            for first in self._recognised(event)[:1]:
                if first not in self._owners:
                    yield self._keys.customer_id(first)

    def _load(self, customer_ids: set[str]) -> None:
        """With whatever they were merged into."""
        while customer_ids := customer_ids - self._asked_for:
            self._asked_for |= customer_ids
            loaded = self._documents.load(customer_ids)
            self._stored |= loaded
            customer_ids = {each["merged_into"] for each in loaded.values() if "merged_into" in each}

    def _document(self, customer_id: str) -> Customer | None:
        self._load({customer_id})
        return self._stored.get(customer_id)

    def _turn(self, event: Event) -> int:
        """Whom something stored leads to comes first; of those who begin, who is known best, so that few have to wait."""
        if event.customer_id is not None or self._led(event):
            return -1
        return min((rank(each) for each in event.identities), default=-1)

    def _place(self, event: Event) -> None:
        customer_id = self._customer(event)
        if customer_id is None:
            self._nobodys.append(event)
            return
        if self._waits(event, customer_id):
            self._waiting.append(event)
            return
        group = self._groups.setdefault(customer_id, Group(customer_id))
        group.events.append(event)
        is_known = any(identity.kind in KNOWN for identity in event.identities)
        for identity in event.identities:
            holder = self._holder(identity)
            if holder is None:
                self._changed[identity] = self._changed[customer_id] = customer_id
                pointer = self._pointers.get(identity)
                group.claims[identity] = pointer.mark if pointer else None
            elif is_known and holder not in (customer_id, NOBODY):
                self._differs(group, identity, holder, event)

    def _waits(self, event: Event, customer_id: str) -> bool:
        """Whether this round changes something of what it is about, and for another customer."""
        about = {customer_id, *event.identities, *map(self._holder, event.identities)}
        return any(self._changed.get(each, customer_id) != customer_id for each in about if each)

    def _differs(self, group: Group, identity: Identity, holder: str, event: Event) -> None:
        """An identity of a known customer that leads to somebody else so far."""
        other, is_pointer = self._stored.get(holder), identity.kind not in KNOWN
        if other is not None and is_tombstone(other):
            self._repoint(group, identity, "")
        elif other is not None and is_pointer and not is_anonymous(other):
            # Another customer uses the device: it is theirs from now on, unless it moved on since the event was received.
            if (at := stamp(event.received_at)) > self._pointers[identity].moved_at:
                self._repoint(group, identity, at)
        elif is_pointer or self._are_one(identity, other, event):
            group.merges[holder].add(identity)
            group.declared |= {holder} if _declares_one(event) else set()
            self._changed[holder] = self._changed[identity] = group.customer_id
        else:
            group.shared.add(identity)

    def _repoint(self, group: Group, identity: Identity, at: Stamp) -> None:
        group.repoints[identity] = self._owners[identity], at
        self._changed[identity] = group.customer_id

    def _are_one(self, identity: Identity, other: Customer | None, event: Event) -> bool:
        """Whether the event shows that the holder of an address, or of another id of the store's, is its customer too."""
        other_is_guest = other is None or is_guest(other)
        if _declares_one(event):
            return identity.kind == Kind.STORE or other_is_guest
        return event.trusted and _names_store_customer(event) and other_is_guest

    def _customer(self, event: Event) -> str | None:
        """None for feedback on a customer who is not stored, and for an event of an address that too many share."""
        if event.customer_id is not None:
            return self._addressed(event.customer_id)
        recognised = self._recognised(event)
        if not recognised:
            return None
        led = self._led(event)
        if not led:
            return beginning(self._keys.customer_id(recognised[0]), self._document)
        if _declares_one(event):  # which of them the others are merged into is the same whoever says so
            led.sort(key=lambda each: (each[0].kind != Kind.STORE, each[1]))
        return led[0][1]

    def _addressed(self, customer_id: str) -> str | None:
        """None when nobody is stored there, or was erased before whoever is there now came by: it is not about them."""
        stored = self._stored.get(customer_id)
        if stored is None or ("merged_into" in stored and "erased_at" in stored):
            return None
        return self._end(customer_id)

    def _recognised(self, event: Event) -> list[Identity]:
        """Those that say who it is: known ones, or else pointers."""
        recognised = [each for each in event.identities if self._owners.get(each) != NOBODY]
        return [each for each in recognised if each.kind in KNOWN] or recognised

    def _led(self, event: Event) -> list[tuple[Identity, str]]:
        """To whom its identities lead."""
        recognised = self._recognised(event)
        found = ((each, self._leads(each, event)) for each in recognised)
        return [(each, to) for each, to in found if to and not self._is_somebody_else(to, recognised)]

    def _leads(self, identity: Identity, event: Event) -> str | None:
        """Where it led when the event was received, as far as a device or cart went from one customer to another since."""
        pointer = self._pointers.get(identity)
        if pointer and pointer.moved_at and stamp(event.received_at) <= pointer.moved_at:
            return self._end(pointer.former)
        return self._holder(identity)

    def _holder(self, identity: Identity) -> str | None:
        """To whom it leads, be it that this round claims it."""
        owner = self._owners.get(identity)
        return self._changed.get(identity) if owner is None else self._end(owner)

    def _end(self, customer_id: str) -> str:
        """Where stored merges lead."""
        seen: set[str] = set()
        while customer_id not in seen and (stored := self._stored.get(customer_id)):
            seen.add(customer_id)
            customer_id = stored.get("merged_into", customer_id)
        return customer_id

    def _is_somebody_else(self, owner: str, known: list[Identity]) -> bool:
        """The event names a store customer, and the owner of its address is another one."""
        mine = [identity for identity in known if identity.kind == Kind.STORE]
        return bool(mine) and self._has_store_id(owner) and owner not in map(self._holder, mine)

    def _has_store_id(self, customer_id: str) -> bool:
        """Also one that this round claims for them."""
        stored, group = self._stored.get(customer_id), self._groups.get(customer_id)
        claims = group.claims if group else ()
        return (stored is not None and not is_guest(stored)) or any(
            each.kind == Kind.STORE for each in claims
        )


def _declares_one(event: Event) -> bool:
    return event.trusted and event.name == Name.CUSTOMERS_MERGED


def _names_store_customer(event: Event) -> bool:
    return any(identity.kind == Kind.STORE for identity in event.identities)
