"""The routes that exist on the desk only: its clock, its customers, its outbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote

from infra.desk.clock import moment_of
from infra.desk.desk import Desk
from infra.desk.events import NotTaken
from infra.desk.gateway import Request, Response, as_json
from infra.desk.rights import erased, told_of
from infra.preview.people import ROUTE, sample_of
from infra.preview.posting import ROUTE as TEST_SENDS
from infra.preview.posting import taken_by_desk
from perennial.errors import PerennialError
from perennial.releasing import read_release

PREFIX = "/_local/"
_PEOPLE, _EXPORTS = "customers/", "export/"
_BELOW = (_PEOPLE, _EXPORTS, ROUTE)  # routes that end in whatever a customer is looked up by


class Local:
    """Answers `/_local/*`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "health"): lambda _: self._time(),
            ("POST", "clock"): self._clock,
            ("GET", "outbox"): self._outbox,
            ("POST", "events"): self._events,
            ("POST", TEST_SENDS): self._test_send,
            ("GET", "dead-letters"): lambda _: as_json(200, desk.dead_letters()),
            ("POST", "reset"): self._reset,
            ("GET", "release"): lambda _: self._release(),
            ("GET", "documents"): self._documents,
            ("GET", "products"): self._products,
            ("GET", _PEOPLE): self._customer,
            ("GET", ROUTE): self._sample,
            ("GET", _EXPORTS): self._export,
            ("POST", "erase"): self._erase,
        }

    def __call__(self, request: Request) -> Response:
        """400 with a message that says what to send instead, for what cannot be done."""
        name = request.path.removeprefix(PREFIX)
        key = (request.method, next((prefix for prefix in _BELOW if name.startswith(prefix)), name))
        if key not in self._routes:
            return as_json(404, {"message": "Not Found"})
        try:
            return self._routes[key](request)
        except (ValueError, NotTaken, PerennialError) as error:
            return as_json(400, {"message": str(error)})

    def _time(self) -> Response:
        return as_json(200, {"now": self._desk.now.isoformat()})

    def _clock(self, request: Request) -> Response:
        wish = _json_object(request)
        if isinstance(wish.get("advance"), str):
            self._desk.advance(wish["advance"])
        elif isinstance(wish.get("to"), str):
            self._desk.to(wish["to"])
        else:
            raise ValueError('Send {"advance": "36h"} or {"to": "2026-11-22T09:30:00Z"}.')
        return self._time()

    def _customer(self, request: Request) -> Response:
        identity = unquote(request.path.removeprefix(PREFIX + _PEOPLE))
        at = parse_qs(request.query).get("at")
        found = self._desk.customer(identity, moment_of(at[0]) if at else None)
        return as_json(200, found) if found else _nobody(identity)

    def _export(self, request: Request) -> Response:
        identity = unquote(request.path.removeprefix(PREFIX + _EXPORTS))
        found = told_of(self._desk.world, identity)
        return as_json(200, found) if found else _nobody(identity)

    def _erase(self, request: Request) -> Response:
        identity = str(_json_object(request).get("customer", ""))
        gone = erased(self._desk.world, identity)
        return as_json(200, {"erased": gone}) if gone else _nobody(identity)

    def _sample(self, request: Request) -> Response:
        """The customer as a sample of a template, for `perennial preview`."""
        identity = unquote(request.path.removeprefix(PREFIX + ROUTE))
        template = parse_qs(request.query).get("template", [""])[-1]
        found = sample_of(self._desk.world, identity, template)
        return (
            as_json(200, found) if found else as_json(404, {"message": f"There is no customer {identity}."})
        )

    def _test_send(self, request: Request) -> Response:
        """A test mail of `perennial preview --send-to`, into the outbox."""
        try:
            taken_by_desk(self._desk.world, _json_object(request))
        except (KeyError, TypeError) as error:
            raise ValueError(
                'Send {"to", "subject", "text", "html"}, as `perennial preview` does.'
            ) from error
        self._desk.settle()
        return self._time()

    def _release(self) -> Response:
        """For `perennial plan`: what is live, and what time it is."""
        world = self._desk.world
        release = read_release(world.blobs, world.pointer.read())
        return as_json(200, {"now": self._desk.now.isoformat(), "release": release})

    def _documents(self, request: Request) -> Response:
        """A page of all customers; `position` is where it begins, and in the answer where the next one does."""
        position = parse_qs(request.query).get("position")
        page = self._desk.world.scans.page(0, 1, position[0] if position else None)
        return as_json(200, {"customers": page.customers, "position": page.position})

    def _products(self, request: Request) -> Response:
        ids = parse_qs(request.query).get("ids", [""])[0].split(",")
        return as_json(200, self._desk.world.catalogue.load(ids))

    def _outbox(self, request: Request) -> Response:
        entries = self._desk.outbox()
        if parse_qs(request.query).get("format") == ["html"]:
            return Response(200, {"content-type": "text/html; charset=utf-8"}, page(entries).encode("utf-8"))
        return as_json(200, entries)

    def _events(self, request: Request) -> Response:
        self._desk.deliver(_json_object(request))
        return self._time()

    def _reset(self, _: Request) -> Response:
        self._desk.reset()
        return self._time()


def _nobody(identity: str) -> Response:
    return as_json(404, {"message": f"There is no customer {identity}."})


def _json_object(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError("The body is not a JSON object.")
    return value


def page(entries: list[dict[str, Any]]) -> str:
    """The outbox for eyes: each message as the customer sees it, newest first."""
    messages = "".join(map(_message, reversed(entries))) or "<p>Nothing was sent yet.</p>"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Outbox</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>body{font:16px/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}"
        "article{border-top:1px solid #ccc;padding:1rem 0}iframe{width:100%;height:30rem;border:1px solid #ccc}"
        "pre{white-space:pre-wrap}dt{font-weight:600}</style>"
        f"<h1>Outbox: {len(entries)} sent</h1>{messages}</html>"
    )


def _message(entry: dict[str, Any]) -> str:
    facts = ("sent_at", "channel", "to", "subject", "campaign", "step", "variant", "customer_id")
    rows = "".join(f"<dt>{name}</dt><dd>{escape(str(entry[name]))}</dd>" for name in facts if entry[name])
    # An empty sandbox attribute: what a mail contains runs no script and reaches no other page.
    html = (
        f'<iframe sandbox="" title="HTML part" srcdoc="{escape(entry["html"])}"></iframe>'
        if entry["html"]
        else ""
    )
    return f"<article><dl>{rows}</dl>{html}<pre>{escape(entry['text'] or '')}</pre></article>"
