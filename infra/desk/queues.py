"""SQS's and the event sources' part: batches, partial failures, redelivery on the virtual clock, dead letters.

moto lives in real time, so a message is taken with the longest visibility timeout there is, and one that failed is made
visible again when the virtual clock reaches its queue's own. Delayed messages and retention are not played.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from infra.desk.intrinsics import REGION
from infra.desk.runtime import last_error, reason_of
from infra.desk.stack import Function, Queue, QueueSource, Template
from perennial.times import Clock

LONGEST = 43_200  # seconds: SQS's longest visibility timeout
AT_ONCE = 10  # messages that one call takes or deletes
log = logging.getLogger("perennial.desk")
Invoke = Callable[[Function, dict[str, Any]], Any]
Message = Mapping[str, Any]


class _Hidden(NamedTuple):
    """A failed message until it is visible again. `order` keeps equal moments first come, first served."""

    until: datetime
    order: int
    queue: str
    receipt: str


class Queues:
    """The queues that feed functions. Tell it by `arrived` when something was put."""

    def __init__(self, template: Template, sqs: Any, clock: Clock, invoke: Invoke) -> None:
        self._template, self._sqs, self._clock, self._invoke = template, sqs, clock, invoke
        self._sources = [(each, source) for each in template.functions.values() for source in each.queues]
        self._by_url = {queue.url: queue.id for queue in template.queues.values()}
        self._waiting: set[str] = set()
        self._hidden: list[_Hidden] = []
        self._order = count()
        self._reasons: dict[str, str] = {}
        self._arrivals: dict[str, int] = {}

    def arrived(self, url: str) -> None:
        """There may be something to take from the queue of this URL."""
        self._waiting.add(self._by_url[url])

    def put(self, queue: str, body: str) -> None:
        """Put a body as another AWS service would."""
        self._sqs.send_message(QueueUrl=self._template.queues[queue].url, MessageBody=body)

    def pump(self) -> bool:
        """Hand out what is visible until nothing is; whether there was anything."""
        pumped = False
        while any(self._take_turn(function, source) for function, source in self._sources):
            pumped = True
        return pumped

    def next_redelivery(self) -> datetime | None:
        """When the next failed message becomes visible."""
        return self._hidden[0].until if self._hidden else None

    def redeliver(self) -> None:
        """Make visible what is due again."""
        while self._hidden and self._hidden[0].until <= self._clock():
            hidden = heapq.heappop(self._hidden)
            url = self._template.queues[hidden.queue].url
            self._sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=hidden.receipt, VisibilityTimeout=0
            )
            self._waiting.add(hidden.queue)

    def dead_letters(self) -> list[dict[str, Any]]:
        """What lies in queues that feed no function: queue, reason and message."""
        feeding = {source.queue for _, source in self._sources}
        ends = [queue for queue in self._template.queues.values() if queue.id not in feeding]
        return [self._dead_letter(queue, message) for queue in ends for message in self._peek(queue)]

    def _take_turn(self, function: Function, source: QueueSource) -> bool:
        if source.queue not in self._waiting:
            return False
        messages = self._receive(self._template.queues[source.queue], source.batch_size)
        if len(messages) < source.batch_size:
            self._waiting.discard(source.queue)
        if messages:
            self._handle(function, source, messages)
        return True

    def _receive(self, queue: Queue, most: int) -> list[Message]:
        messages: list[Message] = []
        while len(messages) < most:
            wanted = min(AT_ONCE, most - len(messages))
            answer = self._sqs.receive_message(
                QueueUrl=queue.url,
                MaxNumberOfMessages=wanted,
                VisibilityTimeout=LONGEST,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            messages += answer.get("Messages", [])
            if len(answer.get("Messages", [])) < wanted:
                break
        return messages

    def _handle(self, function: Function, source: QueueSource, messages: Sequence[Message]) -> None:
        queue = self._template.queues[source.queue]
        records = [self._record(queue, message) for message in messages]
        failed = self._failed(function, source, records)
        done = [each for each in messages if each["MessageId"] not in failed]
        for start in range(0, len(done), AT_ONCE):
            part = enumerate(done[start : start + AT_ONCE])
            entries = [{"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]} for number, each in part]
            self._sqs.delete_message_batch(QueueUrl=queue.url, Entries=entries)
        for message in messages:
            if message["MessageId"] in failed:
                self._hide(queue, message, failed[message["MessageId"]])
            else:
                self._forget(message)

    def _failed(
        self, function: Function, source: QueueSource, records: list[dict[str, Any]]
    ) -> dict[str, str]:
        """Message id -> why, of what stays in the queue."""
        ids = [record["messageId"] for record in records]
        with last_error() as logged:
            try:
                answer = self._invoke(function, {"Records": records})
            except Exception as error:
                log.exception("%s failed with a batch of %d", function.id, len(records))
                return dict.fromkeys(ids, f"{function.id} raised {reason_of(error)}")
        reported = (answer or {}).get("batchItemFailures", []) if source.partial else []
        named = [each.get("itemIdentifier") for each in reported]
        # An identifier that is not of this batch fails all of it, as in the cloud.
        failed = ids if set(named) - set(ids) else named
        return dict.fromkeys(
            failed, f"{function.id} reported it as failed: {logged.text or 'no reason logged'}"
        )

    def _hide(self, queue: Queue, message: Message, reason: str) -> None:
        until = self._clock() + timedelta(seconds=queue.visibility)
        heapq.heappush(self._hidden, _Hidden(until, next(self._order), queue.id, message["ReceiptHandle"]))
        self._reasons[message["MessageId"]] = reason

    def _forget(self, message: Message) -> None:
        self._reasons.pop(message["MessageId"], None)
        self._arrivals.pop(message["MessageId"], None)

    def _record(self, queue: Queue, message: Message) -> dict[str, Any]:
        arrived = self._arrivals.setdefault(message["MessageId"], int(self._clock().timestamp() * 1000))
        times = {"SentTimestamp": str(arrived), "ApproximateFirstReceiveTimestamp": str(arrived)}
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {**message.get("Attributes", {}), **times},
            "messageAttributes": {
                name: _lower_camel(value) for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.arn,
            "awsRegion": REGION,
        }

    def _peek(self, queue: Queue) -> list[Message]:
        messages = self._receive(queue, 10_000)
        for message in messages:
            self._sqs.change_message_visibility(
                QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return messages

    def _dead_letter(self, queue: Queue, message: Message) -> dict[str, Any]:
        given = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue")
        known = self._reasons.get(message["MessageId"])
        return {"queue": queue.id, "reason": given or known or "not known", "message": message["Body"]}


def _lower_camel(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: each for name, each in value.items()} | {
        "stringListValues": [],
        "binaryListValues": [],
    }
