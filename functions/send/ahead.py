"""What the copies of one delivery need, read before the first of them: two reads, instead of two for each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping

from perennial.customer import Customer
from perennial.events import Product
from perennial.messaging.dispatch import Due
from perennial.messaging.messages import Planned
from perennial.ports.world import World

_log = logging.getLogger(__name__)
SEVERAL = 2  # copies; a single one is read when its turn comes
FRESH = 3.0  # seconds; what was read longer ago is read again
Wanted = Callable[[Customer, Planned], Iterable[str]]  # ids of the products that a message shows


class Ahead:
    """Nothing is believed because it was read ahead: a claim is put on condition of the version that was read.

    elapsed: a monotonic clock in seconds.
    """

    def __init__(self, world: World, elapsed: Callable[[], float]) -> None:
        self._world, self._elapsed = world, elapsed
        self._at = 0.0
        self._customers: dict[str, Customer] = {}
        self._asked: set[str] = set()
        self._products: Mapping[str, Product] = {}

    def read(self, dues: Collection[Due], wanted: Wanted) -> None:
        """In place of all that was read before, for one copy as for many. What fails here is read when its turn comes."""
        self._at, self._customers, self._asked = self._elapsed(), {}, set()
        if len(dues) < SEVERAL:
            return
        try:
            self._customers = self._world.documents.load({due.customer_id for due in dues})
            for due in dues:
                customer = self._customers.get(due.customer_id)
                entry = customer["outbox"].get(due.message_id) if customer else None
                if customer and entry:
                    self._asked.update(wanted(customer, entry))
            self._products = self._world.catalogue.load(self._asked) if self._asked else {}
        except Exception as error:  # noqa: BLE001 - whatever it is, only the copy that it is about may fail
            self._asked = set()
            _log.warning("nothing could be read ahead", extra={"error": type(error).__name__})

    def customer(self, customer_id: str) -> tuple[Customer | None, float]:
        """The document and when it was read: what was read ahead once, after that what is stored now."""
        held = self._customers.pop(customer_id, None)
        if held is not None and self._is_fresh():
            return held, self._at
        at = self._elapsed()
        return self._world.documents.load([customer_id]).get(customer_id), at

    def products(self, wanted: Collection[str]) -> Mapping[str, Product]:
        """Those that may be shown."""
        if not wanted:
            return {}
        if self._is_fresh() and self._asked.issuperset(wanted):
            return {each: self._products[each] for each in wanted if each in self._products}
        return self._world.catalogue.load(wanted)

    def _is_fresh(self) -> bool:
        return self._elapsed() - self._at <= FRESH
