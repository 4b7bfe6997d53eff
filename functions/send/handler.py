"""Messages that are due, one after the other; a copy that cannot be handled in time goes back to the queue."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from perennial.bootstrap import Handle, LambdaHandler
from perennial.errors import PerennialError
from perennial.messaging.dispatch import Due, due_from
from perennial.ports.world import World
from send.delivery import Delivery
from send.post import Post

_log = logging.getLogger(__name__)
OUTCOMES = ("sent", "skipped", "deferred", "in_doubt")


def build(world: World) -> Handle:
    """Answers with the messages that have to come again, and only those."""
    delivery = Delivery(world, Post(world))

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        delivery.read_ahead(_dues(event["Records"]))
        again = [
            record["messageId"] for record in event["Records"] if not _delivered(delivery, record, context)
        ]
        _log.info("delivered", extra={**dict.fromkeys(OUTCOMES, 0), **delivery.tally})
        delivery.tally.clear()
        return {"batchItemFailures": [{"itemIdentifier": message} for message in again]}

    return handle


def _dues(records: Iterable[Mapping[str, Any]]) -> list[Due]:
    """Of all copies that can be read; of the others their own delivery tells."""
    dues = []
    for record in records:
        with suppress(PerennialError):
            dues.append(due_from(record["body"]))
    return dues


def _delivered(delivery: Delivery, record: Mapping[str, Any], context: Any) -> bool:
    """One message that raises never holds up the others; it comes again, and at last into the dead letters."""
    try:
        due = due_from(record["body"])
        return delivery.deliver(due, lambda: context.get_remaining_time_in_millis() / 1000)
    except PerennialError as error:
        _log.error("a message cannot be delivered", extra={"error": str(error)})
    except Exception as error:  # noqa: BLE001 - as above; the text may hold personal data
        _log.error("a message cannot be delivered", extra={"error": type(error).__name__})
    return False


handler = LambdaHandler(build)
