"""The three works that are measured, each through its real handler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

from infra.bench import people
from infra.bench.release import PRODUCTS
from infra.bench.services import Services, Tables
from infra.bench.stage import Context, Stage, records, tracked
from on_event.receive import build as build_receive
from on_event.record import build as build_record
from perennial.bootstrap import Handle
from scheduler.sweep import build as build_sweep
from send.handler import build as build_send

EVENTS, CUSTOMERS = 100, 50  # a full record batch, two events for each customer
COPIES_AT_ONCE = 5  # the send queue's batch
VISIT_ENDED = people.NOW - timedelta(hours=5)


class Work(Protocol):
    """units: events, due customers or messages in one `run`. `prepare` puts everything as it was before."""

    units: int

    def prepare(self) -> None: ...
    def run(self) -> None: ...


class Recording:
    """Browser events, as `receive` queued them, of customers with a document of about 2 KB."""

    units = EVENTS

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tables, self._batch = _recorded()
        self._handle = build_record(stage.world)

    def prepare(self) -> None:
        _reset(self._stage, self._tables)

    def run(self) -> None:
        failed = self._handle(self._batch, Context())["batchItemFailures"]
        _check("events recorded", EVENTS - len(failed), EVENTS)


class Sweeping:
    """Customers whose visit ended hours ago: for each one message is planned."""

    def __init__(self, stage: Stage, units: int) -> None:
        self.units = units
        self._stage = stage
        self._tables = _due(units)
        self._handle = build_sweep(stage.world)

    def prepare(self) -> None:
        _reset(self._stage, self._tables)

    def run(self) -> None:
        _check("messages queued", self._handle({}, Context())["queued"], self.units)


class Sending:
    """Planned messages, delivered five at a time as their queue does it."""

    def __init__(self, stage: Stage, units: int) -> None:
        self.units = units
        self._stage = stage
        self._tables, bodies = _planned(units)
        self._copies = [bodies[at : at + COPIES_AT_ONCE] for at in range(0, units, COPIES_AT_ONCE)]
        self._handle = build_send(stage.world)

    def prepare(self) -> None:
        _reset(self._stage, self._tables)

    def run(self) -> None:
        for copies in self._copies:
            self._stage.forget_the_release()
            _check("copies given back", len(self._handle(records(copies), Context())["batchItemFailures"]), 0)
        _check("mails sent", len(self._stage.services.sesv2.sent), self.units)


def received(stage: Stage, requests: Sequence[dict[str, Any]]) -> list[str]:
    """Queue bodies of requests that come in at this moment."""
    handle: Handle = build_receive(stage.world)
    for request in requests:
        _check("status", handle(request, Context())["statusCode"], 200)
    return stage.services.sqs.take()


def _reset(stage: Stage, tables: Tables) -> None:
    """As before the work; the clock moves on, so that each run asks what is live."""
    stage.services.dynamodb.filled_like(tables)
    stage.services.sqs.bodies.clear()
    stage.services.sesv2.sent.clear()
    stage.now = people.NOW if stage.now != people.NOW else people.NOW + timedelta(seconds=11)


def _check(what: str, found: int, expected: int) -> None:
    """A figure of work that was not done would be worse than none."""
    if found != expected:
        raise RuntimeError(f"{what}: {found}, not {expected}: the measured work is not what it should be")


@cache
def _recorded() -> tuple[Tables, dict[str, Any]]:
    stage = Stage(Services()).open()
    stage.settle_in((number, people.customer(number)) for number in range(CUSTOMERS))
    views = [(nth % CUSTOMERS, nth) for nth in range(EVENTS)]
    requests = [
        tracked(number, nth, PRODUCTS[nth % len(PRODUCTS)], people.NOW - timedelta(minutes=3, seconds=-nth))
        for number, nth in views
    ]
    return stage.services.dynamodb, records(received(stage, requests))


@cache
def _due(number: int) -> Tables:
    stage = Stage(Services()).open()
    stage.settle_in((each, people.returned(each, VISIT_ENDED)) for each in range(number))
    return stage.services.dynamodb


@cache
def _planned(number: int) -> tuple[Tables, list[str]]:
    stage = Stage(Services()).open()
    sweeping = Sweeping(stage, number)
    sweeping.prepare()
    sweeping.run()
    return stage.services.dynamodb, stage.services.sqs.take()


def works(make: Callable[[], Stage], due: int, messages: int) -> dict[str, Work]:
    """By the name of their unit, each on a stage of its own."""
    return {
        "event": Recording(make()),
        "due_customer": Sweeping(make(), due),
        "message": Sending(make(), messages),
    }
