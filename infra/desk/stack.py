"""The parts of the stack that the desk runs, each by its logical id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """`definition`: the arguments of create_table. `expires`: the attribute of its TTL, if it has one."""

    name: str
    definition: Mapping[str, Any]
    expires: str | None


@dataclass(frozen=True)
class Queue:
    """Times in seconds. `dead_letters`: logical id of the queue that takes over after `max_receives`."""

    id: str
    name: str
    url: str
    arn: str
    visibility: int
    retention: int
    dead_letters: str | None
    max_receives: int


@dataclass(frozen=True)
class Bucket:
    """A bucket; `versioned` ones keep what is overwritten."""

    name: str
    versioned: bool


@dataclass(frozen=True)
class Route:
    """`path` as API Gateway writes it: `/unsubscribe/{token}`."""

    method: str
    path: str


@dataclass(frozen=True)
class QueueSource:
    """A queue that feeds a function. `queue`: logical id. `partial`: it may report the failed messages only."""

    queue: str
    batch_size: int
    window: int
    partial: bool


@dataclass(frozen=True)
class Grant:
    """One statement of a role. effect: Allow or Deny. Resources are patterns.

    keys: partition keys it is limited to; prefixes: patterns of what may be listed, none for no limit.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """An expression of EventBridge Scheduler, and the zone its times are in."""

    expression: str
    zone: str = "UTC"


@dataclass(frozen=True)
class Function:
    """`handler`: `package.module.attribute`. `environment`: resolved. `timeout`: seconds.

    patterns: of EventBridge events that it is called with. grants: what its role may do.
    """

    id: str
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str]
    routes: tuple[Route, ...]
    queues: tuple[QueueSource, ...]
    schedules: tuple[Schedule, ...]
    other_events: tuple[str, ...]
    patterns: tuple[Mapping[str, Any], ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def module(self) -> str:
        """The module that holds `build`."""
        return self.handler.rpartition(".")[0]


@dataclass(frozen=True)
class Rule:
    """An EventBridge rule and the queues (logical ids) that get what it matches."""

    id: str
    pattern: Mapping[str, Any]
    queues: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    """Everything by logical id. topics: the queues subscribed to each.

    document: the whole template as plain data, functions in their long form.
    """

    document: Mapping[str, Any]
    tables: Mapping[str, Table]
    queues: Mapping[str, Queue]
    buckets: Mapping[str, Bucket]
    functions: Mapping[str, Function]
    rules: Mapping[str, Rule]
    topics: Mapping[str, tuple[str, ...]]
