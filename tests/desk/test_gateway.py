"""Requests become API Gateway v2 events, answers become responses."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from infra.desk.desk import Desk
from infra.desk.gateway import LARGEST
from tests.desk.conftest import START


def event_of(
    desk: Desk, method: str, target: str, headers: dict[str, str], body: bytes = b""
) -> dict[str, Any]:
    """The event the echoing function got."""
    response = desk.request(method, target, headers, body)
    assert response.status == 200
    event: dict[str, Any] = json.loads(response.body)
    return event


def test_event_has_the_shape_of_the_cloud(desk: Desk) -> None:
    """Header names in lower case, path and query apart, method, domain and time in the request context."""
    event = event_of(
        desk, "POST", "/echo?a=1&a=2&b=", {"Content-Type": "text/x", "Host": "shop.example"}, "é".encode()
    )
    context = event["requestContext"]
    assert (
        event["version"] == "2.0" and event["rawPath"] == "/echo" and event["rawQueryString"] == "a=1&a=2&b="
    )
    assert event["headers"]["content-type"] == "text/x"
    assert event["queryStringParameters"] == {"a": "1,2", "b": ""}
    assert (event["body"], event["isBase64Encoded"]) == ("é", False)
    assert context["http"]["method"] == "POST" and context["http"]["path"] == "/echo"
    assert context["domainName"] == "shop.example" and context["timeEpoch"] == START.timestamp() * 1000 + 1


def test_body_that_is_no_text_travels_as_base64(desk: Desk) -> None:
    """Bytes that are not UTF-8, and whatever is gzipped."""
    raw = event_of(desk, "POST", "/echo", {}, b"\xff\x00")
    packed = event_of(desk, "POST", "/echo", {"Content-Encoding": "gzip"}, gzip.compress(b"x", mtime=0))
    assert raw["isBase64Encoded"] and base64.b64decode(raw["body"]) == b"\xff\x00"
    assert packed["isBase64Encoded"] and gzip.decompress(base64.b64decode(packed["body"])) == b"x"


def test_large_body_passes_and_a_larger_one_is_refused(desk: Desk) -> None:
    """API Gateway's limit, and nothing smaller."""
    assert len(event_of(desk, "POST", "/echo", {}, b"x" * LARGEST)["body"]) == LARGEST
    assert desk.request("POST", "/echo", {}, b"x" * (LARGEST + 1)).status == 413


def test_routes_with_parameters(desk: Desk) -> None:
    """The value is decoded; a route without parameters is preferred; nothing reaches over a slash."""
    event = event_of(desk, "GET", "/echo/a%20b.c", {})
    assert event["pathParameters"] == {"name": "a b.c"} and event["routeKey"] == "GET /echo/{name}"
    assert "pathParameters" not in event_of(desk, "GET", "/echo/fixed", {})
    assert desk.request("GET", "/echo/a/b").status == 404


def test_unknown_route_or_method_is_not_found(desk: Desk) -> None:
    """As API Gateway answers: 404 for both."""
    for method, path in (("GET", "/nowhere"), ("DELETE", "/echo"), ("POST", "/echo.")):
        response = desk.request(method, path)
        assert (response.status, json.loads(response.body)) == (404, {"message": "Not Found"})


def test_answer_keeps_status_headers_and_cookies(desk: Desk) -> None:
    """What the function says is what goes out."""
    response = desk.request("POST", "/jobs", {}, "[]")
    assert response.status == 202 and response.headers["x-made"] == "yes"
    assert response.headers["set-cookie"] == "a=1\nb=2"


def test_function_that_raises_answers_500(desk: Desk) -> None:
    """The desk goes on."""
    response = desk.request("POST", "/broken")
    assert (response.status, json.loads(response.body)) == (500, {"message": "Internal Server Error"})
    assert desk.request("GET", "/echo/x").status == 200


def test_later_requests_are_later(desk: Desk) -> None:
    """Two requests never happen at the same moment, though the clock stands still."""
    times = [event_of(desk, "GET", "/echo/x", {})["requestContext"]["timeEpoch"] for _ in range(3)]
    assert times == sorted(set(times))
