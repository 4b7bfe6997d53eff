"""Dead letters on SQS: seen without being lost, sent back where they came from, or thrown away for good.

A queue shows a message only by handing it out for a while. Whatever is handed out here and not done with is given back at
once; should this die on the way, the queue gives it back by itself two minutes later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from infra.command.bodies import is_trusted
from perennial.errors import PerennialError

_HELD = 120  # seconds a message handed out stays hidden from others
_AT_ONCE = 10
_WAIT = 1  # seconds; a shorter look asks some of SQS's servers only, and may find nothing where there is something
REJECTED, SIGNED, BROWSER = "RejectedQueue", "SignedQueue", "BrowserQueue"
_ENDING = "DeadLetters"


class Letter(NamedTuple):
    """One message. queue: its logical id in template.yaml. reason: why it is here, as far as it says so."""

    queue: str
    id: str
    since: datetime
    reason: str
    body: str
    receipt: str


class DeadLetters:
    """Those of one stack. queues: URL of every queue by its logical id. wait: seconds to look for more in a queue."""

    def __init__(self, sqs: Any, queues: Mapping[str, str], wait: int = _WAIT) -> None:
        self._sqs = sqs
        self._wait = wait
        self._queues = dict(queues)
        self._done: set[str] = set()

    def names(self) -> list[str]:
        """Queues in which dead letters lie."""
        return sorted(name for name in self._queues if name.endswith(_ENDING) or name == REJECTED)

    @contextmanager
    def held(self, queue: str | None = None) -> Iterator[list[Letter]]:
        """All letters, or those of one queue; what was not replayed or discarded by the end is given back."""
        if queue is not None and queue not in self.names():
            raise PerennialError(
                f"There is no queue {queue}. Dead letters lie in: {', '.join(self.names())}."
            )
        letters = [each for name in ([queue] if queue else self.names()) for each in self._taken(name)]
        try:
            yield letters
        finally:
            for letter in letters:
                if letter.receipt not in self._done:
                    self._sqs.change_message_visibility(
                        QueueUrl=self._queues[letter.queue], ReceiptHandle=letter.receipt, VisibilityTimeout=0
                    )

    def replay(self, letter: Letter) -> str:
        """Send its body back to the queue it came from, then delete it; where to.

        A failure between the two leaves a copy in both, which does no harm: what was applied is known by its id.
        """
        home = self.home(letter)
        self._sqs.send_message(QueueUrl=self._queues[home], MessageBody=letter.body)
        self.discard(letter)
        return home

    def discard(self, letter: Letter) -> None:
        """Delete it for good."""
        self._sqs.delete_message(QueueUrl=self._queues[letter.queue], ReceiptHandle=letter.receipt)
        self._done.add(letter.receipt)

    def home(self, letter: Letter) -> str:
        """The queue it came from. What `record` rejected goes back by whether its sender is trusted."""
        if letter.queue == REJECTED:
            return SIGNED if is_trusted(letter.body) else BROWSER
        return letter.queue.removesuffix(_ENDING) + "Queue"

    def _taken(self, queue: str) -> Iterator[Letter]:
        seen: set[str] = set()
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=self._queues[queue],
                MaxNumberOfMessages=_AT_ONCE,
                VisibilityTimeout=_HELD,
                WaitTimeSeconds=self._wait,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            fresh = [each for each in answer.get("Messages", []) if each["MessageId"] not in seen]
            if not fresh:
                return
            for message in fresh:
                seen.add(message["MessageId"])
                yield _letter(queue, message)


def _letter(queue: str, message: Mapping[str, Any]) -> Letter:
    attributes = message.get("MessageAttributes", {})
    told = (attributes.get(name, {}).get("StringValue") for name in ("reason", "ERROR_MESSAGE", "ERROR_CODE"))
    times = message.get("Attributes", {}).get("ApproximateReceiveCount", "?")
    return Letter(
        queue=queue,
        id=message["MessageId"],
        since=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        reason=next(
            (each for each in told if each), f"failed: handed out {times} times; see the function's log"
        ),
        body=message["Body"],
        receipt=message["ReceiptHandle"],
    )
