"""A crowd of customers on a stage whose functions may die, and what must hold of everybody in the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from perennial.adapters.memory import MemoryWorld
from perennial.customer import Customer
from perennial.events import Event, Name
from perennial.people import erased, merging
from perennial.people.identities import KNOWN, PERSONAL, Identity, Kind
from perennial.people.merging import GRACE
from perennial.ports.documents import NOBODY, Mark
from perennial.times import Stamp, stamp
from tests.making import event, order, viewed
from tests.properties.test_merges import Deadly, Died, Fate
from tests.stage import DELIVERIES, Stage

STORES = tuple(Identity(Kind.STORE, each) for each in "123")
ADDRESSES = (
    Identity(Kind.EMAIL, "a@x.example"),
    Identity(Kind.EMAIL, "b@x.example"),
    Identity(Kind.PHONE, "+4915112345678"),
)
POINTERS = tuple(Identity(kind, each) for kind in (Kind.ANONYMOUS, Kind.CART) for each in ("one", "two"))
EVERYTHING = (*STORES, *ADDRESSES, *POINTERS)
MINUTE = timedelta(minutes=1)


class Crowd:
    """A stage whose functions may die, and what happened on it."""

    def __init__(self) -> None:
        self.stage, self.fate = Stage(), Fate()
        self.happened: list[Event] = []
        self.marks: dict[Identity, set[Mark]] = defaultdict(set)
        self.formers: dict[Identity, set[tuple[str, Stamp]]] = defaultdict(set)  # who had it, and until when
        for port in ("documents", "timeline", "watches"):
            setattr(self.stage.world, port, Deadly(getattr(self.stage.world, port), self.fate))

    def event(self, act: str, who: Sequence[Identity]) -> Event:
        at, number = self.stage.now, f"e{len(self.happened)}"
        identities = tuple(sorted(who, key=lambda each: list(Kind).index(each.kind)))
        match act:
            case "view":
                told = viewed(at, id=number, identities=identities, trusted=False)
            case "buy":
                properties = {"order": order(number, at, "tea")}
                told = event(
                    Name.ORDER_COMPLETED, at, id=number, identities=identities, properties=properties
                )
            case "erase":
                told = event(Name.ERASE_REQUESTED, at, id=number, identities=identities)
            case _:
                told = event(Name.CUSTOMERS_MERGED, at, id=number, identities=identities)
        self.happened.append(told)
        return told

    def record(self, batch: Sequence[Event], call: int, side: str) -> None:
        """Whoever dies leaves the batch to the queue, which brings it again, to a function that lives."""
        self.look()
        self.fate.left, self.fate.side = call, side
        try:
            left = [failure.event for failure in self.stage.record(*batch)]
        except Died:
            left = list(batch)
        self.fate.left = 0
        self.look()
        for _ in range(DELIVERIES - 1):
            if not left:
                return
            left = [failure.event for failure in self.stage.record(*left)]
            self.settle()  # what comes too early, during an erasure or a merge, comes again
        assert not left

    def look(self) -> None:
        """An identity remembers only the last time it was let go, and a pointer the last one whom it led to before."""
        for identity, pointer in self.stage.world.documents.pointers(EVERYTHING).items():
            if pointer.mark:
                self.marks[identity].add(pointer.mark)
            if pointer.former:
                self.formers[identity].add((pointer.former, pointer.moved_at))

    def settle(self) -> None:
        for _ in range(3):
            self.stage.now += GRACE + MINUTE
            self.stage.sweep()
        self.look()

    def is_let_go(self, told: Event) -> bool:
        """An identity that says whom it is about was let go since, or led to somebody who was erased since."""
        world, received_at = self.stage.world, stamp(told.received_at)
        known = [each for each in told.identities if each.kind in KNOWN]
        names_customer = any(each.kind == Kind.STORE for each in known)
        for identity in known or told.identities:
            formers = [who for who, until in self.formers[identity] if received_at <= until]
            erased = [each.get("erased_at", "") for former in formers for each in chain(world, former)]
            is_of_others = (
                names_customer and identity.kind in PERSONAL
            )  # an address that another customer has too
            marks = [each.at for each in self.marks[identity] if not (is_of_others and each.of_store)]
            if any(received_at <= at for at in (*erased, *marks)):
                return True
        return False

    def recorded(self) -> list[str]:
        """Event ids, as often as a timeline holds them."""
        world = self.stage.world
        return [item["id"] for each in world.documents.scan() for item in world.timeline.read(each["id"])]


def chain(world: MemoryWorld, customer_id: str) -> Iterator[Customer]:
    """Its document, and those it was merged into."""
    following: str | None = customer_id
    while following:
        customer = world.documents.load([following])[following]
        yield customer
        following = customer.get("merged_into")


def check(crowd: Crowd) -> None:
    """What holds whenever everything that was begun has been finished."""
    check_pointers(crowd)
    check_documents(crowd)
    check_timelines(crowd)


def check_pointers(crowd: Crowd) -> None:
    """Each leads to a document that takes events, and that knows by what it is recognised: else it could not be erased."""
    documents = crowd.stage.world.documents
    for identity, pointer in documents.pointers(EVERYTHING).items():
        if pointer.owner in (None, NOBODY):
            continue
        *_, stored = chain(crowd.stage.world, pointer.owner)
        assert not erased.is_tombstone(stored)
        assert identity.value in stored["identities"][identity.kind]


def check_documents(crowd: Crowd) -> None:
    """Nothing is left half done, and two customers of the store are one only where the store said so."""
    owners = crowd.stage.world.documents.owners(STORES)
    for customer in crowd.stage.world.documents.scan():
        assert "erasing" not in customer
        assert not merging.is_unfinished(customer)
        ids = customer["identities"].get(Kind.STORE, [])
        for each in ids:
            *_, stored = chain(crowd.stage.world, owners[Identity(Kind.STORE, each)])
            assert stored["id"] == customer["id"]
        assert set(ids) <= said_to_be_one(crowd, ids)


def said_to_be_one(crowd: Crowd, ids: Sequence[str]) -> set[str]:
    """The first of the ids, and those that something told names beside it."""
    together = [{who.value for who in told.identities if who.kind == Kind.STORE} for told in crowd.happened]
    same = set(ids[:1])
    for _ in STORES:
        same = same.union(*(each for each in together if each & same))
    return same


def check_timelines(crowd: Crowd) -> None:
    """Nothing twice; nothing missing but what somebody asked to be forgotten, or a visitor's whom nobody knows.

    And nothing left of what a customer of the store asked to be forgotten.
    """
    recorded = crowd.recorded()
    assert len(recorded) == len(set(recorded))
    for each in crowd.happened:
        if each.name != Name.ERASE_REQUESTED and not crowd.is_let_go(each):
            assert each.id in recorded, each
        ends = [mark.at for who in each.identities if who.kind == Kind.STORE for mark in crowd.marks[who]]
        if any(stamp(each.received_at) <= at for at in ends):
            assert each.id not in recorded, each
