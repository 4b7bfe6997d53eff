"""What the tables hold beside the documents: timelines, products, watches, coupons; and all of it, page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NotRequired, Protocol, TypedDict

from perennial.customer import Customer
from perennial.events import Change, Product
from perennial.times import Stamp


class Scanned(NamedTuple):
    """A page of a scan. position: where the next one begins, None after the last."""

    customers: list[Customer]
    products: list[Product]
    position: str | None


class Scans(Protocol):
    """All customers and products, in segments that different functions may read at the same time."""

    def page(self, segment: int, of: int, position: str | None = None) -> Scanned:
        """One page of a segment (0 to `of` - 1): in no order and not of one moment, but none twice and none left out.

        A page may be empty and yet not the last.
        """
        ...


class TimelineItem(TypedDict):
    """One event as it is kept. Times are stamps; `expires_at` is in epoch seconds, absent for what stays.

    trusted: False for what a browser told, absent for the rest.
    """

    id: str
    name: str
    occurred_at: str
    received_at: str
    source: str
    properties: dict[str, Any]
    expires_at: NotRequired[int]
    trusted: NotRequired[bool]


class Timeline(Protocol):
    """Everything that happened to a customer, by event id: adding a second time changes nothing."""

    def add(self, items: Mapping[str, Sequence[TimelineItem]]) -> None:
        """Put the items of these customers (by id); returns only when all are stored."""
        ...

    def known(self, customer_id: str, event_ids: Collection[str]) -> set[str]:
        """Which of the ids are stored (consistent)."""
        ...

    def read(self, customer_id: str) -> list[TimelineItem]:
        """All items, by occurred_at, then id."""
        ...

    def forget(self, customer_id: str, until: Stamp) -> None:
        """Delete all items received until then; returns only when all are gone."""
        ...


class Catalogue(Protocol):
    """Products, for rendering. The higher rank wins, then the newer `at`; what a newer fact leaves out is kept."""

    def load(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those that exist."""
        ...

    def learn(self, products: Sequence[Product]) -> list[Change]:
        """Merge the facts in; facts that say nothing new cost no write.

        Returns what watchers are to be told about these products: what is new in it, and what was found before and not yet
        reported as `told`.
        """
        ...

    def told(self, changes: Sequence[Change]) -> None:
        """The changes are in good hands: do not return them again."""
        ...

    def scan(self) -> Iterator[Product]:
        """Every product, deleted ones too, in no order: for statistics and publishing."""
        ...


class Watches(Protocol):
    """Who wants to know about a product: customers who viewed it or asked to be told."""

    def add(self, watches: Mapping[str, Mapping[str, datetime]]) -> None:
        """By customer id the products they watch, and until when; adding again changes the time alone."""
        ...

    def forget(self, customer_id: str, product_ids: Collection[str]) -> None:
        """They watch these no more, whether they did or not."""
        ...

    def of(self, product_id: str, at: datetime, after: str = "") -> Iterator[str]:
        """Ids of the customers who watch it at that time, in their order, from the first behind `after`; read as needed."""
        ...


class Coupons(Protocol):
    """Pools of unique codes. A code is free, or it belongs to one message; capitals make no difference between codes."""

    def add(self, pool: str, codes: Sequence[str]) -> list[str]:
        """Put new codes in; returns those that were there already, free or not, which stay as they are."""
        ...

    def find(self, pool: str, message_id: str, without: Collection[str] = ()) -> str | None:
        """A code that was free a moment ago and is none of these; None when there is none.

        A hint: the claim decides. Messages look at different places, so that they seldom want the same.
        """
        ...

    def claim(self, pool: str, code: str, message_id: str) -> bool:
        """Whether it is this message's now, or was already: free or mine, and in the pool."""
        ...

    def release(self, pool: str, code: str, message_id: str) -> None:
        """Free again, if it is this message's; else nothing changes."""
        ...

    def free(self, pool: str, at_most: int | None = None) -> int:
        """How many are free, counted no further than this."""
        ...

    def claimed(self, pool: str) -> int:
        """How many belong to messages: reads the whole pool."""
        ...
