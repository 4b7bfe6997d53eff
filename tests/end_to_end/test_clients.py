"""The official clients of Segment and RudderStack, unchanged, against the desk: each tells of one customer's visit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra.desk.desk import Desk
from infra.desk.gateway import Request, Response, as_json
from infra.desk.keys import Keys
from infra.desk.server import DeskServer
from tests.end_to_end.npm import installed

CLIENTS = Path(__file__).with_name("clients")
STORY = {"identified": 1, "product_viewed": 3, "product_added": 1, "order_completed": 1}
PYTHON = ("segment_python.py", "rudder_python.py")
NPM = ("segment_node.mjs", "rudder_node.mjs", "segment_browser.mjs", "rudder_browser.mjs")
PATIENCE = 60  # seconds


class UnreliableServer(DeskServer):
    """Does what each call asks. troubles: answers given instead of its own, the next first."""

    troubles: list[Response]

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        if request.method == "POST" and self.troubles:
            allowed = {
                name: text for name, text in response.headers.items() if name.startswith("access-control")
            }
            trouble = self.troubles.pop(0)
            return trouble._replace(headers=trouble.headers | allowed)
        return response


LOST = as_json(503, {"code": "not_kept", "message": "Please send it again."})
THROTTLED = as_json(429, {"code": "too_many_requests", "message": "Please send it again."})
THROTTLED.headers["retry-after"] = "1"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """With the real template and functions."""
    with Desk() as desk:
        yield desk
        assert desk.permissions.missing == []  # what roles do not allow


@pytest.fixture
def server(desk: Desk) -> Iterator[UnreliableServer]:
    """Listening on a free port, with nobody known."""
    desk.reset()
    server = UnreliableServer(desk, 0)
    server.troubles = []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(client: str, server: DeskServer, key: str) -> None:
    """The client's whole life; fails with what it says of an error."""
    runner = [sys.executable] if client.endswith(".py") else ["node"]
    command = [*runner, client, f"http://127.0.0.1:{server.server_port}", key, "customer-7"]
    with (CLIENTS / "story.json").open() as story:
        done = subprocess.run(
            command, stdin=story, cwd=CLIENTS, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr


def ask(server: DeskServer, name: str) -> Any:
    """Of one of the desk's own routes, which first does what the calls have set in motion."""
    return json.loads(server.answer(Request("GET", f"/_local/{name}", {}, b"")).body)


def check(client: str, server: UnreliableServer, troubles: list[Response]) -> None:
    """Everything arrives once, whatever became of the answers, and nothing is set aside."""
    server.troubles = list(troubles)
    key = Keys().write if "browser" in client else Keys().server
    run(client, server, key)
    assert server.troubles == [], "the client met all of them"
    timeline = ask(server, "customers/customer-7")["timeline"]
    assert Counter(each["name"] for each in timeline) == STORY
    assert ask(server, "dead-letters") == []


@pytest.mark.parametrize("troubles", [[], [LOST, THROTTLED]], ids=["well", "lost answers"])
@pytest.mark.parametrize("client", PYTHON)
def test_python_clients(client: str, server: UnreliableServer, troubles: list[Response]) -> None:
    """segment-analytics-python and rudder-sdk-python deliver without an error, also when answers are lost."""
    check(client, server, troubles)


@pytest.mark.npm
@pytest.mark.parametrize("troubles", [[], [LOST, THROTTLED]], ids=["well", "lost answers"])
@pytest.mark.parametrize("client", NPM)
def test_npm_clients(client: str, server: UnreliableServer, troubles: list[Response]) -> None:
    """Those for Node, and those for browsers in jsdom, deliver without an error, also when answers are lost."""
    installed(CLIENTS)
    check(client, server, troubles)


@pytest.mark.npm
def test_a_browser_is_known_by_both_its_ids(server: UnreliableServer) -> None:
    """The device of the visit and the id of the sign-in lead to one customer."""
    installed(CLIENTS)
    run("segment_browser.mjs", server, Keys().write)
    found = ask(server, "customers/customer-7")
    (device,) = found["document"]["identities"]["anonymous"]
    assert ask(server, f"customers/{device}") == found
