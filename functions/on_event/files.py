"""Files of orders and sign-ups that a shop drops into its bucket, taken as `perennial import` takes them.

What one call cannot finish goes on in another: the queue message says how many batches are done, and the file's batches are
the same each time. A crash repeats the batches since the last such message, which changes nothing. What became of a file
stands under `reports/imports/`: a summary, and the rejected lines with their reasons.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from on_event.orders_file.record import Import, batches, noted
from on_event.orders_file.report import Report
from on_event.orders_file.translate import Terms, translate
from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import Unintelligible
from perennial.ports.world import World
from perennial.times import moment, stamp, zone_of

_log = logging.getLogger(__name__)
FOLDER, REPORTS = "imports/", "reports/imports/"
LARGEST = 200 * 1024 * 1024  # bytes; a file is held in memory, beside some ten thousand events
LEAST_TIME = 60.0  # seconds that must be left for one more batch, which takes a few
_NOT_UTF8 = "The file is not in UTF-8. Save it as `CSV UTF-8` (spreadsheets offer it under that name), and drop it again."
_TOO_LARGE = (
    f"The file has more than {LARGEST // 1024**2} MB. Split it into several, each with the first line."
)

Remaining = Callable[[], float]  # seconds until the call ends


@dataclass(frozen=True, slots=True)
class Task:
    """A file, and how far its import has come. version: of the object, for a newer one is another file.

    done: batches recorded. failed: events of these that met a fault of ours.
    """

    key: str
    version: str | None
    received_at: datetime
    done: int = 0
    failed: int = 0

    def text(self) -> str:
        """As a queue message."""
        return json.dumps({"import": {**asdict(self), "received_at": stamp(self.received_at)}})


def task_from(body: str, now: datetime) -> Task:
    """S3's event of a new object, by way of EventBridge, or a task of our own; Unintelligible for anything else."""
    try:
        told = json.loads(body)
        if "import" in told:
            task = told["import"]
            return Task(**{**task, "received_at": moment(task["received_at"])})
        dropped = told["detail"]["object"]
        return Task(dropped["key"], dropped.get("version-id"), now)
    except (ValueError, TypeError, KeyError) as error:
        raise Unintelligible(f"This is no event of a new file ({type(error).__name__}).") from error


def build(world: World) -> Handle:
    """Takes one file a message."""

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        def remaining() -> float:
            return float(context.get_remaining_time_in_millis()) / 1000

        for record in event["Records"]:
            task = task_from(record["body"], world.clock())
            if task.key.startswith(FOLDER) and not task.key.endswith("/"):
                _FileImport(world, task).run(remaining)
        return {"batchItemFailures": []}

    return handle


class _FileImport:
    """One call's work on one file."""

    def __init__(self, world: World, task: Task) -> None:
        self._world, self._task = world, task
        self._rejects = io.StringIO(newline="")
        self._import = Import(world, task.failed)

    def run(self, remaining: Remaining) -> None:
        """To the end of the file or of the time."""
        try:
            finished = self._take(remaining)
        except (Unintelligible, UnicodeDecodeError) as error:
            reason = _NOT_UTF8 if isinstance(error, UnicodeDecodeError) else str(error)
            self._tell("refused", reason)
            return
        self._tell("finished" if finished else "running")
        if not finished:
            done = replace(self._task, failed=self._import.imported.failed)
            self._world.import_queue.put([done.text()])

    def _take(self, remaining: Remaining) -> bool:
        """False when time ran out before the end."""
        data = self._world.blobs.get(self._task.key, self._task.version)
        if len(data) > LARGEST:
            raise Unintelligible(_TOO_LARGE)
        report = Report(self._rejects, _text(data).readline())
        told = noted(translate(_text(data), self._terms()), self._import.imported, report.take)
        already_done = self._task.done
        for number, batch in enumerate(batches(told)):
            if number < already_done:
                self._import.skip(batch)
                continue
            if number > already_done and remaining() < LEAST_TIME:
                return False
            self._import.take(batch)
            self._task = replace(self._task, done=number + 1)
        return True

    def _terms(self) -> Terms:
        settings = self._world.shop().settings
        return Terms(zone_of(settings.timezone), settings.currency, self._task.received_at)

    def _tell(self, state: str, reason: str = "") -> None:
        """The summary last: whoever sees it finished finds the rejected lines complete."""
        name = REPORTS + self._task.key.removeprefix(FOLDER).removesuffix(".csv")
        summary = {"file": self._task.key, "state": state, **asdict(self._import.imported)}
        summary |= {"reason": reason} if reason else {}
        self._world.blobs.put(f"{name}.csv", self._rejects.getvalue().encode("utf-8", "replace"))
        self._world.blobs.put(f"{name}.json", json.dumps(summary, indent=2).encode())
        _log.info("a file of orders", extra={**asdict(self._import.imported), "state": state})


def _text(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")


handler = LambdaHandler(build)
