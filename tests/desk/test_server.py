"""The desk over HTTP: its own routes beside those of the stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from socket import SHUT_WR, create_connection
from threading import Thread
from typing import Any

import pytest

from infra.desk.desk import Desk
from infra.desk.server import DeskServer, serve
from perennial.errors import PerennialError
from tests.desk import worker
from tests.desk.conftest import START

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def server(desk: Desk) -> Iterator[DeskServer]:
    """Listening on a free port."""
    server = DeskServer(desk, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ask(server: DeskServer) -> Ask:
    """`ask(method, path, body)` answers status and JSON."""

    def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, data if body is not None else None)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if "json" in response.headers[
            "content-type"
        ] else text.decode()

    return ask


def test_health_says_what_time_it_is(ask: Ask) -> None:
    """Once it answers, everything is up."""
    status, answer = ask("GET", "/_local/health")
    assert (status, datetime.fromisoformat(answer["now"])) == (200, START)


def test_clock_moves_by_spans_and_to_moments(ask: Ask) -> None:
    """And answers the new time."""
    _, by = ask("POST", "/_local/clock", {"advance": "36h"})
    _, to = ask("POST", "/_local/clock", {"to": "2026-12-24T18:00:00Z"})
    assert datetime.fromisoformat(by["now"]) == START + timedelta(hours=36)
    assert to["now"] == "2026-12-24T18:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance": "soon"},
        {"advance": 5},
        {"to": "2020-01-01T00:00:00Z"},
        {"to": "2027-01-01T00:00:00"},
        [],
        b"{",
    ],
)
def test_clock_refuses_what_it_cannot_do(ask: Ask, body: object) -> None:
    """400, with a message."""
    status, answer = ask("POST", "/_local/clock", body)
    assert status == 400 and answer["message"]


def test_stack_and_desk_answer_side_by_side(ask: Ask) -> None:
    """Requests of the stack are events; what was set in motion is done when the answer comes."""
    assert ask("GET", "/echo/x")[1]["rawPath"] == "/echo/x"
    assert ask("GET", "/nowhere") == (404, {"message": "Not Found"})
    assert ask("GET", "/_local/nowhere") == (404, {"message": "Not Found"})
    assert ask("POST", "/jobs", [{"do": "mail", "to": "ann@example.com"}])[0] == 202
    assert [each["to"] for each in ask("GET", "/_local/outbox")[1]] == ["ann@example.com"]
    assert "ann@example.com" in ask("GET", "/_local/outbox?format=html")[1]


def test_events_are_delivered_or_refused(ask: Ask) -> None:
    """An EventBridge event is taken; an S3 event is not, and the answer says so."""
    assert ask("POST", "/_local/events", {"source": "aws.ses", "detail": {}})[0] == 200
    assert len(worker.seen) == 1
    status, answer = ask("POST", "/_local/events", {"Records": [{"eventSource": "aws:s3"}]})
    assert status == 400 and "aws:s3" in answer["message"]


def test_dead_letters_and_reset(ask: Ask) -> None:
    """A reset leaves nothing behind, and the clock starts again."""
    ask("POST", "/jobs", [{"do": "fail"}])
    ask("POST", "/_local/clock", {"advance": "1h"})
    assert [each["queue"] for each in ask("GET", "/_local/dead-letters")[1]] == ["WorkDeadLetters"]
    assert datetime.fromisoformat(ask("POST", "/_local/reset")[1]["now"]) == START
    assert ask("GET", "/_local/dead-letters") == (200, [])
    assert ask("GET", "/_local/outbox") == (200, [])


def raw_answer(server: DeskServer, request: bytes) -> bytes:
    """What comes back for bytes as they are."""
    with create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_chunked_bodies_are_joined(server: DeskServer) -> None:
    """Clients that do not know a length beforehand are understood."""
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nA: 1\r\nA: 2\r\n\r\n"
    answer = raw_answer(server, head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
    event = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert event["body"] == "abcde" and event["headers"]["a"] == "1,2"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: ten", b"400"),
        (b"Content-Length: 99999999999", b"413"),
        (b"Transfer-Encoding: chunked", b"400"),
    ],
)
def test_absurd_lengths_are_refused(server: DeskServer, headers: bytes, status: bytes) -> None:
    """And the desk goes on."""
    answer = raw_answer(server, b"POST /echo HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n")
    assert answer.split(b" ")[1] == status


def test_each_cookie_has_a_header(server: DeskServer) -> None:
    """Cookies cannot be joined by commas."""
    answer = raw_answer(server, b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]")
    assert [line for line in answer.split(b"\r\n") if line.startswith(b"set-cookie")] == [
        b"set-cookie: a=1",
        b"set-cookie: b=2",
    ]


def test_a_port_that_is_taken_says_so(server: DeskServer) -> None:
    """With what to do about it, and without leaving a desk behind."""
    with pytest.raises(PerennialError, match="--port"):
        serve(server.server_port)


def test_reset_forgets_what_was_to_come_again(desk: Desk) -> None:
    """A failed message of before does not return."""
    desk.request("POST", "/jobs", {}, '[{"do": "fail"}]')
    desk.reset()
    desk.advance("1h")
    assert len(worker.seen) == 1


def test_an_error_of_the_desk_itself_is_answered(
    ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is not just dropped, and the desk goes on."""
    monkeypatch.setattr(desk, "outbox", lambda: 1 / 0)
    status, answer = ask("GET", "/_local/outbox")
    assert status == 500 and "ZeroDivisionError" in answer["message"]
    assert ask("GET", "/_local/health")[0] == 200
