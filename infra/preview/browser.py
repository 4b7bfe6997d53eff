"""Chromium without a window, driven over a pipe: shows a mail at a width, measures it, takes its picture."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from perennial.errors import PerennialError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ABSENT = (
    "There is no Chromium on this machine. Install one (on Debian: apt-get install chromium), "
    "or name yours: CHROMIUM=/path/to/chromium"
)
_SWITCHES = (
    "--headless",
    "--no-sandbox",  # the pages are our own mails, without scripts; as root Chromium runs in no other way
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
_ORIGIN = "https://mail.invalid/"
_TALL = 800  # pixels of a screen; the picture shows the whole page
_MEASURE = Path(__file__).with_name("measure.js")

Picture = tuple[str, bytes]  # media type, content
Pictures = Callable[[str], Picture | None]  # by address; None for one that cannot be loaded


class Look(NamedTuple):
    """How a mail is looked at."""

    width: int
    dark: bool = False

    def __str__(self) -> str:
        return f"{self.width}-{'dark' if self.dark else 'light'}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser shows: the picture (PNG) and what `measure.js` found wrong with it."""

    png: bytes
    faults: tuple[str, ...]


def find_chromium(environment: Mapping[str, str]) -> str:
    """The path of a Chromium; PerennialError that says how to get one."""
    for name in (environment.get("CHROMIUM", ""), *_NAMES):
        if name and (path := shutil.which(name)):
            return path
    raise PerennialError(_ABSENT)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A running Chromium with an empty profile of its own, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="perennial-", ignore_cleanup_errors=True) as profile:
        to_read, to_send = os.pipe(), os.pipe()
        # Chromium takes its orders on descriptor 3 and answers on 4; a shell is what can number them.
        wired = f'exec "$@" 3<&{to_send[0]} 4>&{to_read[1]}'
        process = subprocess.Popen(  # noqa: S603 - the browser that `find_chromium` found
            ["/bin/bash", "-c", wired, "bash", path, *_SWITCHES, f"--user-data-dir={profile}"],
            pass_fds=(to_send[0], to_read[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_send[0])
        os.close(to_read[1])
        with os.fdopen(to_read[0], "rb") as answers, os.fdopen(to_send[1], "wb", buffering=0) as orders:
            try:
                yield Browser(_Wire(answers, orders))
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait()


class _Wire:
    """The DevTools protocol over a pipe: JSON objects, each ended by a zero byte."""

    def __init__(self, answers: Any, orders: Any) -> None:
        self._answers, self._orders = answers, orders
        self._number, self._rest = 0, b""
        self.session = ""
        self.on: dict[str, Callable[[dict[str, Any]], None]] = {}

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command. Events that arrive meanwhile go to their handler in `on`."""
        number = self.send(method, **parameters)
        while True:
            said = self._next()
            if said.get("id") == number:
                if "error" in said:
                    raise PerennialError(f"Chromium refused {method}: {said['error']['message']}")
                return dict(said["result"])

    def send(self, method: str, **parameters: Any) -> int:
        """Order something without waiting for the answer; its number."""
        self._number += 1
        order = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            order["sessionId"] = self.session
        self._orders.write(json.dumps(order).encode() + b"\0")
        return self._number

    def wait(self, event: str) -> None:
        """Until the event has come."""
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            chunk = self._answers.read1(1 << 20)
            if not chunk:
                raise PerennialError("Chromium has ended. Try it by hand: chromium --headless --version")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(line)
        if handler := self.on.get(said.get("method", "")):
            handler(said["params"])
        return said


class Browser:
    """One page of a running Chromium. Nothing it shows reaches the network: pictures come from `pictures`."""

    def __init__(self, wire: _Wire) -> None:
        self._wire, self._html = wire, b""
        self._pictures: Pictures = _no_picture
        target = wire.call("Target.createTarget", url="about:blank")["targetId"]
        wire.session = wire.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        wire.on["Fetch.requestPaused"] = self._answer
        wire.call("Page.enable")
        wire.call("Fetch.enable")

    def look(self, html: str, look: Look, pictures: Pictures | None = None) -> Seen:
        """The mail as it is shown; without `pictures` as most people first see it, without any."""
        self._html, self._pictures = html.encode(), pictures or _no_picture
        scheme = {"name": "prefers-color-scheme", "value": "dark" if look.dark else "light"}
        self._wire.call("Emulation.setEmulatedMedia", features=[scheme])
        self._size(look.width, _TALL)
        self._wire.send("Page.navigate", url=_ORIGIN)
        self._wire.wait("Page.loadEventFired")
        found = self._run(_MEASURE.read_text(encoding="utf-8"))
        self._size(look.width, max(_TALL, found["height"]))
        shot = self._wire.call("Page.captureScreenshot", format="png")
        return Seen(base64.b64decode(shot["data"]), tuple(found["faults"]))

    def _size(self, width: int, height: int) -> None:
        self._wire.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def _run(self, script: str) -> dict[str, Any]:
        answer = self._wire.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise PerennialError(f"The measuring script failed: {answer['exceptionDetails']}")
        return dict(answer["result"]["value"])

    def _answer(self, paused: dict[str, Any]) -> None:
        url, request = paused["request"]["url"], paused["requestId"]
        if url == _ORIGIN:
            picture: Picture | None = ("text/html; charset=utf-8", self._html)
        else:
            picture = self._pictures(url)
        if picture is None:
            self._wire.send("Fetch.failRequest", requestId=request, errorReason="BlockedByClient")
            return
        self._wire.send(
            "Fetch.fulfillRequest",
            requestId=request,
            responseCode=200,
            responseHeaders=[{"name": "content-type", "value": picture[0]}],
            body=base64.b64encode(picture[1]).decode(),
        )


def _no_picture(_: str) -> Picture | None:
    return None
