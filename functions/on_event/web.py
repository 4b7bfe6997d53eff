"""Requests and answers of the HTTP API: API Gateway's payload format 2.0, and nothing of what they mean."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_JSON = {"content-type": "application/json"}

Answer = dict[str, Any]


class BadRequest(Exception):
    """An answer of 4xx or 5xx; `code` is for programs, the message for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are lower case; `body` holds the bytes as sent, which signatures are over.

    query: decoded. host: the name it was sent to, with a port on a desk.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


def request_of(event: Mapping[str, Any]) -> Request:
    """Of an API Gateway event; BadRequest when its body is not the base64 it claims to be."""
    context = event["requestContext"]
    stage = context.get("stage", "$default")
    path = event.get("rawPath") or context["http"]["path"]
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return Request(
        method=context["http"]["method"].upper(),
        path=path.removeprefix(f"/{stage}").rstrip("/"),
        headers=headers,
        body=_body(event.get("body") or "", encoded=bool(event.get("isBase64Encoded"))),
        query=event.get("queryStringParameters") or {},
        host=context.get("domainName", ""),
    )


def answer(
    status: int, content: Mapping[str, Any] | None, headers: Mapping[str, str] | None = None
) -> Answer:
    """JSON, or an empty body for None."""
    body = "" if content is None else json.dumps(content)
    return {"statusCode": status, "headers": {**(_JSON if body else {}), **(headers or {})}, "body": body}


def refusal(error: BadRequest, headers: Mapping[str, str] | None = None) -> Answer:
    """Clients of the Segment API need both keys: without them they take any error for one to retry."""
    return answer(error.status, {"code": error.code, "message": str(error)}, headers)


def _body(text: str, *, encoded: bool) -> bytes:
    if not encoded:
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(400, "bad_encoding", "The body is not valid base64.") from error
