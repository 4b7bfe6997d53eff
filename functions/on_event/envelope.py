"""What arrived, as it stands on the queue between `receive` and `record`: raw, and how far it is trusted."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from on_event import reading
from perennial.errors import Unintelligible
from perennial.ports.live import Blobs
from perennial.times import moment, stamp

_GZIP = 31  # what zlib calls that format: one member, as `seal` writes it
LARGEST_ON_QUEUE = 700_000  # characters; a queue takes 1 MiB with everything


@dataclass(frozen=True, slots=True)
class Envelope:
    """One body as it came. `source` names the translator.

    trusted: signed by the store, or made with the server key. headers: what translation needs, by our names.
    """

    source: str
    received_at: datetime
    trusted: bool
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class HasBlobs(Protocol):
    """A world, of which only the blobs may be asked for, and only for a large body."""

    @property
    def blobs(self) -> Blobs: ...


def seal(envelope: Envelope, world: HasBlobs) -> str:
    """The envelope as queue text. A body too large for it is put under `raw/`, and the text points there."""
    packed = gzip.compress(envelope.body, compresslevel=6, mtime=0)
    text = _text(envelope, body=base64.b64encode(packed).decode())
    if len(text) <= LARGEST_ON_QUEUE:
        return text
    # Named by its content: a sender's retry overwrites the same object.
    key = f"raw/{envelope.received_at:%Y-%m-%d}/{sha256(envelope.body).hexdigest()}.gz"
    world.blobs.put(key, packed)
    return _text(envelope, body_at=key)


def open_envelope(text: str, blobs: Blobs) -> Envelope:
    """The envelope of a queue text: sealed by us, or put there by EventBridge or SNS (mail feedback, a customer's SMS).

    Unintelligible when it is none of these, or its body is no longer kept.
    """
    try:
        message = json.loads(text)
        if not isinstance(message, dict):
            raise Unintelligible("The queue message is not a JSON object.")
        if message.get("source") == "aws.ses":
            return _feedback(message["detail"], message["time"])
        if message.get("Type") == "Notification":
            return _feedback(json.loads(message["Message"]), message["Timestamp"], message.get("MessageId"))
        return _sealed(message, blobs)
    except (KeyError, TypeError, ValueError, RecursionError, OSError, EOFError, zlib.error) as error:
        raise Unintelligible(f"The queue message is no envelope ({type(error).__name__}).") from error


def _text(envelope: Envelope, **where: str) -> str:
    return json.dumps(
        {
            "source": envelope.source,
            "received_at": stamp(envelope.received_at),
            "trusted": envelope.trusted,
            "headers": dict(envelope.headers),
            **where,
        }
    )


def _sealed(message: Mapping[str, Any], blobs: Blobs) -> Envelope:
    packed = (
        _kept(message["body_at"], blobs)
        if "body_at" in message
        else base64.b64decode(message["body"], validate=True)
    )
    return Envelope(
        source=message["source"],
        received_at=moment(message["received_at"]),
        trusted=message["trusted"] is True,
        body=zlib.decompress(packed, _GZIP),
        headers=dict(message["headers"]),
    )


def _kept(key: str, blobs: Blobs) -> bytes:
    try:
        return blobs.get(key)
    except KeyError as error:
        raise Unintelligible("The raw body is no longer kept.") from error


def _feedback(detail: Any, at: Any, notification: Any = None) -> Envelope:
    """Whoever may put a message on the queue was let in by IAM, so it needs no further signature."""
    received_at = reading.time(at)
    if received_at is None or not isinstance(detail, dict):
        raise ValueError("no SES event")
    source = "sms" if "originationNumber" in detail else "ses"
    headers = {"notification": notification} if isinstance(notification, str) else {}
    return Envelope(source, received_at, trusted=True, body=json.dumps(detail).encode(), headers=headers)
