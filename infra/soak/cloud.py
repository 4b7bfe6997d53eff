"""The stack of the soak: the real functions over ports in memory, queues that behave as SQS does, and trouble in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from infra.soak.life import DOMAIN, SECRET, WRITE_KEY, Request
from infra.soak.queue import SoakQueue
from infra.soak.trouble import Died, Trouble
from on_event import pages, receive, record
from perennial.adapters.memory import MemoryWorld
from perennial.bootstrap import Handle
from perennial.live import LiveShop
from perennial.publishing import publish_files
from scheduler import sweep
from send import handler

BATCHES = (1, 5, 100)  # large ones are quick, small ones meet
_SETTINGS = {
    "IDENTITY_KEY": "identity-key-of-the-soak",
    "LINK_KEY": "link-key-of-the-soak",
    "PUBLIC_URL": "https://mail.soak.example",
    "SENDER_EMAIL": "hello@soak.example",
    "SEND_MODE": "live",
    "WRITE_KEY": WRITE_KEY,
    "SERVER_KEY": "server-key-of-the-soak",
    "SHOPIFY_SECRET": SECRET,
    "SHOPIFY_DOMAIN": DOMAIN,
    "SES_SHARE": "100",
}


class Context:
    """A Lambda context with a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        """A minute, whenever it is asked."""
        return 60_000


class SoakCloud:
    """now: the time of everything. A function that dies loses its process; its messages come back when they are visible."""

    def __init__(self, chance: Random, files: Mapping[str, bytes], start: datetime, share: float) -> None:
        self.now = start
        self.trouble = Trouble(chance, share)
        self.world = MemoryWorld(self.clock, _SETTINGS)
        self.world.account.allowance = self.world.account.allowance._replace(
            rate=200.0, left_today=10_000_000.0
        )
        self._chance = chance
        self.queues = {
            "signed": self._queue(360),
            "browser": self._queue(360),
            "send": self._queue(180),
            "shards": self._queue(360),
        }
        for name, queue in self.queues.items():
            setattr(self.world, f"{name}_queue", queue)
        publish_files(files, self.world.blobs, self.world.pointer, self.clock)
        self._handles: dict[str, Handle] = {}
        self._strike()

    def clock(self) -> datetime:
        """The time of the soak."""
        return self.now

    def _queue(self, visibility: int) -> SoakQueue:
        return SoakQueue(self._chance, timedelta(seconds=visibility), duplicates=0.02, clock=self.clock)

    def _strike(self) -> None:
        """Trouble at every port that writes, and at the providers."""
        world, trouble = self.world, self.trouble
        for port, name in (
            (world.documents, "save"),
            (world.documents, "claim"),
            (world.timeline, "add"),
            (self.queues["send"], "put"),
        ):
            trouble.around(port, name)
        for name in ("save", "claim"):
            trouble.race(world.documents, name)
        trouble.meanwhile = self._meanwhile
        world.mailer.on_arrival = trouble.at_the_provider
        world.mailer.on_answer = trouble.after_the_provider

    def _meanwhile(self) -> None:
        """Another worker, while one is in the middle of its work: it may die too."""
        self._chance.choice((self.sweep, self.record_signed, self.record_browser, self.send))()

    # What calls the functions.

    def request(self, request: Request) -> None:
        """The sender comes again until it is answered 200."""
        for _ in range(request.copies):
            answer = None
            while answer != 200:
                answer = self._call(
                    "receive", receive.build, _http("POST", request.path, request.headers, request.body)
                )

    def post(self, path: str) -> int | None:
        """A click on a page of ours; None when the process died."""
        event = _http("POST", path, {"content-type": "application/x-www-form-urlencoded"}, b"")
        event["pathParameters"] = {"token": path.rsplit("/", 1)[-1]}
        return self._call("pages", pages.build, event)

    def sweep(self) -> None:
        """The minute's tick, and the shards that were handed on."""
        self._guarded("sweep", sweep.build, {})
        self._drain("shards", "sweep", sweep.build, 1)

    def record_signed(self) -> None:
        """One batch of orders, consent and feedback."""
        self._drain("signed", "record", record.build, self._chance.choice(BATCHES))

    def record_browser(self) -> None:
        """One batch of visits."""
        self._drain("browser", "record browser", record.build, self._chance.choice(BATCHES))

    def send(self) -> None:
        """One batch of messages."""
        self._drain("send", "send", handler.build, 5)

    def settle(self) -> None:
        """Hand out the queues until nothing can be seen at this moment."""
        work = {
            "signed": self.record_signed,
            "browser": self.record_browser,
            "send": self.send,
            "shards": self.sweep,
        }
        while waiting := [name for name, queue in self.queues.items() if queue.is_visible()]:
            for name in waiting:
                work[name]()

    def _drain(self, queue: str, function: str, build: Callable[[Any], Handle], at_most: int) -> None:
        messages = self.queues[queue].take(at_most)
        if not messages:
            return
        answer = self._guarded(function, build, {"Records": messages})
        again = {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures", [])}
        self.queues[queue].give_back(
            [each for each in messages if answer is None or each["messageId"] in again]
        )

    def _guarded(self, name: str, build: Callable[[Any], Handle], event: dict[str, Any]) -> Any:
        """The answer; None when the function died or raised."""
        try:
            return self._handle(name, build)(event, Context())
        except Died:
            self._handles.pop(name, None)
        except Exception as error:  # noqa: BLE001 - as Lambda does: the messages come again
            self.trouble.happened[f"{name} raised {type(error).__name__}"] += 1
        return None

    def _call(self, name: str, build: Callable[[Any], Handle], event: dict[str, Any]) -> int | None:
        answer = self._guarded(name, build, event)
        return None if answer is None else int(answer["statusCode"])

    def _handle(self, name: str, build: Callable[[Any], Handle]) -> Handle:
        if name not in self._handles:
            self._handles[name] = build(self.world)
            if isinstance(self.world.shop, LiveShop):
                self.world.shop()
        return self._handles[name]


def _http(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": dict(headers),
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
            "stage": "$default",
            "domainName": "mail.soak.example",
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }
