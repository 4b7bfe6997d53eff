"""Renders samples in a process of its own, with little memory and little time, and tells what came of each.

    python -m perennial.publishing.trial < job > answers

A job is {"settings": ..., "templates": ..., "tasks": [{"template", "channel", "kind", "sample", "marketing"}]}; the answers
are lines of JSON: {"begins": n} before each task and {"ends": n, "findings": [...]} after it. So whoever waits knows at
which task a process ended that was too greedy.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from perennial.errors import PerennialError
from perennial.forecast.gaps import IntervalTables
from perennial.publishing.lint.rendered import findings_of
from perennial.rendering.renderer import Renderer
from perennial.rendering.values import SkipMessage
from perennial.shop import Shop, settings_from

MEMORY = 512 * 1024 * 1024
PROCESSOR_TIME = 25  # seconds for all tasks
EACH_TAKES = 2.0  # seconds at most

Job = Mapping[str, Any]


class TooLong(PerennialError):
    """A task has used up its time."""


def run(job: Job) -> Iterator[dict[str, Any]]:
    """The answers; see above."""
    renderer = Renderer(_shop(job))
    for number, task in enumerate(job["tasks"]):
        yield {"begins": number}
        yield {"ends": number, "findings": _findings(renderer, task)}


def _shop(job: Job) -> Shop:
    return Shop(
        release="trial",
        settings=settings_from(job["settings"]),
        campaigns={},
        templates=job["templates"],
        intervals=IntervalTables(),
    )


def _findings(renderer: Renderer, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each with at least a text, and either the part and line that Jinja names, or the part it is about."""
    try:
        message = renderer.try_out(
            task["template"], task["channel"], task["sample"], is_marketing=task["marketing"]
        )
    except SkipMessage as skip:
        return [{"skip": skip.reason, "where": skip.where}]
    except MemoryError:
        return [{"skip": "template_needs_too_much_memory", "where": None}]
    except TooLong:
        return [{"skip": "template_works_too_long", "where": None}]
    return [finding._asdict() for finding in findings_of(message, task, renderer.settings)]


def main(source: TextIO = sys.stdin, answers: TextIO = sys.stdout) -> None:
    """Bound this very process, then do the job."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_TIME, PROCESSOR_TIME))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, _too_long)
    for answer in run(json.load(source)):
        signal.setitimer(signal.ITIMER_VIRTUAL, EACH_TAKES if "begins" in answer else 0)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _too_long(signum: int, frame: object) -> None:
    raise TooLong(f"more than {EACH_TAKES} seconds")


if __name__ == "__main__":
    main()
