"""What is derived from a customer for the keys of the table, the due index and the time to live."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import timedelta

from perennial.customer import Customer, is_anonymous
from perennial.ports import SHARDS
from perennial.times import Stamp, moment

ANONYMOUS_KEPT = timedelta(days=30)


def shard_of(customer_id: str) -> int:
    """The partition of the due index: the same in every process and every version."""
    return zlib.crc32(customer_id.encode("utf-8", "replace")) % SHARDS


def due_at(customer: Customer) -> Stamp | None:
    """When the sweep shall look at it; None keeps it out of the index, as always for anonymous documents."""
    return None if is_anonymous(customer) else customer["wake_at"]


def expires_at(customer: Customer) -> int | None:
    """Epoch second from which an anonymous document may go: 30 days after its newest sign of life.

    One that names no device at all is not a visitor's: it stays.
    """
    if not is_anonymous(customer) or not any(customer["identities"].values()):
        return None
    # The ring holds the sender's own times, which may lie years ahead: it counts where there is nothing else.
    newest = max(_corrected(customer), default="") or max(customer["ids"].values(), default="")
    return int((moment(newest) + ANONYMOUS_KEPT).timestamp()) if newest else None


def next_version(customer: Customer) -> Customer:
    """A copy that bears the version it will have once stored."""
    return {**customer, "version": customer["version"] + 1}


def _corrected(customer: Customer) -> Iterator[Stamp]:
    yield from (view["at"] for view in customer["views"])
    yield from customer["seen"].values()
    if customer["cart"]:
        yield customer["cart"]["at"]
