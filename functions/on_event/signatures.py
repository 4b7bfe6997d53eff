"""Signed webhooks: base64 of an HMAC-SHA256 over the raw bytes, under a secret that may be changing."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from on_event.envelope import Envelope
from on_event.web import BadRequest, Request

LARGEST = 5 * 1024 * 1024

# Characters of a secret among several: a shorter piece is a word of a sentence, and easily guessed.
SHORTEST = 8


def secrets_of(setting: str) -> tuple[bytes, ...]:
    """The secrets of a setting, none for an empty one: the old and the new one while they change.

    They stand on lines of their own, or are separated by spaces or commas. WooCommerce makes secrets with spaces and commas
    in them, so each line is also taken as it stands.
    """
    lines = [line.strip() for line in setting.splitlines() if line.strip()]
    pieces = [piece for line in lines for piece in _pieces(line)]
    return tuple(secret.encode() for secret in dict.fromkeys([*lines, *pieces]))


def is_signed(body: bytes, given: str, secrets: Iterable[bytes]) -> bool:
    """Whether any of the secrets made the signature `given`."""
    # Compared as bytes: compare_digest raises on text beyond ASCII, which anyone may send.
    signature = given.strip().encode("utf-8", "replace")
    matches = [hmac.compare_digest(_signature(secret, body), signature) for secret in secrets]
    return any(matches)


def check_size(request: Request) -> None:
    """BadRequest 413 for a body larger than any webhook's."""
    if len(request.body) > LARGEST:
        raise BadRequest(413, "too_large", f"A webhook has at most {LARGEST} bytes.")


def unsigned() -> BadRequest:
    """What a webhook is answered that our shop did not sign."""
    return BadRequest(401, "bad_signature", "The webhook is not signed with this shop's secret.")


def trusted(source: str, request: Request, names: Mapping[str, str], received_at: datetime) -> Envelope:
    """The envelope of a webhook whose signature was found right; BadRequest 400 without a body.

    names: our name of a header -> the sender's, for those that translation needs.
    """
    if not request.body:
        raise BadRequest(400, "no_body", "The webhook has no body.")
    given = {ours: request.headers.get(theirs, "")[:200] for ours, theirs in names.items()}
    headers = {name: value for name, value in given.items() if value}
    return Envelope(source=source, received_at=received_at, trusted=True, body=request.body, headers=headers)


def _pieces(line: str) -> list[str]:
    pieces = [piece for piece in re.split(r"[\s,]+", line) if piece]
    return pieces if all(len(piece) >= SHORTEST for piece in pieces) else []


def _signature(secret: bytes, body: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, body, "sha256"))
