"""The shop's stack on moto, played by hand: real handlers, real adapters, queues that deliver again, and processes that die.

What is asked of AWS is what template.yaml says; what SQS, EventBridge and impatient senders do is done here, on a clock
that is set by hand.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from infra.desk.runtime import Runtime
from perennial.adapters.layout import shard_of
from perennial.bootstrap import AwsWorld
from perennial.customer import Customer
from perennial.messaging.tokens import Tokens, unsubscribe_url
from perennial.people.identities import Identity, Kind
from perennial.publishing import publish_files
from perennial.shop import release_key
from perennial.times import moment
from tests.crash.cloud import Cloud, Items, stack
from tests.crash.content import FILES
from tests.crash.seen import Copy, Seen
from tests.crash.senders import STORE_ID, Accepted, Json, Request, send_event, unsubscribed
from tests.crash.wire import Stopped, Wire
from tests.stage import DELIVERIES

QUEUES = {
    "SignedQueue": "RecordFunction",
    "BrowserQueue": "RecordFunction",
    "SendQueue": "SendFunction",
    "PublishQueue": "PublishFunction",
    "NightlyQueue": "NightlyFunction",
}
ONE_BY_ONE = "NightlyQueue"  # its messages are handed out singly
VISIBILITY = timedelta(minutes=6)
AT_ONCE, FOR_GOOD = 10, 43_200  # messages in one call; seconds, SQS's longest
LONGEST_REST = timedelta(days=30)  # what is due later than this is not waited for
ROUNDS = 80  # far more than anything needs that comes to rest at all

State = tuple[Items, Seen]


class Lab:
    """One person's world. send_events: whether the provider's events reach us."""

    def __init__(self) -> None:
        self.template = stack()
        self.cloud = Cloud(self.template)
        self.wire = Wire(self.cloud.session)
        self.wire.listeners += [
            self._mail_arrived,
            self._message_queued,
            self._document_written,
            self._pointer_moved,
        ]
        self._arrivals: set[str] = set()
        self._mails = 0
        self.seen, self.send_events = Seen(), True
        self.restart()
        self.world = AwsWorld(self._runtime.environment(), self.clock, self.cloud.own)
        self.customer_id = self.world.identity_keys.customer_id(Identity(Kind.STORE, STORE_ID))

    def close(self) -> None:
        """Let go of boto3."""
        self.cloud.close()

    def clock(self) -> datetime:
        return self.seen.now

    def reset(self) -> None:
        """Nothing has ever happened, and the content is published."""
        self.cloud.fill()
        self._arrivals.clear()
        self.seen, self.send_events, self._mails = Seen(), True, 0
        self.restart()
        self.publish(FILES)

    def publish(self, files: Mapping[str, str]) -> None:
        """Make this content live, for processes that start afterwards."""
        encoded = {name: text.encode() for name, text in files.items()}
        report = publish_files(encoded, self.world.blobs, self.world.pointer, self.clock)
        assert not report.errors  # a campaign that was left out would do no harm whatever is interrupted
        self.restart()

    def save(self, files: Mapping[str, str]) -> None:
        """A marketer saves these files; S3 tells the queue of it."""
        bucket = self.template.buckets["ContentBucket"].name
        for name, text in files.items():
            self.cloud.own("s3").put_object(Bucket=bucket, Key=f"content/{name}", Body=text.encode())
        self._put("PublishQueue", f"saved-{len(self.seen.copies)}", "{}")

    def keep(self) -> State:
        """This state, to come back to."""
        self._pull()
        return self.cloud.items(), deepcopy(self.seen)

    def back_to(self, state: State) -> None:
        """The kept state, with processes that start afresh."""
        self._pull()  # a run that never came to rest leaves something behind
        self.cloud.restore(state[0])
        self.seen = deepcopy(state[1])
        self.restart()

    # Lambda.

    def restart(self) -> None:
        """A new process, which has nothing cached."""
        self._runtime = Runtime(self.template.functions, self.clock, self.cloud.client)

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Meanwhile functions run in another process."""
        mine = self._runtime
        self.restart()
        try:
            yield
        finally:
            self._runtime = mine

    def invoke(self, function: str, event: Json) -> Any:
        """The function's answer; None when it raised, or its process ended."""
        try:
            return self._runtime.invoke(self.template.functions[function], event)
        except Stopped:
            self.restart()
        except Exception as error:  # noqa: BLE001 - Lambda, too, reports whatever it was and goes on
            logging.getLogger(__name__).info("%s raised %s", function, error)
        return None

    def commander(self) -> AwsWorld:
        """The world of an operator's command."""
        return AwsWorld(self._runtime.environment(), self.clock, self.cloud.client)

    # Whoever calls us.

    def ask(self, *requests: Request) -> None:
        """They are sent, and sent again by `ask_again` until they are answered."""
        self.seen.asked += requests
        self.seen.unanswered += requests
        self.ask_again()

    def want(self, act: Callable[[Lab], bool]) -> None:
        """An operator, or a schedule with retries: it is tried again by `ask_again` until it says that it is done."""
        self.seen.wanted.append(act)
        self.ask_again()

    def ask_again(self) -> None:
        for act in list(self.seen.wanted):
            if self._is_done(act) and act in self.seen.wanted:
                self.seen.wanted.remove(act)
        for request in list(self.seen.unanswered):
            is_link = request.event["rawPath"].startswith("/unsubscribe/")
            answer = self.invoke("PagesFunction" if is_link else "ReceiveFunction", request.event)
            if answer and answer["statusCode"] < 300 and request in self.seen.unanswered:
                self.seen.unanswered.remove(request)

    def _is_done(self, act: Callable[[Lab], bool]) -> bool:
        try:
            return act(self)
        except Stopped:
            self.restart()
        except Exception as error:  # noqa: BLE001 - whoever wanted it sees an error, whatever it was
            logging.getLogger(__name__).info("what was wanted raised %s", error)
        return False

    def link(self) -> Request:
        """The click on the link of the first message there is."""
        customer = next(each for each in self.cloud.customers() if each["outbox"] or each["settled"])
        message = next(iter([*customer["outbox"], *(settled["id"] for settled in customer["settled"])]))
        token = Tokens(self.world.setting("LINK_KEY")).unsubscribe(customer["id"], "email", message)
        return unsubscribed(unsubscribe_url("", token))

    # Queues.

    def deliver(self, *queues: str, again: bool = False) -> None:
        """Hand out what lies in the queues, each in one batch; `again`: also what was handled, since copies come twice."""
        self._pull()
        for queue in queues or QUEUES:
            mine = [each for each in self.seen.copies if each.queue == queue]
            self._hand_out_all(queue, [each for each in mine if again or not each.handled])

    def deliver_fresh(self, queue: str) -> None:
        """Hand out what was never handed out: nothing that another worker holds at this moment."""
        self._pull()
        copies = [each for each in self.waiting() if each.queue == queue and not each.deliveries]
        self._hand_out_all(queue, copies)

    def _hand_out_all(self, queue: str, copies: list[Copy]) -> None:
        batches = [[each] for each in copies] if queue == ONE_BY_ONE else [copies]
        for batch in filter(None, batches):
            self.hand_out(queue, batch)

    def hand_out(self, queue: str, copies: list[Copy]) -> None:
        """These copies in one batch; without an answer none of them is handled."""
        for each in copies:
            each.deliveries += not each.handled
        records = [
            {**each.record, "attributes": {"ApproximateReceiveCount": str(each.deliveries)}}
            for each in copies
        ]
        answer = self.invoke(QUEUES[queue], {"Records": records})
        if answer is not None:
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
            for each in copies:
                each.handled = each.handled or each.record["messageId"] not in failed
        self._pull()

    def tell(self) -> None:
        """The provider's events, as EventBridge puts them on the queue."""
        for mail in self.seen.accepted:
            if mail.provider_id not in self.seen.told:
                self.seen.told.add(mail.provider_id)
                self._put("SignedQueue", f"send-{mail.provider_id}", send_event(mail))

    def waiting(self) -> list[Copy]:
        """Copies that nobody has handled."""
        return [each for each in self.seen.copies if not each.handled]

    def _put(self, queue: str, message: str, body: str) -> None:
        self.seen.copies.append(Copy(queue, {"messageId": message, "body": body}))

    def _pull(self) -> None:
        """What has arrived in moto's queues, into ours; it stays invisible there for good."""
        for url in sorted(self._arrivals):
            queue = next(each.id for each in self.template.queues.values() if each.url == url)
            ask = {"QueueUrl": url, "MaxNumberOfMessages": AT_ONCE, "VisibilityTimeout": FOR_GOOD}
            found: list[Json] = []
            while len(found) % AT_ONCE == 0:
                messages = self.cloud.own("sqs").receive_message(**ask).get("Messages", [])
                if not messages:
                    break
                found += messages
            for message in found:
                self._put(queue, message["MessageId"], message["Body"])
        self._arrivals.clear()

    # Time.

    def tick(self) -> None:
        """The minute's schedule."""
        self.invoke("SweepFunction", {})

    def sweep(self) -> None:
        """Only the shards of documents, as a tick hands them on: the others are empty and cost a call each."""
        shards = sorted({shard_of(each["id"]) for each in self.cloud.customers()})
        bodies = (json.dumps({"shard": shard, "budget": 10}) for shard in shards)
        self.invoke("SweepFunction", {"Records": [{"messageId": "shard", "body": each} for each in bodies]})

    def expire(self) -> None:
        """What has lived out its time is gone, and so is every copy that a queue still had of it."""
        self.seen.forgotten += sum(len(each["views"]) for each in self.cloud.expire(self.seen.now))
        self.seen.copies = self.waiting()

    def rest(self, until: timedelta = LONGEST_REST) -> bool:
        """Let queues, clock and sweeps run until nothing is left to do; False when that never comes."""
        end = self.seen.now + until
        for _ in range(ROUNDS):
            self._pass_on()
            if any(each.deliveries < DELIVERIES for each in self.waiting()):
                self.seen.now += VISIBILITY
                continue
            wakes = [moment(at) for at in self.cloud.wakes()]
            if not wakes or min(wakes) > end:
                return True
            self.seen.now = max(self.seen.now + timedelta(minutes=1), min(wakes))
            self.sweep()
        return False

    def _pass_on(self) -> None:
        """Each copy once; what that causes, too."""
        self.deliver()
        if self.send_events:
            self.tell()
        if any(not each.deliveries for each in self.waiting()):
            self._pass_on()

    # What there is to see, and who looks.

    def customer(self) -> Customer:
        """The customer of the store; before there is one, whoever there is."""
        customers = self.cloud.customers()
        return next((each for each in customers if each["id"] == self.customer_id), customers[0])

    def _mail_arrived(self, operation: str, body: bytes) -> None:
        if operation != "sesv2.SendEmail":
            return
        tags = {each["Name"]: each["Value"] for each in json.loads(body)["EmailTags"]}
        for provider_id in self.cloud.mails_taken()[self._mails :]:
            self._mails += 1
            mail = Accepted(tags["message_id"], tags["customer_id"], provider_id, self.seen.now)
            self.seen.accepted.append(mail)

    def _message_queued(self, operation: str, body: bytes) -> None:
        if operation == "sqs.SendMessageBatch":
            self._arrivals.add(json.loads(body)["QueueUrl"])

    def _pointer_moved(self, operation: str, body: bytes) -> None:
        if operation == "dynamodb.UpdateItem" and b"SHOP#LIVE" in body:
            live = self.world.pointer.read()
            try:
                self.world.blobs.get(release_key(live.release if live else ""))
            except KeyError:
                self.seen.nowhere.append(live.release if live else "none")

    def _document_written(self, operation: str, _: bytes) -> None:
        if operation in ("dynamodb.PutItem", "dynamodb.TransactWriteItems"):
            self.seen.history += self.cloud.customers()
