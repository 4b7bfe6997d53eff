"""Queues on SQS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from perennial.errors import QueueRefused

_ENTRIES, _BYTES = 10, 1024 * 1024  # the service's limits for one batch call
_REASON_CHARACTERS = 500
_THROTTLED = ("RequestThrottled", "Throttling", "ThrottlingException", "KMS.ThrottlingException", "OverLimit")


class SqsQueue:
    """`ports.Queue`. A body whose call got no answer counts as not taken: a second copy does no harm."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def put(self, bodies: Sequence[str], *, reason: str | None = None) -> None:
        refused: list[int] = []
        for batch in _batches(bodies, _attribute_bytes(reason)):
            try:
                refused += self._send({position: bodies[position] for position in batch}, reason)
            except (BotoCoreError, ClientError) as error:
                # Nothing after this call would fare better, and each would wait for its own timeout.
                left = [*refused, *range(batch[0], len(bodies))]
                raise QueueRefused(left, throttled=_is_throttling(error)) from error
        if refused:
            raise QueueRefused(sorted(refused))

    def _send(self, batch: dict[int, str], reason: str | None) -> list[int]:
        """One call; returns the positions not taken."""
        attributes = {} if reason is None else {"MessageAttributes": _reason(reason)}
        entries = [
            {"Id": str(position), "MessageBody": body, **attributes} for position, body in batch.items()
        ]
        answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        return [int(failed["Id"]) for failed in answer.get("Failed", ())]


def _is_throttling(error: BotoCoreError | ClientError) -> bool:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    return code.rpartition("#")[2].removeprefix("AWS.SimpleQueueService.") in _THROTTLED


def _batches(bodies: Sequence[str], overhead: int) -> Iterator[list[int]]:
    """Positions, in order, in groups that one call may carry. overhead: bytes beside each body."""
    batch: list[int] = []
    size = 0
    for position, body in enumerate(bodies):
        own = len(body.encode("utf-8", "replace")) + overhead
        if batch and (len(batch) == _ENTRIES or size + own > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(position)
        size += own
    if batch:
        yield batch


def _reason(reason: str) -> dict[str, dict[str, str]]:
    """The service refuses empty values and control characters, which a reason may quote from its input."""
    printable = "".join(each if each.isprintable() else " " for each in reason[:_REASON_CHARACTERS])
    return {"reason": {"DataType": "String", "StringValue": printable.strip() or "unknown"}}


def _attribute_bytes(reason: str | None) -> int:
    if reason is None:
        return 0
    return len("reasonString") + len(_reason(reason)["reason"]["StringValue"].encode("utf-8", "replace"))
