"""What many events of one customer cost: documents are written for batches, not for events."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from threading import Thread
from typing import Any

import pytest

from infra.desk import server as desk_server
from infra.desk.desk import Desk
from infra.desk.server import GATHERED_FOR, DeskServer
from on_event import receive, record
from perennial.adapters.documents import DynamoDocuments
from perennial.adapters.memory_data import MemoryDocuments
from tests.making import NOON, shop
from tests.stage import Stage
from tests.unit.on_event.sending import call, track

IN_BROWSER = {
    "authorization": "Basic " + base64.b64encode(b"local:").decode(),
    "content-type": "application/json",
}


class Writes:
    """Counts the writes of documents: puts, and transactions that claim identities beside one."""

    def __init__(self, documents: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for name in ("save", "claim"):
            monkeypatch.setattr(documents, name, self._counted(getattr(documents, name)))

    def _counted(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            self.count += 1
            return write(*args)

        return counted


class Alarm:
    """A timer that rings when the test says so."""

    waiting: Callable[[], None] | None = None

    def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
        assert seconds == GATHERED_FOR
        self._ring = ring

    def start(self) -> None:
        Alarm.waiting = self._ring

    @classmethod
    def ring(cls) -> None:
        ring, cls.waiting = cls.waiting, None
        if ring:
            ring()


@pytest.fixture
def server(running_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskServer]:
    """The desk's, with a timer that the test rings."""
    running_desk.reset()
    monkeypatch.setattr(desk_server, "Timer", Alarm)
    server = DeskServer(running_desk, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def view(number: int) -> dict[str, Any]:
    return track("Product Viewed", {"product_id": str(number)}, userId="1", messageId=f"view-{number}")


def ask(server: DeskServer, number: int) -> int:
    """The status of one view."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.request("POST", "/v1/track", json.dumps(view(number)), IN_BROWSER)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("is_known", [False, True])
def test_a_hundred_views_in_one_batch_are_one_write(is_known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of somebody new, whose identities are claimed in the same write, and of somebody known."""
    stage = Stage(NOON, shop())
    asked, recorded = receive.build(stage.world), record.build(stage.world)

    def views(first: int, last: int) -> None:
        for number in range(first, last):
            assert asked(call("/v1/track", view(number), key="local"), None)["statusCode"] == 200
        bodies = enumerate(stage.world.browser_queue.take())
        batch = {"Records": [{"messageId": str(number), "body": body} for number, body in bodies]}
        assert recorded(batch, None) == {"batchItemFailures": []}

    if is_known:
        views(0, 1)
    writes = Writes(MemoryDocuments, monkeypatch)
    views(1, 101)
    assert writes.count == 1
    assert stage.timeline().count("product_viewed") == 100 + is_known


@pytest.mark.parametrize("seconds", [0.0, 2.5, 5.0])
def test_twenty_requests_within_five_seconds_are_at_most_eight_writes(
    seconds: float, server: DeskServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each a request of its own, evenly over this time; what gathers in a second is recorded together."""
    writes, rings_at = Writes(DynamoDocuments, monkeypatch), None
    for number in range(20):
        now = seconds * number / 19
        if rings_at is not None and now >= rings_at:
            Alarm.ring()
            rings_at = None
        assert ask(server, number) == 200
        rings_at = now + GATHERED_FOR if rings_at is None else rings_at
    Alarm.ring()
    found = server.desk.customer("1")
    assert found is not None and len(found["timeline"]) == 20
    assert 1 <= writes.count <= 8
