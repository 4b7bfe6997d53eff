"""Lambda's part: each function of the template, built once by its `build(world)` with its own environment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from time import monotonic
from typing import Any

from infra.desk.intrinsics import arn, physical
from infra.desk.permissions import Permissions
from infra.desk.stack import Function
from perennial.bootstrap import AwsWorld, Handle
from perennial.times import Clock

log = logging.getLogger("perennial.desk")


@dataclass
class Context:
    """What Lambda hands in beside the event.

    Time left is real time: the virtual clock stands still while a function runs.
    """

    function_name: str
    aws_request_id: str
    memory_limit_in_mb: int
    timeout: int
    function_version: str = "$LATEST"
    started: float = field(default_factory=monotonic)

    @property
    def invoked_function_arn(self) -> str:
        """Of the function that runs."""
        return arn("lambda", f"function:{self.function_name}")

    def get_remaining_time_in_millis(self) -> int:
        """Until the function's timeout."""
        return max(0, int((self.timeout - (monotonic() - self.started)) * 1000))


class Runtime:
    """All functions. `client`: as `boto3.client`. `permissions`: judge their calls."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        clock: Clock,
        client: Callable[..., Any],
        permissions: Permissions | None = None,
    ) -> None:
        self._functions, self._clock, self._client = functions, clock, client
        self._permissions = permissions or Permissions()
        self._handles: dict[str, Handle] = {}
        self._calls = 0

    def invoke(self, function: Function, event: dict[str, Any]) -> Any:
        """The function's answer; what it raises is raised."""
        self._calls += 1
        context = Context(
            physical(function.id), f"desk-call-{self._calls}", function.memory, function.timeout
        )
        with self._permissions.running(function):
            return self._handle(function)(event, context)

    def _handle(self, function: Function) -> Handle:
        if function.id not in self._handles:
            world = AwsWorld(function.environment, clock=self._clock, client=self._client)
            self._handles[function.id] = import_module(function.module).build(world)
        return self._handles[function.id]

    def environment(self) -> dict[str, str]:
        """Everything that any function is told, for the desk's own reading and publishing."""
        return {name: text for each in self._functions.values() for name, text in each.environment.items()}


class _Last(logging.Handler):
    """Keeps the last error that was logged."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            self.text += f" ({reason_of(record.exc_info[1])})"


@contextmanager
def last_error() -> Iterator[_Last]:
    """Listens to what is logged as an error meanwhile: why a function reports a message as failed."""
    listener = _Last(level=logging.ERROR)
    logging.getLogger().addHandler(listener)
    try:
        yield listener
    finally:
        logging.getLogger().removeHandler(listener)


def reason_of(error: BaseException) -> str:
    """One line for the dead letters."""
    return f"{type(error).__name__}: {error}"
