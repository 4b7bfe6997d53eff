"""The steps of the pass over all customers. Any of them may be done twice; one that died is done again.

What a step leaves behind is either whole or not looked at: the state of a segment is one object, written at the end of a
call with the place where the next one goes on; documents and the live pointer are put by condition.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from perennial.customer import Customer
from perennial.errors import Conflict
from perennial.live import LiveShop
from perennial.night.deciding import reconsidered
from perennial.night.sums import Sums
from perennial.night.tasks import Half, Task, segments
from perennial.ports.data import Scanned
from perennial.ports.world import World
from perennial.refolding import refold
from perennial.releasing import put_tables
from perennial.shop import Shop
from perennial.times import moment
from perennial.watching import watched_from_now

_log = logging.getLogger(__name__)
PAGES_INLINE = 4  # of a shop that is done in one call
HasTime = Callable[[], bool]


class Night:
    """Does tasks, as far as time allows; what is left goes to the queue. NotPublished when there is no shop."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shop = LiveShop(world.pointer, world.blobs, world.clock)

    def do(self, task: Task, has_time: HasTime) -> None:
        """One task. That of a whole pass is done at once for a small shop, and cut into segments for a large one."""
        if task.half == Half.DECIDE:
            self.decide(task, has_time)
        elif task.of == 1:
            self.whole(task)
        else:
            self.gather(task, has_time)

    def whole(self, task: Task) -> None:
        """Both halves in this call, if a few pages hold everybody."""
        sums, shop = Sums(moment(task.cut)), self._shop.fresh()
        customers: list[Customer] = []
        position = None
        for page in self._pages(task, None):
            customers += self._count(page, sums, shop)
            position = page.position
        if position is not None:
            self._hand_on(task, Half.GATHER)
            return
        shop = self.release(task, sums, shop)
        written = sum(self._put(customer, shop) for customer in customers)
        self._watch(customers, shop)
        _log.info("reconsidered", extra={"run": task.run, "segment": task.segment, "written": written})

    def gather(self, task: Task, has_time: HasTime) -> None:
        """Count a segment. Whoever finishes the last one makes the release and has everybody reconsidered."""
        if self._read(task.done_key) is None and not self._count_segment(task, has_time):
            return
        sums = Sums(moment(task.cut))
        for segment in range(task.of):
            state = self._read(replace(task, segment=segment).done_key)
            if state is None:
                return
            sums.merge(Sums.from_json(state["sums"], sums.cut))
        self.release(task, sums, self._shop.fresh())
        self._hand_on(task, Half.DECIDE)

    def release(self, task: Task, sums: Sums, shop: Shop) -> Shop:
        """Make the tables live, if they say anything new; the shop that is live then."""
        intervals, tables = sums.tables(shop.tables)
        if (intervals, tables) == (shop.intervals, shop.tables):
            return shop
        name = put_tables(self._world.blobs, self._world.pointer, intervals, tables)
        _log.info("tables are live", extra={"run": task.run, "release": name, "customers": sums.customers})
        return self._shop.fresh()

    def decide(self, task: Task, has_time: HasTime) -> None:
        """Reconsider the customers of a segment."""
        shop, position, written = self._shop.fresh(), task.position, 0
        for page in self._pages(task, position):
            written += sum(self._put(customer, shop) for customer in page.customers)
            self._watch(page.customers, shop)
            position = page.position
            if not has_time():
                break
        if position is not None and task.of == 1:
            self._hand_on(task, Half.DECIDE)
        elif position is not None:
            self._world.nightly_queue.put([replace(task, part=task.part + 1, position=position).body()])
        _log.info("reconsidered", extra={"run": task.run, "segment": task.segment, "written": written})

    def _count_segment(self, task: Task, has_time: HasTime) -> bool:
        """Whether the end of it was reached."""
        state = self._read(task.key) if task.part else None
        sums = Sums.from_json(state["sums"], moment(task.cut)) if state else Sums(moment(task.cut))
        shop = self._shop.fresh()
        for page in self._pages(task, state["position"] if state else None):
            self._count(page, sums, shop)
            if page.position is not None and not has_time():
                on = replace(task, part=task.part + 1)
                self._write(on.key, {"position": page.position, "sums": sums.to_json()})
                self._world.nightly_queue.put([on.body()])
                return False
        self._write(task.done_key, {"sums": sums.to_json()})
        return True

    def _pages(self, task: Task, position: str | None) -> Iterator[Scanned]:
        """From there to the end of the segment; of a shop that is tried as a whole, no more than a few."""
        pages = 0
        while task.of > 1 or pages < PAGES_INLINE:
            page = self._world.scans.page(task.segment, task.of, position)
            position, pages = page.position, pages + 1
            yield page
            if position is None:
                return

    def _hand_on(self, task: Task, half: Half) -> None:
        self._world.nightly_queue.put([each.body() for each in segments(task.run, task.cut, half)])

    def _count(self, page: Scanned, sums: Sums, shop: Shop) -> list[Customer]:
        """The customers of the page as they are then."""
        customers: list[Customer] = []
        for product in page.products:
            sums.learn(product)
        for customer in page.customers:
            try:
                mended = refold(self._world, customer["id"]) if customer["refold"] else None
                customers.append(mended or customer)
                sums.add(customers[-1], shop)
            except Exception as error:  # noqa: BLE001 - one bad customer never stops a night
                _stumbled("a customer cannot be counted", customer, error)
        return customers

    def _put(self, customer: Customer, shop: Shop) -> bool:
        try:
            planned = reconsidered(customer, shop, self._world.clock())
            if planned is None:
                return False
            self._world.documents.save(planned.customer)
        except Conflict:
            return False  # somebody else wrote it, and planned it by that
        except Exception as error:  # noqa: BLE001 - as above
            _stumbled("a customer cannot be reconsidered", customer, error)
            return False
        return True

    def _watch(self, customers: Iterable[Customer], shop: Shop) -> None:
        """Views count as watches from the day on which a campaign first tells watchers of news."""
        now = self._world.clock()
        found = {each["id"]: watched_from_now(each, shop.watched_since, now) for each in customers}
        if watches := {customer_id: products for customer_id, products in found.items() if products}:
            self._world.watches.add(watches)

    def _read(self, key: str) -> Any:
        try:
            return json.loads(gzip.decompress(self._world.blobs.get(key)))
        except KeyError:
            return None

    def _write(self, key: str, state: Any) -> None:
        text = json.dumps(state, separators=(",", ":"), ensure_ascii=False)
        self._world.blobs.put(key, gzip.compress(text.encode("utf-8", "surrogatepass"), 5, mtime=0))


def _stumbled(what: str, customer: Customer, error: Exception) -> None:
    _log.error(what, extra={"customer_id": customer["id"], "error": type(error).__name__})
