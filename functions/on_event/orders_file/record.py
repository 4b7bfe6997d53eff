"""From an orders file to the documents: many events of one customer become one write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from on_event.orders_file.translate import Remark, Told
from perennial.events import Event, Name, Product
from perennial.people.identities import Identity
from perennial.ports.world import World
from perennial.recording import Recorder

AT_ONCE = 150_000  # events held back, so that those of one customer come together
CUSTOMERS = 50  # whose identities and documents are read in one go

Progress = Callable[[int, int], None]  # events recorded so far, events known so far


@dataclass(slots=True)
class Imported:
    """What came of a file. rejected: lines. failed: events that met a fault of ours; importing again takes them."""

    orders: int = 0
    customers: int = 0
    products: int = 0
    rejected: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What is recorded in one go: all that is known of some customers. behind: events that were read and come later."""

    events: list[Event]
    products: list[Product]
    behind: int


@dataclass(slots=True)
class _Waiting:
    """What was read and not yet recorded."""

    events: dict[Identity, list[Event]] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)
    count: int = 0

    def add(self, told: Told) -> None:
        """Events by customer."""
        for event in told.events:
            self.events.setdefault(event.identities[0], []).append(event)
        self.products += told.products
        self.count += len(told.events)

    def batches(self) -> Iterator[Batch]:
        """All of it; the products before the events."""
        if self.products:
            yield Batch([], self.products, self.count)
        groups, behind = iter(self.events.values()), self.count
        while events := [event for group in islice(groups, CUSTOMERS) for event in group]:
            behind -= len(events)
            yield Batch(events, [], behind)


def batches(file: Iterable[Told]) -> Iterator[Batch]:
    """The whole file, in the same batches each time: an import can go on behind those that are done."""
    waiting = _Waiting()
    for told in file:
        waiting.add(told)
        if waiting.count >= AT_ONCE:
            yield from waiting.batches()
            waiting = _Waiting()
    yield from waiting.batches()


class Import:
    """One import, batch by batch. failed: of what was recorded before. Errors of the database are raised."""

    def __init__(self, world: World, failed: int = 0) -> None:
        self._world, self._recorder = world, Recorder(world)
        self._customers: set[int] = set()  # hashes: a few bytes each
        self._products: set[str] = set()
        self.imported = Imported(failed=failed)

    def take(self, batch: Batch) -> None:
        """Record it. Repeating that is safe."""
        if batch.products:
            self._world.catalogue.learn(batch.products)
        failures = self._recorder.record(batch.events)
        self.imported.failed += len(failures)
        self._count(batch, {failure.event.id for failure in failures})

    def skip(self, batch: Batch) -> None:
        """Count it only: it was recorded before."""
        self._count(batch, set())

    def _count(self, batch: Batch, failed: set[str]) -> None:
        self.imported.orders += sum(
            event.name == Name.ORDER_COMPLETED and event.id not in failed for event in batch.events
        )
        self._customers |= {hash(event.identities[0]) for event in batch.events}
        self._products |= {product["id"] for product in batch.products}
        self.imported.customers, self.imported.products = len(self._customers), len(self._products)


def record(
    file: Iterable[Told],
    world: World,
    *,
    progress: Progress = lambda done, known: None,
    remark: Callable[[Remark], None] = lambda remark: None,
) -> Imported:
    """Record all that was told, and count it. Errors of the database are raised; repeating the whole is safe.

    remark: is told of every line that was rejected or read in part.
    """
    importing, recorded = Import(world), 0
    for batch in batches(noted(file, importing.imported, remark)):
        importing.take(batch)
        recorded += len(batch.events)
        progress(recorded, recorded + batch.behind)
    return importing.imported


def noted(file: Iterable[Told], imported: Imported, remark: Callable[[Remark], None]) -> Iterator[Told]:
    """The same, on its way past whoever wants the remarks; those on rejected lines are counted."""
    for told in file:
        for each in told.remarks:
            remark(each)
            imported.rejected += each.rejected
        yield told
