"""API Gateway's part: a request becomes a version 2 event, the function's answer becomes a response."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from infra.desk.intrinsics import ACCOUNT
from infra.desk.stack import Function, Route
from perennial.times import Clock

log = logging.getLogger("perennial.desk")
LARGEST = 10 * 1024 * 1024  # bytes of a request's body; beyond it API Gateway itself refuses


class Request(NamedTuple):
    """`target`: path and query as they stand in the request line. Header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """As sent, without the question mark."""
        return self.target.partition("?")[2]


class Response(NamedTuple):
    """What goes back over the wire. Several cookies stand in one `set-cookie`, a line each."""

    status: int
    headers: dict[str, str]
    body: bytes


class Match(NamedTuple):
    """The function a request goes to, and the values of the route's parameters."""

    function: Function
    route: Route
    parameters: dict[str, str]


class Gateway:
    """The function of a request's route answers it.

    domain: the host of requests that name none. invoke: runs a function on an event; whatever it raises is a 500.
    """

    def __init__(
        self,
        functions: Iterable[Function],
        domain: str,
        clock: Clock,
        invoke: Callable[[Function, dict[str, Any]], Any],
    ) -> None:
        self._functions, self._domain, self._clock, self._invoke = functions, domain, clock, invoke
        self._requests = 0

    def respond(self, request: Request) -> Response:
        """404 without a route; 413 as API Gateway itself refuses what is too large."""
        match = find(self._functions, request.method, request.path)
        if match is None:
            return as_json(404, {"message": "Not Found"})
        if len(request.body) > LARGEST:
            return as_json(413, {"message": "Request Entity Too Large"})
        self._requests += 1
        event = to_event(request, match, self._clock(), self._domain, self._requests)
        try:
            return to_response(self._invoke(match.function, event))
        except Exception:
            log.exception("%s failed with %s", match.function.id, match.route.path)
            return as_json(500, {"message": "Internal Server Error"})


def find(functions: Iterable[Function], method: str, path: str) -> Match | None:
    """The route of this method and path; one without parameters wins over one with them."""
    found: list[Match] = []
    for function in functions:
        for route in function.routes:
            values = _values(route.path, path) if route.method in (method, "ANY") else None
            if values is not None:
                found.append(Match(function, route, values))
    return min(found, key=lambda each: len(each.parameters), default=None)


def _values(pattern: str, path: str) -> dict[str, str] | None:
    parts = re.split(r"\{(\w+)\}", pattern)
    fixed, names = parts[::2], parts[1::2]
    match = re.fullmatch("([^/]+)".join(map(re.escape, fixed)), path)
    return dict(zip(names, map(unquote, match.groups()), strict=True)) if match else None


def to_event(request: Request, match: Match, now: datetime, domain: str, number: int) -> dict[str, Any]:
    """Payload format 2.0, as the function would get it."""
    body, encoded = _body(request)
    route_key = f"{match.route.method} {match.route.path}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
        "headers": dict(request.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "desk",
            "domainName": request.headers.get("host", domain),
            "domainPrefix": "desk",
            "http": {
                "method": request.method,
                "path": unquote(request.path),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": f"desk-{number}",
            "routeKey": route_key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    return event | _optional(request, match, body)


def _optional(request: Request, match: Match, body: str) -> dict[str, Any]:
    """Keys that API Gateway leaves out when they would be empty."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    cookies = [each.strip() for each in request.headers.get("cookie", "").split(";") if each.strip()]
    given = {
        "body": body,
        "pathParameters": match.parameters,
        "queryStringParameters": query,
        "cookies": cookies,
    }
    return {name: value for name, value in given.items() if value}


def _body(request: Request) -> tuple[str, bool]:
    if "gzip" not in request.headers.get("content-encoding", ""):
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def to_response(answer: Any) -> Response:
    """An answer without a status code is, as in the cloud, the body of a 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return as_json(200, answer)
    headers = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    if answer.get("cookies"):
        headers["set-cookie"] = "\n".join(answer["cookies"])
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode("utf-8")
    return Response(int(answer["statusCode"]), {"content-type": "text/plain; charset=utf-8"} | headers, body)


def as_json(status: int, value: Any) -> Response:
    """A JSON response."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Response(status, {"content-type": "application/json; charset=utf-8"}, text.encode("utf-8"))
