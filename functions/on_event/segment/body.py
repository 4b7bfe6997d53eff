"""The body of one request: inflated, parsed and bounded, and the calls in it."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from on_event import strict_json
from on_event.segment.routes import BATCH
from on_event.web import BadRequest, Request
from perennial.errors import Unintelligible

LARGEST = 500 * 1024  # bytes of a body, before and after it is inflated
MOST_CALLS = 2_500

_GZIP = b"\x1f\x8b"


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object; BadRequest 400 when it is none, 413 when it is too large."""
    if not body:
        raise BadRequest(400, "no_body", "The request has no body.")
    try:
        found = strict_json.parse(_inflated(body) if body.startswith(_GZIP) else body)
    except Unintelligible as error:
        raise BadRequest(400, "bad_json", str(error)) from error
    if not isinstance(found, dict):
        raise BadRequest(400, "bad_json", "The body is not a JSON object.")
    return found


def check_size(body: bytes) -> None:
    """BadRequest 413 for more than a batch may hold."""
    if len(body) > LARGEST:
        raise BadRequest(413, "too_large", f"A body has at most {LARGEST} bytes; send smaller batches.")


def calls(body: dict[str, Any], kind: str) -> list[Any]:
    """Those of a batch, or the one that the address is for."""
    if kind != BATCH:
        return [{**body, "type": kind}]
    found = body.get("batch")
    if not isinstance(found, list):
        raise BadRequest(400, "no_batch", "The body needs a list named batch.")
    if len(found) > MOST_CALLS:
        raise BadRequest(400, "too_many", f"A batch has at most {MOST_CALLS} calls.")
    return found


def shared(body: dict[str, Any], request: Request) -> dict[str, Any]:
    """What stands beside a batch and holds for each call in it. RudderStack's browsers tell the time in a header too."""
    found: dict[str, Any] = {
        name: body[name] for name in ("sentAt", "context") if name in body and "batch" in body
    }
    if "sentAt" not in body and "sentat" in request.headers:
        found["sentAt"] = request.headers["sentat"]
    return found


def device(request: Request) -> str:
    """The anonymous id that RudderStack's clients put into a header, in base64; empty without one."""
    try:
        return base64.b64decode(request.headers.get("anonymousid", ""), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _inflated(body: bytes) -> bytes:
    """Gzip is known by its magic bytes: gateways inflate some bodies and still forward the header."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        found = inflater.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise BadRequest(400, "bad_gzip", "The body is not valid gzip.") from error
    check_size(found)
    if not inflater.eof or inflater.unused_data:
        raise BadRequest(400, "bad_gzip", "The gzip body is cut short, or something follows it.")
    return found
