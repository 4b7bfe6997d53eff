"""A shop in memory with real releases, its customers, and a night that can be run, stopped and broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from perennial.customer import Customer
from perennial.night.tasks import task_from
from perennial.people.identities import Identity, Kind
from perennial.publishing import PublishReport, publish_files
from perennial.times import stamp
from scheduler.nightly import build
from tests.crash.content import FILES
from tests.making import NOON
from tests.stage import Context, Stage

WINBACK = """\
name: Winback
mode: live
trigger: {kind: winback, silence: 90%, at_least: 45 days, default_rhythm: 60 days}
steps:
  - {send: email, id: first, template: browse/first}
"""


@dataclass
class Nights(Stage):
    """A stage whose releases are published from files. seconds: what a call of the nightly function has left."""

    at: datetime = NOON
    files: dict[str, bytes] = field(
        default_factory=lambda: {each: text.encode() for each, text in FILES.items()}
    )
    seconds: float = 300

    def __post_init__(self) -> None:
        Stage.__init__(self, self.at)
        self.world.pointer._release = None
        self.world.shop = self._shop()
        self.publish()
        self.night = build(self.world)

    def _shop(self) -> Any:
        from perennial.live import LiveShop

        return LiveShop(self.world.pointer, self.world.blobs, self.world.clock)

    def publish(self, **files: str) -> PublishReport:
        """Publish; further files by their path without the ending."""
        self.files |= {f"campaigns/{name}.yaml": text.encode() for name, text in files.items()}
        return publish_files(self.files, self.world.blobs, self.world.pointer, self.world.clock)

    def tick(self) -> None:
        """The schedule fires."""
        self.night({"time": stamp(self.now)}, Context(self.seconds))

    def step(self, body: str) -> list[str]:
        """One task from the queue; the ids of what failed."""
        record = {"messageId": "m1", "body": body}
        answer = self.night({"Records": [record]}, Context(self.seconds))
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def pump(self) -> int:
        """Hand out what lies in the queue until it is empty; how many tasks there were."""
        done = 0
        while bodies := self.world.nightly_queue.take():
            for body in bodies:
                assert self.step(body) == []
                done += 1
        return done

    def run(self) -> int:
        """The whole night."""
        self.tick()
        return self.pump()

    def fresh(self) -> Any:
        return self._shop()()

    def of(self, store_id: str) -> Customer:
        return self.customer(store_id)

    def documents(self) -> dict[str, Customer]:
        return {each["id"]: each for each in self.world.documents.scan()}


@pytest.fixture
def nights() -> Nights:
    return Nights()


def tasks(bodies: list[str]) -> list[tuple[str, int]]:
    return [(task.half, task.segment) for task in map(task_from, bodies)]


def person(number: int) -> dict[str, Any]:
    """Fields of an event of the customer of that number."""
    identities = (Identity(Kind.STORE, str(number)), Identity(Kind.EMAIL, f"{number}@example.com"))
    return {"identities": identities}


Break = Callable[[], None]


def without(release: dict[str, Any], *keys: str) -> str:
    return json.dumps({key: value for key, value in release.items() if key not in keys}, sort_keys=True)
