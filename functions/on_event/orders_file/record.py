"""From an orders file to the documents: many events of one customer become one write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from on_event.orders_file.translate import Remark, Told
from perennial.events import Event, Name, Product
from perennial.identities import Identity
from perennial.ports import World
from perennial.recording import Recorder

AT_ONCE = 20_000  # events held back, so that those of one customer come together
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
    importing = _Importing(world, progress)
    for told in file:
        for each in told.remarks:
            remark(each)
            importing.imported.rejected += each.rejected
        importing.take(told)
    importing.flush()
    return importing.imported


class _Importing:
    """One import."""

    def __init__(self, world: World, progress: Progress) -> None:
        self._world, self._progress = world, progress
        self._recorder = Recorder(world)
        self._waiting = _Waiting()
        self._customers: set[int] = set()  # hashes: a few bytes each
        self._products: set[str] = set()
        self._recorded = 0
        self.imported = Imported()

    def take(self, told: Told) -> None:
        """Hold back, or record when enough has come together."""
        self._waiting.add(told)
        if self._waiting.count >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Record what waits."""
        waiting, self._waiting = self._waiting, _Waiting()
        if waiting.products:
            self._world.catalogue.learn(waiting.products)
        for events in _batches(waiting.events):
            failures = self._recorder.record(events)
            self._count(events, {failure.event.id for failure in failures})
            self._recorded += len(events)
            self._progress(self._recorded, self._recorded - len(events) + waiting.count)
            waiting.count -= len(events)
        self._customers |= set(map(hash, waiting.events))
        self._products |= {product["id"] for product in waiting.products}
        self.imported.customers, self.imported.products = len(self._customers), len(self._products)

    def _count(self, events: list[Event], failed: set[str]) -> None:
        taken = [event.name for event in events if event.id not in failed]
        self.imported.orders += taken.count(Name.ORDER_COMPLETED)
        self.imported.failed += len(events) - len(taken)


def _batches(events: dict[Identity, list[Event]]) -> Iterator[list[Event]]:
    groups = iter(events.values())
    while batch := [event for group in islice(groups, CUSTOMERS) for event in group]:
        yield batch
