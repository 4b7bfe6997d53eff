"""The wire between the handlers and AWS: a call is seen as it leaves and once it has taken effect, and can go wrong at both.

botocore's own `before-send` event is used, whose handlers stand on either side of moto's. So what is tried again after a
lost answer, and how often, is decided by the SDK with the handlers' real configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

_ENDPOINT = "https://aws.invalid"


class Stopped(BaseException):
    """The process ended here. Not an Exception, so that nothing in the code under test can live on."""


class Broken(BaseException):
    """A listener of the tests failed, which must not pass for a failure of AWS."""


class Call(NamedTuple):
    """One request on the wire. number: of the call, from 0; attempt: the SDK's, from 1; operation: "dynamodb.PutItem"."""

    number: int
    attempt: int
    operation: str
    body: bytes


class Tap(Protocol):
    """What happens to calls: `departs` before AWS gets the request, `arrives` when it has taken effect."""

    def departs(self, call: Call) -> None: ...
    def arrives(self, call: Call) -> None: ...


class Kind(StrEnum):
    """What goes wrong with one call."""

    BEFORE = "stopped before"
    AFTER = "stopped after"
    LOST = "answer lost once"  # the SDK may ask again
    SILENT = "every answer lost"
    UNREACHED = "never arrives"


def only_reads(operation: str) -> bool:
    """Whether a call leaves everything as it was."""
    return operation.partition(".")[2].startswith(("Get", "BatchGet", "Query", "Scan", "List"))


def kinds(operation: str) -> tuple[Kind, ...]:
    """What can go wrong with a call. To one that only reads, it is all the same whether request or answer is lost."""
    return (Kind.BEFORE, Kind.AFTER, Kind.SILENT) if only_reads(operation) else tuple(Kind)


@dataclass(frozen=True)
class Fault:
    """One call goes wrong."""

    at: int
    kind: Kind

    def departs(self, call: Call) -> None:
        if call.number == self.at and self.kind == Kind.BEFORE:
            raise Stopped
        if call.number == self.at and self.kind == Kind.UNREACHED:
            raise EndpointConnectionError(endpoint_url=_ENDPOINT)

    def arrives(self, call: Call) -> None:
        if call.number != self.at:
            return
        if self.kind == Kind.AFTER:
            raise Stopped
        if self.kind == Kind.SILENT:
            raise ConnectionClosedError(endpoint_url=_ENDPOINT)
        if self.kind == Kind.LOST and call.attempt == 1:
            raise ReadTimeoutError(endpoint_url=_ENDPOINT)


@dataclass(frozen=True)
class Meeting:
    """Just before one call leaves, another process does something from beginning to end."""

    at: int
    other: Callable[[], None]

    def departs(self, call: Call) -> None:
        if call.number == self.at and call.attempt == 1:
            self.other()

    def arrives(self, call: Call) -> None:
        """It goes on as if nothing had happened."""


@dataclass
class On:
    """`act` happens each time an operation leaves, at most `times` times; what it raises is what the caller sees."""

    operation: str
    act: Callable[[], None]
    times: int = 1

    def departs(self, call: Call) -> None:
        if call.operation == self.operation and self.times:
            self.times -= 1
            self.act()

    def arrives(self, call: Call) -> None:
        """It goes on as if nothing had happened."""


class SilentProvider:
    """Takes every mail, and no answer ever comes."""

    def departs(self, call: Call) -> None:
        """It leaves as usual."""

    def arrives(self, call: Call) -> None:
        if call.operation == "sesv2.SendEmail":
            raise ReadTimeoutError(endpoint_url=_ENDPOINT)


@dataclass(frozen=True)
class Several:
    """More than one thing goes wrong."""

    taps: Sequence[Tap]

    def departs(self, call: Call) -> None:
        for tap in self.taps:
            tap.departs(call)

    def arrives(self, call: Call) -> None:
        for tap in self.taps:
            tap.arrives(call)


class Wire:
    """Sees what clients of `session` send, if they are made after it. listeners: told of what took effect, tapped or not."""

    def __init__(self, session: Any) -> None:
        self.listeners: list[Callable[[str, bytes], None]] = []
        self._tap: Tap | None = None
        self._calls: list[str] = []
        self._call: tuple[Any, int] = (None, 0)
        session.events.register_first("before-send", self._departs)
        session.events.register_last("before-send", self._arrives)

    @contextmanager
    def tapped(self, tap: Tap) -> Iterator[list[str]]:
        """Let `tap` act meanwhile; gives the operations called, in order. What it causes itself is not counted."""
        self._tap, self._calls = tap, []
        try:
            yield self._calls
        finally:
            self._tap = None

    def _departs(self, request: Any, event_name: str, **_: Any) -> None:
        operation = event_name.removeprefix("before-send.")
        if self._tap is None:
            return
        invocation, attempt = request.headers["amz-sdk-invocation-id"], 1
        if invocation == self._call[0]:
            attempt = self._call[1] + 1
        else:
            self._calls.append(operation)
        self._call = (invocation, attempt)
        with self._aside() as tap:
            tap.departs(Call(len(self._calls) - 1, attempt, operation, _body(request)))
        self._call = (invocation, attempt)

    def _arrives(self, request: Any, event_name: str, **_: Any) -> None:
        operation = event_name.removeprefix("before-send.")
        self._tell(operation, _body(request))
        if self._tap is not None:
            with self._aside() as tap:
                tap.arrives(Call(len(self._calls) - 1, self._call[1], operation, _body(request)))

    def _tell(self, operation: str, body: bytes) -> None:
        try:
            for listener in self.listeners:
                listener(operation, body)
        except Exception as error:
            raise Broken(operation) from error

    @contextmanager
    def _aside(self) -> Iterator[Tap]:
        """The tap, which is not tapped itself."""
        tap, self._tap = self._tap, None
        assert tap is not None
        try:
            yield tap
        finally:
            self._tap = tap


def _body(request: Any) -> bytes:
    body = request.body
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
