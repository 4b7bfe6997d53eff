"""Signed tokens in links: they name what the link may do, cannot be made by others, and never expire.

    1.email.c2rq7v5k4mzj3x6w2dpa.qO5TzkE1x2Y.5kd2...     version.channel.customer.message.signature

The version names the key. A law may ask that a link works for years, so a key that was replaced stays good for reading:
the setting then holds both, newest first: "2:new-secret 1:old-secret".
"""

from __future__ import annotations

import base64
import hmac
import re
from enum import StrEnum
from typing import NamedTuple

from perennial.errors import SettingMissing

_LONGEST = 300
_SIGNATURE_BYTES = 15
_KEY = re.compile(r"(\d{1,4}):(\S+)")
_PART = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Purpose(StrEnum):
    """What a link is for, and where it leads: signed too, so that no link can be bent into doing another's work."""

    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    VIEW = "view"
    FEEDBACK = "feedback"


class Claims(NamedTuple):
    """What a link says: this customer, this channel, out of this message."""

    customer_id: str
    channel: str
    message_id: str


class Tokens:
    """Makes and reads tokens. secret: one secret, or "VERSION:SECRET VERSION:SECRET" with the newest first."""

    def __init__(self, secret: str) -> None:
        self._keys = _keys(secret)
        self._newest = next(iter(self._keys))

    def unsubscribe(self, customer_id: str, channel: str, message_id: str) -> str:
        """The token of a link that unsubscribes."""
        return self.sign(Purpose.UNSUBSCRIBE, customer_id, channel, message_id)

    def confirm(self, customer_id: str, channel: str, message_id: str) -> str:
        """The token of a link that grants consent."""
        return self.sign(Purpose.CONFIRM, customer_id, channel, message_id)

    def sign(self, purpose: Purpose, customer_id: str, channel: str, message_id: str) -> str:
        """A token of about 70 characters, safe in a path; ValueError when a part has other characters than `A-Za-z0-9_-`."""
        parts = (customer_id, channel, message_id)
        if not all(map(_PART.fullmatch, parts)):
            raise ValueError("a token carries ids of letters, digits, '-' and '_' only")
        claims = f"{self._newest}.{channel}.{customer_id}.{message_id}"
        return f"{claims}.{self._signature(purpose, self._newest, claims)}"

    def read(self, token: str) -> Claims | None:
        """What the token of an unsubscribe link claims; None when we did not make it."""
        return self.open(Purpose.UNSUBSCRIBE, token)

    def read_confirm(self, token: str) -> Claims | None:
        """What the token of a confirm link claims; None for any other, such as one that unsubscribes."""
        return self.open(Purpose.CONFIRM, token)

    def open(self, purpose: Purpose, token: str) -> Claims | None:
        """What the token of a link of this purpose claims; None for any other, and when we did not make it."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        claims, _, signature = token.rpartition(".")
        version, *rest = claims.split(".")
        if version not in self._keys or len(rest) != len(Claims._fields):
            return None
        if not hmac.compare_digest(self._signature(purpose, version, claims), signature):
            return None
        channel, customer_id, message_id = rest
        return Claims(customer_id, channel, message_id)

    def _signature(self, purpose: str, version: str, claims: str) -> str:
        # Base32 ends in a letter or digit: mail programs cut a closing "-" or "_" off a bare link.
        digest = hmac.digest(self._keys[version], f"{purpose}\x1f{claims}".encode(), "sha256")
        return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().lower()


def url_of(public_url: str, purpose: Purpose, token: str) -> str:
    """Where the link with this token leads."""
    return f"{public_url.rstrip('/')}/{purpose}/{token}"


def unsubscribe_url(public_url: str, token: str) -> str:
    """Where the link with this token leads."""
    return url_of(public_url, Purpose.UNSUBSCRIBE, token)


def _keys(setting: str) -> dict[str, bytes]:
    entries = setting.split()
    ring = [_KEY.fullmatch(entry) for entry in entries]
    if entries and all(ring):
        return {match[1]: match[2].encode() for match in ring if match}
    if not setting.strip():
        raise SettingMissing("LINK_KEY is empty: it signs the unsubscribe links.")
    return {"1": setting.encode()}
