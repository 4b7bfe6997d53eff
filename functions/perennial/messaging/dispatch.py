"""Messages on their way to `send`: the queue carries ids only, so a stale copy can do no harm."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import NamedTuple

from perennial.errors import QueueRefused, Unintelligible
from perennial.ports.live import Queue

_log = logging.getLogger(__name__)


class Due(NamedTuple):
    """A message that lies in the outbox of a customer."""

    customer_id: str
    message_id: str


def dispatch(queue: Queue, messages: Sequence[Due]) -> None:
    """Queue them. What the queue does not take now is queued by the sweep when its lease ends."""
    if not messages:
        return
    try:
        queue.put([json.dumps(message._asdict()) for message in messages])
    except QueueRefused as refused:
        _log.warning(
            "messages not queued, their leases will bring them back", extra={"count": len(refused.positions)}
        )


def due_from(body: str) -> Due:
    """A message from a queue's body; Unintelligible when it is none."""
    try:
        return Due(**json.loads(body))
    except (ValueError, TypeError) as error:
        raise Unintelligible(
            "not a message of the outbox: customer_id and message_id are expected"
        ) from error
