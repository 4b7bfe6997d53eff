"""The preview behind a port of this machine: reads the folder anew whenever something in it was saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from infra.preview.page import PICTURES, VIEWS, gallery, template_page
from infra.preview.pictures import TYPE, drawn
from infra.preview.trying import Kitchen, fingerprint, kitchen
from perennial.errors import PerennialError

HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

People = Callable[[str, str], dict[str, Any]]  # customer, template -> sample; PerennialError for nobody


class Answer(NamedTuple):
    """What goes back."""

    status: int
    type: str
    body: bytes


class Preview:
    """Answers requests. people: makes a sample of a customer, None where there are no customers."""

    def __init__(self, folder: Path, people: People | None = None) -> None:
        self._folder, self._people = folder, people
        self._read: dict[str | None, tuple[int, Kitchen]] = {}
        self._turn = Lock()

    def answer(self, target: str) -> Answer:
        """GET of a path with its query."""
        url = urlsplit(target)
        path = unquote(url.path)
        if path == "/version":
            return Answer(200, TEXT, str(fingerprint(self._folder)).encode())
        if path.startswith(f"{PICTURES}/"):
            return Answer(200, TYPE, drawn(f"https://shop{path}"))
        try:
            with self._turn:
                page = self._page(path.strip("/"), parse_qs(url.query))
        except PerennialError as error:
            return Answer(422, TEXT, f"{error}\n".encode())
        return Answer(200, HTML, page.encode())

    def _page(self, name: str, query: Mapping[str, list[str]]) -> str:
        version = fingerprint(self._folder)
        if not name:
            return gallery(self._kitchen(None, version))
        its = self._kitchen(name.partition(".")[0], version)
        if name not in its.templates and not its.problems:
            raise PerennialError(f"There is no template {name} in {self._folder}/templates.")
        view = query.get("as", ["phone"])[-1]
        people = {each: self._sample_of(each, name) for each in query.get("customer", [])}
        return template_page(its, name, view if view in VIEWS else "phone", people, str(version))

    def _kitchen(self, name: str | None, version: int) -> Kitchen:
        known = self._read.get(name)
        if known is None or known[0] != version:
            self._read[name] = version, kitchen(self._folder, name)
        return self._read[name][1]

    def _sample_of(self, customer: str, template: str) -> dict[str, Any]:
        if self._people is None:
            raise PerennialError(
                "There are no customers here. Start the desk (perennial dev), or name a stack."
            )
        return self._people(customer, template)


class PreviewServer(ThreadingHTTPServer):
    """Serves one preview, to this machine only."""

    daemon_threads = True

    def __init__(self, preview: Preview, port: int) -> None:
        self.preview = preview
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:
        answer = self.server.preview.answer(self.path)
        self.send_response(answer.status)
        self.send_header("content-type", answer.type)
        self.send_header("content-length", str(len(answer.body)))
        self.send_header("cache-control", "no-store")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing: the page asks twice a second whether something was saved."""
