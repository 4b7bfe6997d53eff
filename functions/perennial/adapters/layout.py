"""What is derived from a customer for the keys of the table, the due index and the time to live."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import timedelta

from perennial.customer import Customer, is_anonymous
from perennial.ports.documents import SHARDS
from perennial.times import Stamp, moment

ANONYMOUS_KEPT = timedelta(days=30)
FROZEN_KEPT = timedelta(days=60)  # longer than any queue or dead-letter queue holds an event


def shard_of(customer_id: str) -> int:
    """The partition of the due index: the same in every process and every version."""
    return zlib.crc32(customer_id.encode("utf-8", "replace")) % SHARDS


def due_at(customer: Customer) -> Stamp | None:
    """When the sweep shall look at it; None keeps it out of the index, as always for visitors' documents.

    A frozen one is in it until its merge is finished, whoever it belonged to, and an erased one until its erasure is;
    so is one whose codes are to go back into their pools.
    """
    if is_anonymous(customer) and not customer.keys() & {"merged_into", "erasing", "returned"}:
        return None
    return customer["wake_at"]


def expires_at(customer: Customer) -> int | None:
    """Epoch second from which an anonymous document may go: 30 days after its newest sign of life.

    One that names no device at all is not a visitor's: it stays. A frozen one stays until all of it was copied, and then as
    long as anything that was under way may still ask for it.
    """
    if "merged_into" in customer:
        return _epoch(customer["frozen_at"], FROZEN_KEPT) if customer.get("folded") else None
    if not is_anonymous(customer) or not any(customer["identities"].values()):
        return None
    # The ring holds the sender's own times, which may lie years ahead: it counts where there is nothing else.
    newest = max(_corrected(customer), default="") or max(customer["ids"].values(), default="")
    return _epoch(newest, ANONYMOUS_KEPT) if newest else None


def _epoch(at: Stamp, kept: timedelta) -> int:
    return int((moment(at) + kept).timestamp())


def next_version(customer: Customer) -> Customer:
    """A copy that bears the version it will have once stored."""
    return {**customer, "version": customer["version"] + 1}


def _corrected(customer: Customer) -> Iterator[Stamp]:
    yield from (view["at"] for view in customer["views"])
    yield from customer["seen"].values()
    if customer["cart"]:
        yield customer["cart"]["at"]


def pointer_expires_at(customer: Customer) -> int | None:
    """Epoch second from which what leads to a document may go; None unless the document itself goes.

    A visitor who is still about by then claims it anew.
    """
    expires = expires_at(customer)
    return None if expires is None else expires + int(ANONYMOUS_KEPT.total_seconds())


def mark_expires_at(erased_at: Stamp) -> int:
    """Epoch second from which it may be forgotten that an identity was let go."""
    return _epoch(erased_at, FROZEN_KEPT)
