"""What the outside world remembers of one run: what it asked, what lies on the queues, which mails arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from perennial.customer import Customer
from tests.crash.senders import Accepted, Json, Request

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


@dataclass
class Copy:
    """A message on a queue. handled: a function said it is done with it; deliveries: how often it was handed out."""

    queue: str
    record: Json
    deliveries: int = 0
    handled: bool = False


@dataclass
class Seen:
    """told: provider ids of mails whose Send event was delivered. history: the documents after each write.

    forgotten: views of visitors whose document lived out its time. wanted: what somebody goes on trying until it is done.
    nowhere: names of releases that were live and not stored.
    """

    now: datetime = NOON
    asked: list[Request] = field(default_factory=list)
    unanswered: list[Request] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    history: list[Customer] = field(default_factory=list)
    forgotten: int = 0
    wanted: list[Callable[[Any], bool]] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
