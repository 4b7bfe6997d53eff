"""The ports that keep something, in memory. What a test must see or provoke is public."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from perennial.adapters.codec import pack, unpack
from perennial.adapters.layout import due_at, next_version
from perennial.adapters.memory_due import DueIndex
from perennial.customer import Customer
from perennial.errors import Conflict, QueueRefused
from perennial.people.identities import Identity, IdentityKeys
from perennial.ports.data import TimelineItem
from perennial.ports.documents import CLAIMED_AT_ONCE, NOBODY, SHARED_BY, Mark, Pointer
from perennial.ports.live import Earlier, Live, Stored
from perennial.times import Stamp

_NEVER = Mark("")


class MemoryDocuments:
    """`ports.Documents`; keeps packed bodies, so that nobody shares a document by accident.

    Identities are kept by their stored value, as anywhere.
    """

    def __init__(self, keys: IdentityKeys | None = None) -> None:
        self._keys = keys or IdentityKeys("in memory")
        self._marks: dict[Identity, Mark] = {}
        self._moved: dict[Identity, tuple[str, Stamp]] = {}
        self._notes: dict[str, set[Identity]] = defaultdict(set)
        self._bodies: dict[str, bytes] = {}
        self._versions: dict[str, int] = {}
        self._owners: dict[Identity, str] = {}
        self._sharers: dict[Identity, set[str]] = defaultdict(set)
        self._due = DueIndex()

    def load(self, customer_ids: Collection[str]) -> dict[str, Customer]:
        return {each: unpack(self._bodies[each]) for each in customer_ids if each in self._bodies}

    def save(self, customer: Customer) -> Customer:
        self._check_version(customer)
        return self._put(next_version(customer))

    def pointers(self, identities: Collection[Identity]) -> dict[Identity, Pointer]:
        found = {each: self._pointer(self._stored(each)) for each in identities}
        return {each: pointer for each, pointer in found.items() if pointer != Pointer(None)}

    def owners(self, identities: Collection[Identity]) -> dict[Identity, str]:
        found = self.pointers(identities).items()
        return {each: pointer.owner for each, pointer in found if pointer.owner is not None}

    def claim(
        self, customer: Customer, identities: Collection[Identity], marks: Mapping[Identity, Mark] = {}
    ) -> Customer:
        self._check_version(customer)
        stored = {self._stored(each): marks.get(each, _NEVER) for each in identities}
        if len(stored) > CLAIMED_AT_ONCE:
            raise ValueError("That is more than one transaction takes.")
        for identity, mark in stored.items():
            if self._owners.get(identity, customer["id"]) != customer["id"]:
                raise Conflict("An identity belongs to another customer.")
            if self._marks.get(identity, _NEVER).at > mark.at:
                raise Conflict("An identity was let go.")
            self._moved.pop(identity, None)
        self._owners |= dict.fromkeys(stored, customer["id"])
        return self._put(next_version(customer))

    def point(self, stored: Identity, owner: str, to: str, at: Stamp | None = None) -> None:
        if self._owners.get(stored) != owner:
            raise Conflict("The identity belongs to another customer.")
        if at:
            self._moved[stored] = (owner, at)
        self._owners[stored] = to

    def note(self, customer_id: str, stored: Collection[Identity]) -> None:
        self._notes[customer_id].update(stored)

    def noted(self, customer_id: str) -> list[Identity]:
        return sorted(self._notes.get(customer_id, ()))

    def unnote(self, customer_id: str, stored: Collection[Identity]) -> None:
        self._notes[customer_id].difference_update(stored)

    def share(self, identity: Identity, customer_id: str) -> None:
        if self._stored(identity) not in self._owners:
            raise Conflict("Nobody has the identity yet.")
        self._sharers[self._stored(identity)].add(customer_id)

    def forget(self, customer_id: str, stored: Collection[Identity], mark: Mark) -> None:
        for identity in stored:
            is_theirs = self._owners.get(identity, customer_id) == customer_id
            if is_theirs and self._marks.get(identity, _NEVER).at <= mark.at:
                self._owners.pop(identity, None)
                self._moved.pop(identity, None)
                self._marks[identity] = mark

    def _stored(self, identity: Identity) -> Identity:
        return Identity(identity.kind, self._keys.stored(identity))

    def _pointer(self, stored: Identity) -> Pointer:
        owner = self._owners.get(stored)
        shared = owner is not None and len(self._sharers[stored]) > SHARED_BY
        moved = self._moved.get(stored, ("", ""))
        return Pointer(NOBODY if shared else owner, self._marks.get(stored), *moved)

    def due(self, shard: int, until: datetime, limit: int) -> list[str]:
        return self._due.due(shard, until, limit)

    def next_due(self) -> str | None:
        """The earliest `wake_at` of all; no port, for whoever runs the clock."""
        return self._due.next()

    def scan(self) -> Iterator[Customer]:
        yield from (unpack(body) for body in list(self._bodies.values()))

    def ids(self) -> list[str]:
        """Of every document, in no order."""
        return list(self._bodies)

    def _check_version(self, customer: Customer) -> None:
        if self._versions.get(customer["id"], 0) != customer["version"]:
            raise Conflict("Another version is stored.")

    def _put(self, stored: Customer) -> Customer:
        customer_id = stored["id"]
        self._bodies[customer_id] = pack(stored)
        self._versions[customer_id] = stored["version"]
        self._due.set(customer_id, due_at(stored))
        return stored


class MemoryTimeline:
    """`ports.Timeline`."""

    def __init__(self) -> None:
        self._items: dict[str, dict[str, bytes]] = defaultdict(dict)

    def add(self, items: Mapping[str, Sequence[TimelineItem]]) -> None:
        for customer_id, own in items.items():
            self._items[customer_id].update({item["id"]: pack(item) for item in own})

    def known(self, customer_id: str, event_ids: Collection[str]) -> set[str]:
        return set(event_ids) & self._items.get(customer_id, {}).keys()

    def read(self, customer_id: str) -> list[TimelineItem]:
        items: list[TimelineItem] = [unpack(data) for data in self._items.get(customer_id, {}).values()]
        return sorted(items, key=lambda item: (item["occurred_at"], item["id"]))

    def forget(self, customer_id: str, until: Stamp) -> None:
        gone = {item["id"] for item in self.read(customer_id) if item["received_at"] <= until}
        kept = self._items.get(customer_id, {})
        self._items[customer_id] = {each: data for each, data in kept.items() if each not in gone}


class MemoryQueue:
    """`ports.Queue`. reasons: one beside each body. refuses: says which bodies are not taken."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.reasons: list[str | None] = []
        self.refuses: Callable[[str], bool] = lambda _: False

    def put(self, bodies: Sequence[str], *, reason: str | None = None) -> None:
        refused = [position for position, body in enumerate(bodies) if self.refuses(body)]
        taken = [body for position, body in enumerate(bodies) if position not in set(refused)]
        self.bodies += taken
        self.reasons += [reason] * len(taken)
        if refused:
            raise QueueRefused(refused)

    def take(self) -> list[str]:
        """All bodies, oldest first; the queue is empty then."""
        taken, self.bodies, self.reasons = self.bodies, [], []
        return taken


class MemoryBlobs:
    """`ports.Blobs`. objects: the newest of each key; versions: all of them, the n-th of a key (from 1) named "n"."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.versions: dict[tuple[str, str], bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        self.objects[key] = data
        version = 1 + sum(each == key for each, _ in self.versions)
        self.versions[key, str(version)] = data

    def get(self, key: str, version: str | None = None) -> bytes:
        return self.objects[key] if version is None else self.versions[key, version]

    def stored(self, prefix: str) -> Iterator[Stored]:
        for key in sorted(each for each in self.objects if each.startswith(prefix)):
            yield Stored(key, sha256(self.objects[key]).hexdigest())

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)


class MemoryLivePointer:
    """`ports.LivePointer`."""

    def __init__(self) -> None:
        self._release: str | None = None
        self._paused: frozenset[str] = frozenset()
        self._earlier: tuple[Earlier, ...] = ()

    def read(self) -> Live | None:
        return None if self._release is None else Live(self._release, self._paused, self._earlier)

    def publish(self, release: str, replaces: str | None, earlier: Sequence[Earlier] | None = None) -> None:
        if self._release != replaces:
            raise Conflict("Another release is live.")
        self._release = release
        self._earlier = self._earlier if earlier is None else tuple(earlier)

    def pause(self, campaign: str) -> None:
        self._paused |= {campaign}

    def resume(self, campaign: str) -> None:
        self._paused -= {campaign}
