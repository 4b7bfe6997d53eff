"""Who is it? Each event of a batch is given to the customer its strongest identity leads to.

Order of preference: the store's customer id, e-mail, phone, then the pointers (device, cart). What an event shows to be one
person is merged: a visitor with whoever signs in, a guest's address with the store customer who has it. Never merged: two
customers whom the store tells apart. A device that another customer uses now leads to them from now on; an address stays
with the one who had it first, and recognises nobody once too many share it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from perennial.customer import Customer, is_anonymous, is_guest
from perennial.events import Event, Name
from perennial.people.erasing import beside, is_tombstone, was_let_go
from perennial.people.identities import KNOWN, Identity, IdentityKeys, Kind
from perennial.people.merging import is_unfinished
from perennial.ports.documents import NOBODY, Documents, Mark
from perennial.times import Stamp, stamp


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

    Events of somebody who was erased since they were received are in none of them.
    """

    groups: list[Group]
    unfinished: list[str]
    nobodys: list[Event]


def resolve(events: list[Event], documents: Documents, keys: IdentityKeys) -> Resolution:
    """Two reads for the whole batch, seldom a third."""
    return _Batch(events, documents, keys).resolved()


class _Batch:
    def __init__(self, events: list[Event], documents: Documents, keys: IdentityKeys) -> None:
        self._documents, self._keys = documents, keys
        self._pointers = documents.pointers({each for event in events for each in event.identities})
        found = self._pointers.items()
        self._owners = {each: pointer.owner for each, pointer in found if pointer.owner is not None}
        self._events = [event for event in events if not was_let_go(event, self._pointers)]
        named = {event.customer_id for event in events if event.customer_id}
        self._stored: dict[str, Customer] = {}
        former = {pointer.former for _, pointer in found if pointer.former}
        self._load({owner for owner in self._owners.values() if owner != NOBODY} | former | named)
        self._claimed = dict(self._owners)
        self._groups: dict[str, Group] = {}
        self._joined: dict[str, str] = {}  # groups that began in this batch and turned out to be another's
        self._moved: dict[Identity, tuple[str, Stamp]] = {}  # devices and carts: to whom, and since when
        self._led_to: set[str] = set()  # groups to which something stored leads
        self._nobodys: list[Event] = []

    def resolved(self) -> Resolution:
        for event in self._events:
            self._place(event)
        self._load(self._groups.keys() - self._stored.keys())
        for group in self._groups.values():
            self._begin_anew(group)
            stored = self._stored.get(group.customer_id)
            # Frozen since the event was placed: as if nothing were stored, so that the put fails and all is resolved anew.
            group.stored = None if stored and "merged_into" in stored else stored
        unfinished = [each["id"] for each in self._stored.values() if is_unfinished(each)]
        return Resolution(list(self._groups.values()), unfinished, self._nobodys)

    def _begin_anew(self, group: Group) -> None:
        """Where nothing leads to a frozen document any more (its customer was erased), another one begins."""
        while group.customer_id not in self._led_to and "merged_into" in self._stored.get(
            group.customer_id, {}
        ):
            group.customer_id = beside(group.customer_id)
            self._load({group.customer_id})

    def _load(self, customer_ids: set[str]) -> None:
        """With whatever they were merged into."""
        while customer_ids:
            loaded = self._documents.load(customer_ids)
            self._stored |= loaded
            merged = {each["merged_into"] for each in loaded.values() if "merged_into" in each}
            customer_ids = merged - self._stored.keys() - customer_ids

    def _end(self, customer_id: str) -> str:
        """Where merges, stored or of this batch, lead."""
        seen: set[str] = set()
        while customer_id not in seen:
            seen.add(customer_id)
            stored = self._stored.get(customer_id)
            customer_id = (
                stored.get("merged_into", customer_id)
                if stored
                else self._joined.get(customer_id, customer_id)
            )
        return customer_id

    def _place(self, event: Event) -> None:
        owner = self._owner(event)
        if owner is None:
            self._nobodys.append(event)
            return
        customer_id = self._end(owner)
        group = self._groups.setdefault(customer_id, Group(customer_id))
        group.events.append(event)
        is_known = any(identity.kind in KNOWN for identity in event.identities)
        for identity in event.identities:
            holder = self._claimed.setdefault(identity, customer_id)
            if holder == NOBODY:
                continue
            if self._end(holder) != customer_id:
                if is_known:
                    self._differs(group, identity, self._end(holder), event)
            elif identity not in self._owners:
                pointer = self._pointers.get(identity)
                group.claims[identity] = pointer.mark if pointer else None

    def _differs(self, group: Group, identity: Identity, holder: str, event: Event) -> None:
        """An identity of a known customer that leads to somebody else so far."""
        other, is_pointer = self._stored.get(holder), identity.kind not in KNOWN
        if other is not None and is_tombstone(other):
            group.repoints[identity] = self._owners[identity], ""
        elif other is not None and is_pointer and not is_anonymous(other):
            self._moves(group, identity, holder, stamp(event.received_at))
        elif is_pointer and other is None and self._is_known(holder):
            return  # both began in this batch: the device stays with the first, until it is seen again
        elif not (is_pointer or self._are_one(identity, holder, event)):
            group.shared.add(identity)
        elif other is None and holder in self._groups and holder not in self._led_to:
            self._join(group, holder)
        else:
            group.merges[holder].add(identity)
            group.declared |= {holder} if _declares_one(event) else set()

    def _moves(self, group: Group, identity: Identity, holder: str, at: Stamp) -> None:
        """Another customer uses the device: it is theirs from then on, unless it moved on since the event was received."""
        pointer = self._pointers.get(identity)
        if pointer is None or at > pointer.moved_at:
            group.repoints[identity] = self._owners.get(identity, holder), at
            self._moved[identity] = group.customer_id, at

    def _are_one(self, identity: Identity, holder: str, event: Event) -> bool:
        """Whether the event shows that the holder of an address, or of another id of the store's, is its customer too."""
        if _declares_one(event):
            return identity.kind == Kind.STORE or self._is_guest(holder)
        return event.trusted and _names_store_customer(event) and self._is_guest(holder)

    def _is_known(self, holder: str) -> bool:
        group = self._groups.get(holder)
        return group is not None and any(
            each.kind in KNOWN for event in group.events for each in event.identities
        )

    def _is_guest(self, holder: str) -> bool:
        stored, group = self._stored.get(holder), self._groups.get(holder)
        names_one = group is not None and any(map(_names_store_customer, group.events))
        return not names_one and (stored is None or is_guest(stored))

    def _join(self, group: Group, holder: str) -> None:
        """Both began in this batch: nothing is stored yet that would have to be merged."""
        other = self._groups.pop(holder)
        self._joined[holder] = group.customer_id
        group.events[:0] = other.events
        group.claims |= other.claims
        group.declared |= other.declared
        group.repoints |= other.repoints
        group.shared = {
            each
            for each in group.shared | other.shared
            if self._end(self._claimed[each]) != group.customer_id
        }
        for guest, identities in other.merges.items():
            group.merges[guest] |= identities

    def _owner(self, event: Event) -> str | None:
        """None for feedback on a customer who is not stored, and for an event of an address that too many share."""
        if event.customer_id is not None:
            return self._addressed(event.customer_id)
        recognised = [each for each in event.identities if self._claimed.get(each) != NOBODY]
        if not recognised:
            return None
        known = [identity for identity in recognised if identity.kind in KNOWN]
        led = ((each, self._leads(each, event)) for each in known or recognised)
        owners = [(each, owner) for each, owner in led if owner and not self._is_somebody_else(owner, known)]
        if not owners:
            return self._keys.customer_id((known or recognised)[0])
        if _declares_one(event):  # which of them the others are merged into is the same whoever says so
            owners.sort(key=lambda each: (each[0].kind != Kind.STORE, self._end(each[1])))
        identity, owner = owners[0]
        if identity in self._owners:
            self._led_to.add(self._end(owner))
        return owner

    def _leads(self, identity: Identity, event: Event) -> str | None:
        """Where it led when the event was received, as far as a device or cart went from one customer to another since."""
        pointer, moved = self._pointers.get(identity), self._moved.get(identity)
        if moved and stamp(event.received_at) > moved[1]:
            return moved[0]
        if pointer and pointer.moved_at and stamp(event.received_at) <= pointer.moved_at:
            return pointer.former
        return self._claimed.get(identity)

    def _addressed(self, customer_id: str) -> str | None:
        """None when nobody is stored there, or was erased before whoever is there now came by: it is not about them."""
        stored = self._stored.get(customer_id)
        if stored is None or ("merged_into" in stored and "erased_at" in stored):
            return None
        self._led_to.add(self._end(customer_id))
        return customer_id

    def _is_somebody_else(self, owner: str, known: list[Identity]) -> bool:
        """The event names a store customer, and the owner of its address is another one."""
        mine = [identity for identity in known if identity.kind == Kind.STORE]
        customer = self._stored.get(self._end(owner))
        if not mine or customer is None or not customer["identities"].get(Kind.STORE):
            return False
        leads = {self._end(self._claimed[identity]) for identity in mine if identity in self._claimed}
        return self._end(owner) not in leads  # also of what this batch has just claimed for them


def _declares_one(event: Event) -> bool:
    return event.trusted and event.name == Name.CUSTOMERS_MERGED


def _names_store_customer(event: Event) -> bool:
    return any(identity.kind == Kind.STORE for identity in event.identities)
