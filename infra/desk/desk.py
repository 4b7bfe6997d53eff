"""The cloud on the desk: one stack of template.yaml, in this process, on a virtual clock.

with Desk(content=Path("content")) as desk:
    desk.request("POST", "/v1/track", {"authorization": ...}, b"...")
    desk.advance("36h")
    desk.outbox()
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from infra.desk.clock import VirtualClock, moment_of, span_of, start_of_the_desk
from infra.desk.cloud import Cloud
from infra.desk.deployment import deployed, sender
from infra.desk.events import called, destinations, scheduled, unpacked
from infra.desk.gateway import Gateway, Request, Response
from infra.desk.keys import Keys
from infra.desk.nights import EACH_MINUTE, Nights
from infra.desk.people import look_up
from infra.desk.postbox import Postbox
from infra.desk.queues import Queues
from infra.desk.runtime import Runtime
from infra.desk.saves import Saves, is_about_content
from infra.desk.stack import Function
from infra.desk.sweeps import Sweeps
from infra.desk.template import TEMPLATE
from perennial.bootstrap import AwsWorld
from perennial.night.tasks import reconsider_everybody

CONTENT = TEMPLATE.parent / "content"
URL = "http://127.0.0.1:8787"
_TICK = timedelta(milliseconds=1)
log = logging.getLogger("perennial.desk")


class Desk:
    """One shop's stack. Not for several threads at once: the server takes turns.

    content: the folder that is published at the start and after each reset; None publishes nothing.
    start: what time it is at first, by default the real time; after a reset it is that time again.
    """

    def __init__(
        self,
        *,
        content: Path | None = CONTENT,
        template: Path = TEMPLATE,
        keys: Keys | None = None,
        url: str = URL,
        start: datetime | None = None,
    ) -> None:
        self.lose_send_events = False
        self._content, self._url, self._start = content, url, start
        self.template = deployed(template, keys or Keys(), url)
        self._cloud = Cloud(self.template, sender(self.template))
        self.clock = VirtualClock(start or start_of_the_desk())
        self._postbox = Postbox(self.clock)
        self._postbox.watch(self._cloud.session)
        self._cloud.on_arrival(self._arrived)
        self.permissions = self._cloud.permissions
        try:
            self.reset()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give boto3 back."""
        self._cloud.close()

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self.clock()

    @property
    def world(self) -> AwsWorld:
        """The ports, with the settings of all functions together: for looking, and for publishing."""
        return self._world

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        return self._cloud.client(service)

    def reset(self) -> None:
        """Empty everything, start the clock again, publish the content."""
        self._postbox.clear()
        self.clock.restart(self._start or start_of_the_desk())
        client = self._cloud.client
        functions = self.template.functions
        self._runtime = Runtime(functions, self.clock, client, self.permissions)
        self._gateway = Gateway(
            functions.values(), urlsplit(self._url).netloc, self.clock, self._runtime.invoke
        )
        self._queues = Queues(self.template, client("sqs"), self.clock, self._runtime.invoke)
        self._sweeps = Sweeps(self._cloud.wakes)
        self._nights = Nights(functions.values(), self.now)
        self._cloud.fill()
        self._world = AwsWorld(self._runtime.environment(), clock=self.clock, client=client)
        self._saves = Saves(self._content, self.template)
        if self._content is not None:
            self.publish(self._content)

    def publish(self, content: Path) -> Any:
        """Make a content folder live, as `perennial publish` does; the report of the publishing."""
        from perennial.publishing import publish

        if not content.is_dir():
            raise FileNotFoundError(f"There is no content folder {content}. Give one that holds shop.yaml.")
        report = publish(content, self._world.blobs, self._world.pointer, self.clock)
        if self._nights.functions:
            reconsider_everybody(self._world.nightly_queue, report, self.now)
            self.settle()
        return report

    def request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
        *,
        settle: bool = True,
    ) -> Response:
        """Through API Gateway to the function of the route; then all it set in motion, until the queues are quiet.

        Each request takes a millisecond, so that what came later is later. settle: False leaves what was queued
        for the next call that settles, so that many events go in one batch.
        """
        self.clock.move(self.now + _TICK)
        raw = body.encode("utf-8") if isinstance(body, str) else body
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        response = self._gateway.respond(Request(method.upper(), target, lowered, raw))
        if settle:
            self.settle()
        return response

    def deliver(self, event: Mapping[str, Any]) -> None:
        """A raw AWS event, as its service would deliver it; NotTaken when nothing takes such.

        Of an event about a file of the content folder the file itself is brought into the bucket first.
        """
        if is_about_content(event):
            self._saves.bring(self.client("s3"))
        self._hand_out(event)
        for function in called(event, self.template):
            self._runtime.invoke(function, dict(event))
        self.settle()

    def advance(self, span: str | timedelta) -> datetime:
        """Move the clock on by a span such as "36h"."""
        return self.to(self.now + (span_of(span) if isinstance(span, str) else span))

    def to(self, moment: str | datetime) -> datetime:
        """Move the clock on, from one thing that is due to the next, until `moment`. ValueError for the past."""
        target = moment_of(moment) if isinstance(moment, str) else moment
        if target < self.now:
            raise ValueError(f"It is {self.now.isoformat()} on the desk, and the clock only moves forward.")
        self.settle()
        while (due := self._next_due()) is not None and due <= target:
            self._step(due)
        self.clock.move(target)
        return self.now

    def settle(self) -> None:
        """Hand out queues and mail events until all is quiet, without moving the clock."""
        while self._queues.pump() or self._send_events():
            pass

    def notice_saves(self) -> list[str]:
        """What was saved or deleted in the content folder since the last time goes live, or is reported; its paths."""
        changed = self._saves.bring(self.client("s3"))
        for path in changed:
            self._hand_out(self._saves.event(path))
        self.settle()
        return changed

    def sweep(self) -> None:
        """Fire the schedule of each minute now, whether or not something is due; then settle."""
        for function in self.template.functions.values():
            if any(schedule.expression == EACH_MINUTE for schedule in function.schedules):
                self._fire(function)
        self._sweeps.done(self.now)
        self.settle()

    def night(self) -> None:
        """Fire the schedules of each night now, whatever the time; then settle."""
        for function in self._nights.functions:
            self._fire(function)
        self.settle()

    def customer(self, identity: str, at: datetime | None = None) -> dict[str, Any] | None:
        """`document`, `explanation`, `standing` and `timeline` by any identity; None for nobody. at: as in `look_up`."""
        return look_up(self._world, identity, self.now, at)

    def outbox(self) -> list[dict[str, Any]]:
        """Every message that left, oldest first."""
        return self._postbox.entries()

    def dead_letters(self) -> list[dict[str, Any]]:
        """What could not be handled: queue, reason, body as its sender wrote it, and the message it travelled in."""
        return [each | {"body": unpacked(each["message"])} for each in self._queues.dead_letters()]

    def _arrived(self, url: str) -> None:
        self._queues.arrived(url)

    def _next_due(self) -> datetime | None:
        times = (self._queues.next_redelivery(), self._sweeps.next(self.now), self._nights.next())
        return min((each for each in times if each is not None), default=None)

    def _step(self, due: datetime) -> None:
        self.clock.move(due)
        self._queues.redeliver()
        self.settle()
        for function in self._nights.due(self.now):
            self._fire(function)
        self.settle()
        if self._sweeps.next(self.now) == self.now:
            self.sweep()

    def _send_events(self) -> bool:
        events = self._postbox.take_events()
        for event in [] if self.lose_send_events else events:
            self._hand_out(event)
        return bool(events)

    def _hand_out(self, event: Mapping[str, Any]) -> None:
        for queue, body in destinations(event, self.template):
            self._queues.put(queue, body)

    def _fire(self, function: Function) -> None:
        try:
            self._runtime.invoke(function, scheduled(function, self.now))
        except Exception:
            log.exception("%s failed; its next time is its retry", function.id)
