"""The desk behind a port of this machine."""

from __future__ import annotations

import logging
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Timer
from time import monotonic

from infra.desk.desk import CONTENT, Desk
from infra.desk.gateway import LARGEST, Request, Response, as_json
from infra.desk.keys import Keys
from infra.desk.local import PREFIX, Local
from perennial.errors import PerennialError

HOST = "127.0.0.1"
log = logging.getLogger("perennial.desk")


def serve(port: int = 8787, content: Path = CONTENT) -> None:
    """Until it is interrupted. PerennialError when the port is taken or the content cannot go live."""
    keys = Keys.of(os.environ)
    with Desk(content=content, keys=keys, url=f"http://{HOST}:{port}") as desk:
        try:
            server = DeskServer(desk, port)
        except OSError as error:
            raise PerennialError(
                f"Port {port} is taken ({error.strerror}). Choose another with --port."
            ) from error
        print(f"The desk listens on http://{HOST}:{server.server_port}", flush=True)
        print(
            f"Keys: browser {keys.write}, server {keys.server}; webhook secrets: Shopify {keys.shopify_secret}, "
            f"WooCommerce {keys.woocommerce_secret}",
            flush=True,
        )
        print(f"Messages: http://{HOST}:{server.server_port}/_local/outbox?format=html", flush=True)
        with server:
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                print("The desk is closed.")


GATHERED_FOR = (
    1.0  # seconds in which events gather before they are handed out, like the event sources' batching window
)
LOOKS_EVERY = 1.0  # seconds between two looks at the content folder
GATHERED_AT_MOST = 50  # messages; moto's queues are slow when they are deep


class DeskServer(ThreadingHTTPServer):
    """Serves one desk, one request at a time; to no other machine.

    Whoever asks one of the desk's own routes sees everything that was sent before: what has gathered is handed out first.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk, self._local, self._turn = desk, Local(desk), Lock()
        self._gathered = 0
        self._looked_at = monotonic()
        super().__init__((HOST, port), _Handler)

    def answer(self, request: Request) -> Response:
        """Of the desk's own routes or of the stack."""
        with self._turn:
            try:
                return self._answer(request)
            except Exception as error:
                log.exception("The desk failed with a %s request", request.method)
                return as_json(500, {"message": f"The desk failed: {type(error).__name__}."})

    def _answer(self, request: Request) -> Response:
        self._notice_saves()
        if request.path.startswith(PREFIX):
            self._hand_out()
            return self._local(request)
        response = self.desk.request(
            request.method, request.target, request.headers, request.body, settle=False
        )
        self._gather()
        return response

    def _notice_saves(self) -> None:
        """Whoever edits the content while the desk runs sees it live with the next request."""
        if monotonic() - self._looked_at < LOOKS_EVERY:
            return
        self._looked_at = monotonic()
        for path in self.desk.notice_saves():
            print(f"Saved: {path}", flush=True)

    def server_close(self) -> None:
        """What has gathered is left: the desk behind it may be gone before the timer rings."""
        with self._turn:
            self._gathered = 0
        super().server_close()

    def _gather(self) -> None:
        self._gathered += 1
        if self._gathered >= GATHERED_AT_MOST:
            self._hand_out()
        elif self._gathered == 1:
            timer = Timer(GATHERED_FOR, self._hand_out_in_turn)
            timer.daemon = True
            timer.start()

    def _hand_out_in_turn(self) -> None:
        with self._turn:
            try:
                self._hand_out()
            except Exception:
                log.exception("The desk failed to hand out what had gathered")

    def _hand_out(self) -> None:
        if self._gathered:
            self._gathered = 0
            self.desk.settle()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer in two writes waits 40 ms for the other side
    server: DeskServer

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing: paths hold tokens and addresses."""

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        headers = _joined(self.headers.items())
        self._write(self.server.answer(Request(self.command, self.path, headers, body)))

    def _body(self) -> bytes | None:
        """None when it was refused here: its length must be known, and not absurd."""
        try:
            if "chunked" in self.headers.get("transfer-encoding", ""):
                return self._chunks()
            return self._exactly(int(self.headers.get("content-length", "0")))
        except ValueError:
            self.close_connection = True
            self.send_error(400)
        except OverflowError:
            self.close_connection = True
            self.send_error(413)
        return None

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self._exactly(size)
            self.rfile.readline()
            self._check(len(body))
        while self.rfile.readline().strip():
            pass
        return bytes(body)

    def _exactly(self, length: int) -> bytes:
        self._check(length)
        return self.rfile.read(length)

    def _check(self, length: int) -> None:
        if length < 0:
            raise ValueError("a negative length")
        if length > 2 * LARGEST:
            raise OverflowError("too long to be read at all")

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            for each in value.split("\n") if name == "set-cookie" else [value]:
                self.send_header(name, each)
        if response.status != 204:
            self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(response.body)


def _joined(items: list[tuple[str, str]]) -> dict[str, str]:
    """Names in lower case, repeated headers joined by commas, as API Gateway does."""
    headers: dict[str, str] = {}
    for name, value in items:
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers
