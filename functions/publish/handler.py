"""A marketer saved a file: is it safe to go live?

One call reads everything under content/ as it is now, so however many saves woke it, and in whatever order their events
came, what goes live is the newest. What is not right stays as it last was; the report beside says why.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import Conflict, ContentError, PerennialError
from perennial.night.tasks import reconsider_everybody
from perennial.ports.world import World
from perennial.publishing.publisher import PublishReport, publish_read
from perennial.publishing.reporting import Reports
from perennial.publishing.room import Room
from perennial.publishing.trying import in_a_child

_log = logging.getLogger(__name__)
TRIES = 3  # publishes that others were quicker than, before the queue brings the event again


def build(world: World) -> Handle:
    """Answers with all messages when nothing could be done, so that they come again, else with none."""
    room = Room(world.blobs)
    reports = Reports(world.blobs, world.notices)

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            _publish(world, room, reports, again=any(map(_came_before, event["Records"])))
        except PerennialError as error:
            _log.error("the content cannot be published", extra={"error": str(error)})
        except Exception as error:  # noqa: BLE001 - the queue brings it again
            _log.error("the content cannot be published", extra={"error": type(error).__name__})
        else:
            return {"batchItemFailures": []}
        return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in event["Records"]]}

    return handle


def _publish(world: World, room: Room, reports: Reports, *, again: bool) -> None:
    for attempt in range(TRIES):
        try:
            report = publish_read(room.files, world.blobs, world.pointer, world.clock, try_out=in_a_child)
        except Conflict:
            if attempt == TRIES - 1:
                raise
            again = True  # somebody published meanwhile, or our own answer was lost: look at everything as it is now
            continue
        except ContentError as error:
            reports.nothing_goes_live(error.problems, world.clock())
            return
        reconsider_everybody(world.nightly_queue, report, world.clock(), again=again)
        reports.went_live(report, world.clock())
        _tell(report)
        live = world.pointer.read()
        if live and live.release == report.release:
            return  # else somebody was quicker, and the report is to be about that


def _came_before(message: Mapping[str, Any]) -> bool:
    return int(message.get("attributes", {}).get("ApproximateReceiveCount", 1)) > 1


def _tell(report: PublishReport) -> None:
    extra = {
        "release": report.release,
        "replaced": report.replaced,
        "errors": len(report.errors),
        "kept": [each.id for each in report.campaigns if each.is_kept],
        "left_out": list(report.left_out),
    }
    _log.info("the content was published", extra=extra)


handler = LambdaHandler(build)
