"""Bugs to be found in erasing, publishing and the night: each the smallest change that breaks one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest

from perennial.adapters import pointer
from perennial.adapters.table import Condition
from perennial.customer import Customer
from perennial.night.tasks import Task
from perennial.people import erased, erasing
from perennial.ports.live import Blobs, Earlier, Live, LivePointer
from perennial.ports.world import World
from perennial.publishing import publisher
from perennial.shop import pack, release_key
from publish import handler
from scheduler import nightly
from scheduler.night import HasTime, Night

Patch = pytest.MonkeyPatch
_ANYTHING = Condition("attribute_exists(#held) OR attribute_not_exists(#held)", {"#held": "release"})


def erases_once(patch: Patch) -> None:
    """Whoever had begun to write before the tombstone is not cleared up after."""
    finish = erasing.finish

    def finish_once(world: World, customer_id: str) -> None:
        finish(world, customer_id)
        customer = world.documents.load([customer_id]).get(customer_id)
        if customer and "erasing" in customer:
            del customer["erasing"]
            customer["wake_at"] = None
            world.documents.save(customer)

    patch.setattr(erasing, "finish", finish_once)


def takes_what_comes_late(patch: Patch) -> None:
    """Events received before the erasure are recorded after it."""
    patch.setattr(erased, "is_forgotten", lambda *_: False)
    patch.setattr("perennial.people.resolving.was_let_go", lambda *_: False)


def lets_identities_lead_there(patch: Patch) -> None:
    """Nothing is let go."""
    patch.setattr(erasing, "_still_to_go", lambda _: set())


def keeps_the_outbox(patch: Patch) -> None:
    """What was queued stays queued."""
    tombstone = erasing._tombstone

    def with_outbox(world: World, held: Customer, *rest: Any) -> Customer:
        return {**tombstone(world, held, *rest), "outbox": held["outbox"], "consent": held["consent"]}

    patch.setattr(erasing, "_tombstone", with_outbox)


def keeps_the_codes_of_the_erased(patch: Patch) -> None:
    """Nobody gives them back."""
    patch.setattr(erasing, "_returned", lambda *_: [])


def points_before_it_stores(patch: Patch) -> None:
    """A release is live before it is in the bucket."""

    def go_live(
        blobs: Blobs,
        pointer: LivePointer,
        release: Mapping[str, Any],
        live: Live | None,
        earlier: Sequence[Earlier] | None = None,
    ) -> str:
        name, data = pack(release)
        if live is None or live.release != name:
            pointer.publish(name, live.release if live else None, earlier)
            blobs.put(release_key(name), data)
        return name

    patch.setattr("perennial.publishing.publisher.go_live", go_live)


def publishes_over_anything(patch: Patch) -> None:
    """Whatever is live by now is replaced."""
    patch.setattr(pointer, "equals", lambda *_: _ANYTHING)


def says_that_it_is_published(patch: Patch) -> None:
    """An error is logged, and the message is done with."""
    build = handler.build

    def content(world: World) -> Callable[..., Any]:
        handle = build(world)

        def done(event: dict[str, Any], context: Any) -> dict[str, Any]:
            handle(event, context)
            return {"batchItemFailures": []}

        return done

    patch.setattr(handler, "build", content)


def reconsiders_nobody_twice(patch: Patch) -> None:
    """A publish that is tried again trusts that the try before has told the night."""
    patch.setattr(handler, "_came_before", lambda _: False)


def reads_the_room_first(patch: Patch) -> None:
    """What is live is read when the files are long read."""

    def publish_read(read: Callable[[], Mapping[str, bytes]], *rest: Any, **options: Any) -> Any:
        files = read()
        return read_then(lambda: files, *rest, **options)

    read_then = publisher.publish_read
    patch.setattr(handler, "publish_read", publish_read)


def is_done_whatever_failed(patch: Patch) -> None:
    """A step of the night that failed is not tried again."""

    def done(night: Night, records: Iterable[dict[str, Any]], has_time: HasTime) -> dict[str, Any]:
        whole(night, records, has_time)
        return {"batchItemFailures": []}

    whole = nightly._done
    patch.setattr(nightly, "_done", done)


def counts_once(patch: Patch) -> None:
    """Whoever finds a segment counted leaves the rest to whoever counted it."""
    gather = Night.gather

    def gather_once(self: Night, task: Task, has_time: HasTime) -> None:
        if self._read(task.done_key) is None:
            gather(self, task, has_time)

    patch.setattr(Night, "gather", gather_once)
