"""From the queues to the documents: open, translate, record; what cannot be understood goes to the dead letters."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from on_event import data_requests
from on_event.envelope import open_envelope, seal
from on_event.news import SOURCE as NEWS
from on_event.news import News, Round, announce, news_from
from on_event.translate import translate
from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import NotPublished, Unintelligible
from perennial.events import Event, Product
from perennial.ports.world import World
from perennial.recording import Recorder

_log = logging.getLogger(__name__)


class Batch:
    """What the messages of one call were understood as. carriers: event id -> the messages that carry it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.products: list[Product] = []
        self.news: list[News] = []
        self.rejected: list[tuple[str, str]] = []  # body and reason
        self.carriers: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, message: Mapping[str, Any], world: World, currency: str | None) -> None:
        """Understand one message; never raises for what is in it."""
        try:
            envelope = open_envelope(message["body"], world.blobs)
            if envelope.source == NEWS:
                self.news.append(news_from(envelope, message["messageId"]))
                return
            found = translate(envelope, currency)
        except Unintelligible as error:
            self.rejected.append((message["body"], str(error)))
            return
        self.events += found.events
        self.products += found.products
        for event in found.events:
            self.carriers[event.id].add(message["messageId"])
        self.rejected += [
            (seal(replace(envelope, body=each.raw), world), each.reason) for each in found.rejected
        ]


def build(world: World) -> Handle:
    """Answers with the messages that have to come again, and only those."""
    recorder = Recorder(world)

    def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
        batch = Batch()
        currency = _currency(world)
        for message in event["Records"]:
            batch.take(message, world, currency)
        changes = world.catalogue.learn(batch.products) if batch.products else []
        news = Round(world, batch.news)
        failures = recorder.record([*batch.events, *news.events])
        news.go_on(failure.event for failure in failures)
        unanswered = data_requests.answer(world, batch.events)
        announce(world, changes)
        for body, reason in batch.rejected:
            world.rejected.put([body], reason=reason)
        failed = [*(failure.event for failure in failures), *unanswered]
        counts = {"events": len(batch.events), "failed": len(failed), "rejected": len(batch.rejected)}
        _log.info("recorded", extra=counts)
        carriers = batch.carriers | news.carriers
        again = {message for event in failed for message in carriers.get(event.id, ())}
        return {"batchItemFailures": [{"itemIdentifier": message} for message in sorted(again)]}

    return handle


def _currency(world: World) -> str | None:
    """The shop's, for prices told without one; events are recorded before the first publish too."""
    try:
        return world.shop().settings.currency
    except NotPublished:
        return None


handler = LambdaHandler(build)
