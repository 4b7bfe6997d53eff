"""The night: what did the day teach us?

One pass over all documents counts the tables of the release and mends what is marked; the release goes live with them;
a second pass brings everybody's lifecycle and next look up to date, writing only what changed. A large shop is done in
segments, side by side through a queue; a segment goes on where the call before stopped. The second pass follows a publish
too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import NotPublished
from perennial.night.tasks import Half, Task, task_from
from perennial.ports.world import World
from perennial.times import moment, stamp
from scheduler.night import HasTime, Night

_log = logging.getLogger(__name__)
LEAST_TIME = timedelta(seconds=45)  # left in the call, to begin another page


def build(world: World) -> Handle:
    """Handles the night's tick, and the tasks that came through the queue."""
    night = Night(world)

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        until = world.clock() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - LEAST_TIME

        def has_time() -> bool:
            return world.clock() < until

        try:
            if "Records" in event:
                return _done(night, event["Records"], has_time)
            task = _tick(moment(event["time"]) if "time" in event else world.clock())
            night.do(task, has_time)
        except NotPublished:
            return {"skipped": "nothing is published"}
        return {"run": task.run}

    return handle


def _tick(began: datetime) -> Task:
    """The same for each try of one night."""
    return Task(began.strftime("%Y-%m-%dT%H-%MZ"), stamp(began), Half.GATHER)


def _done(night: Night, records: Iterable[dict[str, Any]], has_time: HasTime) -> dict[str, Any]:
    failed = []
    for record in records:
        try:
            night.do(task_from(record["body"]), has_time)
        except NotPublished:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the others of the batch are done
            _log.exception("a step of the night failed", extra={"error": type(error).__name__})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


handler = LambdaHandler(build)
