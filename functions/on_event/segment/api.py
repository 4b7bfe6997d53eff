"""The door for clients of the Segment API: whose key is it, is the body sound, which calls are taken?"""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from on_event import strict_json
from on_event.envelope import Envelope
from on_event.segment import body, bounds, calls, configuration, routes
from on_event.segment.calls import Fault
from on_event.web import BadRequest, Request

_OTHER_KEY = Fault("bad_write_key", "This call has another write key than the first of its batch.")
_log = logging.getLogger(__name__)


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
        body.check_size(request.body)
        outside = _key_outside(request)
        if outside is not None:
            self._trusts(outside)  # before anything is inflated or parsed for a stranger
        content = body.parsed(request.body)
        found = body.calls(content, routes.CALLS[request.path])
        key = _key_inside(content, found) if outside is None else outside
        trusted = self._trusts(key)
        # Where the first call speaks for its batch, a call of another key must not be lifted to what that one may do.
        each_key = key if outside is None and "writeKey" not in content else None
        accepted, rejected = _judged(found, body.device(request), each_key)
        if not accepted:
            return Admitted(None, 0, rejected)
        whole = _batch(body.shared(content, request), accepted)
        envelope = Envelope(source="segment", received_at=received_at, trusted=trusted, body=whole)
        return Admitted(envelope, len(accepted), rejected)

    def configuration(self, request: Request) -> dict[str, Any]:
        """What a browser client reads at its start; BadRequest 401 unless it asks with the browser's key."""
        of_project = routes.project_of(request.path)
        key = of_project or _key_outside(request) or ""
        if not _equal(key, self.browser_key):
            raise BadRequest(
                401, "bad_write_key", "Browsers use this shop's public write key, and this is not it."
            )
        return configuration.settings(key, request.host) if of_project else configuration.source_config(key)

    def _trusts(self, key: Any) -> bool:
        """Whether it is the server's key; BadRequest 401 if neither. One key for both is the public one."""
        if _equal(key, self.browser_key):
            return False
        if _equal(key, self.server_key):
            return True
        raise BadRequest(401, "bad_write_key", "The write key is not one of this shop's.")


def _equal(given: Any, key: bytes) -> bool:
    raw = given.encode("utf-8", "replace") if isinstance(given, str) else b""
    return bool(raw) and hmac.compare_digest(raw, key)


def _key_outside(request: Request) -> str | None:
    """Of `Basic base64(key:)`, where some clients leave out the colon, or of the query, for beacons have no headers."""
    scheme, _, encoded = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            return ""
    key = request.query.get("writeKey")
    if key is not None and request.method == "POST":
        _log.warning("write key in an address, where gateways log it", extra={"path": request.path})
    return key


def _key_inside(content: dict[str, Any], found: list[Any]) -> Any:
    """Beside the batch or in the call itself; analytics.js may write it into each call."""
    if "writeKey" in content or not found or not isinstance(found[0], dict):
        return content.get("writeKey")
    return found[0].get("writeKey")


def _judged(found: list[Any], device: str, each_key: Any) -> tuple[list[bytes], dict[int, Fault]]:
    """The calls to be taken, as JSON, and why others are not."""
    accepted: list[bytes] = []
    rejected: dict[int, Fault] = {}
    for index, given in enumerate(found):
        call, key = _without_key(given)
        if device and call and not (call.get("userId") or call.get("anonymousId")):
            call["anonymousId"] = device
        raw = strict_json.dump(given if call is None else call)
        fault = bounds.fault(call, raw) or calls.fault(call)
        if each_key is not None and key not in (None, each_key):
            fault = _OTHER_KEY
        if fault:
            rejected[index] = fault
        else:
            accepted.append(raw)
    return accepted, rejected


def _without_key(call: Any) -> tuple[dict[str, Any] | None, Any]:
    """The key is a secret when it is the server's: it goes neither to a queue nor to the dead letters."""
    if not isinstance(call, dict):
        return None, None
    return {name: value for name, value in call.items() if name != "writeKey"}, call.get("writeKey")


def _batch(shared: dict[str, Any], accepted: list[bytes]) -> bytes:
    opening = strict_json.dump(shared)[:-1] + (b"," if shared else b"")
    return opening + b'"batch":[' + b",".join(accepted) + b"]}"
