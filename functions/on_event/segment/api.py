"""The door for clients of the Segment API: whose key is it, is the body sound, which calls are taken?"""

from __future__ import annotations

import base64
import binascii
import hmac
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from on_event import strict_json
from on_event.envelope import Envelope
from on_event.segment.calls import IDENTIFY, TRACK, Fault
from on_event.segment.calls import fault as fault_of
from on_event.web import BadRequest, Request
from perennial.errors import Unintelligible

LARGEST = 500 * 1024  # bytes of a body, before and after it is inflated
LARGEST_CALL = 32 * 1024
MOST_CALLS = 2_500

BATCH = "batch"
# Path -> what its body is: a batch, or one call of this type.
PATHS: Mapping[str, str] = {
    "/v1/batch": BATCH,
    "/v1/track": TRACK,
    "/v1/identify": IDENTIFY,
}
# Among the allowed headers are those of RudderStack's browser client: without them the preflight stops its
# every call.
CORS: Mapping[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers": (
        "Authorization, Content-Type, Content-Encoding, AnonymousId, SentAt, X-Retry-Count, "
        "Rsa-Retry-Attempt, Rsa-Since-Last-Attempt, Rsa-Since-First-Attempt, Rsa-Retry-Reason"
    ),
    "access-control-max-age": "86400",
}
_GZIP = b"\x1f\x8b"
_TOO_LARGE_CALL = Fault("too_large", f"A call has at most {LARGEST_CALL} bytes.")


class Admitted(NamedTuple):
    """`envelope` holds the accepted calls, None without any. `rejected`: position in the batch -> why."""

    envelope: Envelope | None
    accepted: int
    rejected: dict[int, Fault]


@dataclass(frozen=True, slots=True)
class SegmentDoor:
    """The two write keys; an empty one lets nobody in."""

    browser_key: bytes
    server_key: bytes

    def admit(self, request: Request, received_at: datetime) -> Admitted:
        """The calls of one request; BadRequest 401 for a wrong key, 400 or 413 for a body not to be taken."""
        _check_size(request.body)
        in_header = _key_in_header(request)
        if in_header is not None:
            self._trusts(in_header)  # before anything is inflated or parsed for a stranger
        body = _parsed(request.body)
        trusted = self._trusts(body.get("writeKey") if in_header is None else in_header)
        calls = _calls(body, PATHS[request.path])
        return _admitted(body, calls, trusted=trusted, received_at=received_at)

    def _trusts(self, key: Any) -> bool:
        """Whether it is the server's key; BadRequest 401 if neither. One key for both is the public one."""
        given = key.encode("utf-8", "replace") if isinstance(key, str) else b""
        if given and hmac.compare_digest(given, self.browser_key):
            return False
        if given and hmac.compare_digest(given, self.server_key):
            return True
        raise BadRequest(401, "bad_write_key", "The write key is not one of this shop's.")


def _key_in_header(request: Request) -> str | None:
    """Of `Basic base64(key:)`; some clients leave out the colon."""
    scheme, _, encoded = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def _parsed(body: bytes) -> dict[str, Any]:
    if not body:
        raise BadRequest(400, "no_body", "The request has no body.")
    try:
        parsed = strict_json.parse(_inflated(body) if body.startswith(_GZIP) else body)
    except Unintelligible as error:
        raise BadRequest(400, "bad_json", str(error)) from error
    if not isinstance(parsed, dict):
        raise BadRequest(400, "bad_json", "The body is not a JSON object.")
    return parsed


def _inflated(body: bytes) -> bytes:
    """Gzip is known by its magic bytes: gateways inflate some bodies and still forward the header."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        found = inflater.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise BadRequest(400, "bad_gzip", "The body is not valid gzip.") from error
    _check_size(found)
    if not inflater.eof or inflater.unused_data:
        raise BadRequest(400, "bad_gzip", "The gzip body is cut short, or something follows it.")
    return found


def _check_size(body: bytes) -> None:
    if len(body) > LARGEST:
        raise BadRequest(413, "too_large", f"A body has at most {LARGEST} bytes; send smaller batches.")


def _calls(body: dict[str, Any], kind: str) -> list[Any]:
    if kind != BATCH:
        return [{**body, "type": kind}]
    calls = body.get("batch")
    if not isinstance(calls, list):
        raise BadRequest(400, "no_batch", "The body needs a list named batch.")
    if len(calls) > MOST_CALLS:
        raise BadRequest(400, "too_many", f"A batch has at most {MOST_CALLS} calls.")
    return calls


def _admitted(body: dict[str, Any], calls: list[Any], *, trusted: bool, received_at: datetime) -> Admitted:
    accepted: list[bytes] = []
    rejected: dict[int, Fault] = {}
    for index, call in enumerate(calls):
        raw = strict_json.dump(_without_key(call))
        fault = _TOO_LARGE_CALL if len(raw) > LARGEST_CALL else fault_of(call)
        if fault:
            rejected[index] = fault
        else:
            accepted.append(raw)
    content = _batch(body, accepted)
    envelope = (
        Envelope(source="segment", received_at=received_at, trusted=trusted, body=content)
        if accepted
        else None
    )
    return Admitted(envelope, len(accepted), rejected)


def _without_key(call: Any) -> Any:
    """The key is a secret when it is the server's: it goes neither to a queue nor to the dead letters."""
    return (
        {name: value for name, value in call.items() if name != "writeKey"}
        if isinstance(call, dict)
        else call
    )


def _batch(body: dict[str, Any], accepted: list[bytes]) -> bytes:
    shared = {name: body[name] for name in ("sentAt", "context") if name in body and "batch" in body}
    opening = strict_json.dump(shared)[:-1] + (b"," if shared else b"")
    return opening + b'"batch":[' + b",".join(accepted) + b"]}"
