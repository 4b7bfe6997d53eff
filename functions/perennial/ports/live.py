"""Queues, the bucket, and the pointer to what is live in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class Queue(Protocol):
    """One queue."""

    def put(self, bodies: Sequence[str], *, reason: str | None = None) -> None:
        """Send all bodies (any number; batches are the adapter's affair). QueueRefused with the positions not taken.

        `reason` travels as the message attribute `reason`: why a body is in a dead-letter queue.
        """
        ...


class Stored(NamedTuple):
    """An object in the bucket. tag: another one whenever its bytes are others."""

    key: str
    tag: str


class Blobs(Protocol):
    """Objects in the content bucket."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str, version: str | None = None) -> bytes:
        """The object, or that version of it; KeyError when there is none."""
        ...

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Every object whose key begins so, in the order of the keys."""
        ...

    def delete(self, key: str) -> None:
        """Let go of an object (older versions of it stay); nothing happens when there is none."""
        ...


class Earlier(NamedTuple):
    """A release that was live, and until when (a stamp)."""

    release: str
    until: str


class Live(NamedTuple):
    """What is live: the hash of a release, and what the kill switch holds back (campaign ids, or "*" for all).

    earlier: what can be returned to, newest first.
    """

    release: str
    paused: frozenset[str] = frozenset()
    earlier: tuple[Earlier, ...] = ()


class LivePointer(Protocol):
    """The one item that says which release is live, changed by conditional write."""

    def read(self) -> Live | None:
        """None before the first publish."""
        ...

    def publish(self, release: str, replaces: str | None, earlier: Sequence[Earlier] | None = None) -> None:
        """Point to `release` if `replaces` is what is live now, else Conflict. What is paused stays paused.

        earlier: what can be returned to from now on; None leaves it as it is.
        """
        ...

    def pause(self, campaign: str) -> None:
        """Hold back a campaign id, or "*" for all."""
        ...

    def resume(self, campaign: str) -> None: ...
