"""The tasks of a pass over all customers, as they travel through the nightly queue. Each may be done twice.

gather: count one segment. decide: reconsider the customers of one segment. A task of one segment in all (`of` 1) is tried
within one call and, in a shop that is too large for it, replaced by those of all segments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from perennial.errors import Unintelligible
from perennial.ports.documents import SHARDS
from perennial.ports.live import Queue
from perennial.times import stamp

SEGMENTS = SHARDS


class Half(StrEnum):
    """Of the nightly pass: what is done with a segment."""

    GATHER = "gather"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Task:
    """run: which pass, the same however often it is started. cut: stamp of the moment it looks from.

    part: how many calls went before, for a gathering, whose state lies in the bucket. position: where a decide goes on.
    """

    run: str
    cut: str
    half: Half
    segment: int = 0
    of: int = 1
    part: int = 0
    position: str | None = None

    @property
    def key(self) -> str:
        """Where the state of a gathering lies when this part begins."""
        return f"{self.folder}/{self.segment:02d}-part-{self.part}.json.gz"

    @property
    def done_key(self) -> str:
        """Where the sums of the whole segment lie in the end."""
        return f"{self.folder}/{self.segment:02d}.json.gz"

    @property
    def folder(self) -> str:
        """All of the run's objects."""
        return f"nightly/{self.run}/{self.of}"

    def body(self) -> str:
        """For the queue."""
        return json.dumps(asdict(self))


def segments(run: str, cut: str, half: Half) -> Iterator[Task]:
    """One task for each of all segments."""
    return (Task(run, cut, half, segment, SEGMENTS) for segment in range(SEGMENTS))


def task_from(body: str) -> Task:
    """A task from a queue's body; Unintelligible when it is none."""
    try:
        told = json.loads(body)
        return Task(**{**told, "half": Half(told["half"])})
    except (ValueError, TypeError, KeyError) as error:
        raise Unintelligible("not a task of the nightly pass") from error


class Release(Protocol):
    """What a publish reports: the release that is live now, and the one before it, None at first."""

    @property
    def release(self) -> str: ...
    @property
    def replaced(self) -> str | None: ...


def reconsider_everybody(queue: Queue, published: Release, now: datetime, *, again: bool = False) -> None:
    """After a publish: customers whom nobody would look at are planned for what is new.

    After the first one of a shop everything is counted too, as by night. Nothing when nothing had changed, unless it is
    tried again: the try before may have changed it and died.
    """
    if again or published.release != published.replaced:
        half = Half.DECIDE if published.replaced else Half.GATHER
        queue.put([Task(f"release-{published.release}", stamp(now), half).body()])
