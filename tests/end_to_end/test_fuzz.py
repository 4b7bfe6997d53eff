"""Thousands of requests nobody should send, through the real receive and record: nothing breaks, nothing leaks, all ends."""

from __future__ import annotations

import gc
import json
import logging
import mmap
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from on_event import news, receive, record
from on_event.envelope import open_envelope
from on_event.translate import translate
from perennial.adapters.memory import MemoryWorld
from perennial.errors import Unintelligible
from perennial.events import Event, Name
from perennial.people.merging import GRACE
from perennial.ports.world import World
from perennial.recording import Recorder
from perennial.times import stamp
from scheduler import sweep
from tests.end_to_end.mutants import Mutants
from tests.end_to_end.vocabulary import DIGITS, KEYS, MARKER
from tests.making import shop
from tests.stage import DELIVERIES, Context

REQUESTS = int(os.environ.get("PERENNIAL_FUZZ", "6000"))
SEED = int(os.environ.get("PERENNIAL_FUZZ_SEED", "1"))
BATCH = 100
FEEDBACK = 5  # messages of SES in each batch
KEPT = ("documents", "timeline", "catalogue", "watches", "blobs", "rejected", "send_queue", "import_queue")
SETTINGS = {**KEYS, "IDENTITY_KEY": "identity-key"}
MORE_BLOCKS, MORE_BYTES = 5_000, 20_000_000  # what caches and the allocator may still take; a leak takes more


class Memory(NamedTuple):
    """blocks: small objects, counted exactly. resident: bytes of the process, large bodies among them."""

    blocks: int
    resident: int


def resident() -> int:
    """Zero where the system does not tell."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * mmap.PAGESIZE if told.exists() else 0


class Listener(logging.Handler):
    """Hears every record of every logger, and keeps only what should not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0
        self.wrong: list[str] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.heard += 1
        text = f"{self.format(record)} {record.__dict__}".lower()
        if record.levelno >= logging.ERROR or MARKER in text or DIGITS in text:
            self.wrong.append(text)


@contextmanager
def listening() -> Iterator[Listener]:
    """In place of pytest's own handlers, which would keep all they hear."""
    root, listener = logging.getLogger(), Listener()
    handlers, level = root.handlers, root.level
    root.handlers = [listener]
    root.setLevel(logging.DEBUG)
    try:
        yield listener
    finally:
        root.handlers = handlers
        root.setLevel(level)


class Shop:
    """The two functions over one world, and what became of everything that was sent. fates: how often each."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 5, 12, tzinfo=UTC)
        self.live = shop()
        self.world = MemoryWorld(lambda: self.now, SETTINGS)
        self.world.shop = lambda: self.live  # type: ignore[assignment]  # no release to unpack
        self.receive, self.record = receive.build(self.world), record.build(self.world)
        self.sweep = sweep.build(self.world)
        self.fates: Counter[str] = Counter()

    def ask(self, request: dict[str, Any]) -> None:
        """It is refused and leaves nothing, or is answered and is on a queue, or there was nothing in it to keep."""
        self.now += timedelta(seconds=1)
        before = self._queued()
        answer = self.receive(request, None)
        status, kept = answer["statusCode"], self._queued() - before
        said = json.loads(answer["body"] or "{}")
        if status >= 400:
            assert status < 500 and kept == 0 and said["code"] and said["message"]
        else:
            assert status in (200, 204) and kept == self._promised(request, said)
        self.fates[f"answered {status}, kept {kept}"] += 1

    def hand_out(self, *feedback: str) -> None:
        """All that is queued, a hundred at a time; each ends on the timeline or among the dead letters."""
        bodies = [*self.world.signed_queue.take(), *self.world.browser_queue.take(), *feedback]
        for start in range(0, len(bodies), BATCH):
            batch = bodies[start : start + BATCH]
            rejected = len(self.world.rejected.bodies)
            records = [{"messageId": f"m-{number}", "body": body} for number, body in enumerate(batch)]
            self._deliver(records)
            self._settle(batch, len(self.world.rejected.bodies) - rejected)
        self.sweep({}, Context())
        assert all(self.world.rejected.reasons)

    def _deliver(self, records: list[dict[str, str]]) -> None:
        """Whoever comes back within minutes of being erased waits until that is over, and comes again."""
        for _ in range(DELIVERIES):
            failed = {
                each["itemIdentifier"]
                for each in self.record({"Records": records}, None)["batchItemFailures"]
            }
            records = [each for each in records if each["messageId"] in failed]
            if not records:
                return
            self.now += GRACE + timedelta(minutes=1)
            self.sweep({}, Context())
        raise AssertionError(f"{len(records)} messages would end in the dead-letter queue")

    def emptied(self) -> Memory:
        """What is in use once everything kept is gone; the functions stay as warm as they are."""
        fresh = MemoryWorld(self.world.clock, SETTINGS)
        for name in KEPT:
            setattr(self.world, name, getattr(fresh, name))
        gc.collect()
        return Memory(sys.getallocatedblocks(), resident())

    def _settle(self, batch: list[str], letters: int) -> None:
        fates: Counter[str] = Counter()
        for body in batch:
            fates.update(self._fates(body))
        assert fates["dead letter"] == letters and not fates["lost"]
        self.fates += fates

    def _fates(self, body: str) -> Iterator[str]:
        try:
            envelope = open_envelope(body, self.world.blobs)
            if envelope.source == news.SOURCE:
                yield "news"
                return
            found = translate(envelope, self.live.settings.currency)
        except Unintelligible:
            yield "dead letter"
            return
        yield from ("dead letter" for _ in found.rejected)
        yield from (self._fate(event) for event in found.events)
        if not found.events and not found.rejected:
            yield "nothing to keep"

    def _fate(self, event: Event) -> str:
        if any(event.id in each for each in self.world.timeline._items.values()):
            return "recorded"
        pointers = self.world.documents.pointers(event.identities).values()
        recognised = {pointer.owner for pointer in pointers if pointer.owner} | {event.customer_id or ""}
        customers = self.world.documents.load(recognised)
        gone = [pointer.mark.at for pointer in pointers if pointer.mark]
        gone += [customer.get("erased_at", "") for customer in customers.values()]
        if event.name == Name.ERASE_REQUESTED or any(stamp(event.received_at) <= at for at in gone):
            return "of somebody who was erased"
        return "lost" if customers else "of nobody"

    def _promised(self, request: dict[str, Any], said: dict[str, Any]) -> int:
        """Messages that have to be on a queue after this answer: one for a webhook and for calls that were accepted."""
        is_ping = not any("signature" in name or "hmac" in name for name in request["headers"] or ())
        is_webhook = request["rawPath"].startswith("/webhooks/") and not is_ping
        return int(is_webhook or said.get("accepted", 0) > 0)

    def _queued(self) -> int:
        return len(self.world.signed_queue.bodies) + len(self.world.browser_queue.bodies)


def quick(world: World) -> Recorder:
    """Without pauses after conflicts."""
    return Recorder(world, pause=lambda _: None)


def run(shop: Shop, mutants: Mutants, requests: int) -> None:
    """In batches, with what SES tells in between."""
    for sent in range(0, requests, BATCH):
        for number in range(sent, sent + BATCH):
            request = mutants.request()
            try:
                shop.ask(request)
            except Exception as error:
                raise AssertionError(f"Request {number} of seed {SEED}: {request!r:.3000}") from error
        shop.hand_out(*(mutants.feedback() for _ in range(FEEDBACK)))


def test_whatever_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No 5xx or exception, no error or personal data in the log; memory stays; all is recorded, refused or a dead letter."""
    monkeypatch.setattr(record, "Recorder", quick)
    shop, mutants = Shop(), Mutants(SEED)
    with listening() as listener:
        run(shop, mutants, REQUESTS // 4)
        early = shop.emptied()
        run(shop, mutants, REQUESTS - REQUESTS // 4)
        late = shop.emptied()
    told = "\n".join(f"{count:6} {fate}" for fate, count in sorted(shop.fates.items()))
    sys.stdout.write(
        f"{REQUESTS} requests, {listener.heard} records logged, memory {early} to {late}\n{told}\n"
    )
    assert listener.heard > REQUESTS // 2 and listener.wrong == []
    assert late.blocks - early.blocks < MORE_BLOCKS and late.resident - early.resident < MORE_BYTES
