"""A queue that was asked too often says so, apart from one that is ill: senders are told to come again later."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from perennial.adapters.sqs import SqsQueue
from perennial.errors import QueueRefused


class FailingClient:
    """Raises the same error for each call."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def send_message_batch(self, **_: Any) -> None:
        raise self._error


def answered(code: str) -> ClientError:
    """An answer of the service with this code."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "SendMessageBatch")


@pytest.mark.parametrize(
    ("error", "throttled"),
    [
        (answered("RequestThrottled"), True),
        (answered("AWS.SimpleQueueService.RequestThrottled"), True),
        (answered("com.amazonaws.sqs#RequestThrottled"), True),
        (answered("ThrottlingException"), True),
        (answered("KMS.ThrottlingException"), True),
        (answered("AccessDenied"), False),
        (answered("ServiceUnavailable"), False),
        (ConnectTimeoutError(endpoint_url="https://sqs.example"), False),
    ],
)
def test_throttling_is_told_apart(error: Exception, throttled: bool) -> None:
    """By the service's code; a service that is down or does not answer is not one that was asked too often."""
    with pytest.raises(QueueRefused) as refused:
        SqsQueue(FailingClient(error), "https://sqs.example/q").put(["a", "b"])
    assert (refused.value.throttled, refused.value.positions) == (throttled, [0, 1])
