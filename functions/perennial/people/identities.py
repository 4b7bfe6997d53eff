"""By what a customer is recognised, and how that is kept without keeping the address itself as a key."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple


class Kind(StrEnum):
    """Kinds of identity, strongest first (the order of the members is the order of preference)."""

    STORE = "store"  # the store's customer id; a Segment userId lives in the same namespace
    EMAIL = "email"  # from a signed source only
    PHONE = "phone"  # E.164, from a signed source only
    ANONYMOUS = "anonymous"  # a device: a pointer, never an address
    CART = "cart"  # a cart or checkout token: a pointer too
    ORDER = (
        "order"  # from a signed source only: a pointer for what names an order and nobody, such as a refund
    )


KNOWN = frozenset({Kind.STORE, Kind.EMAIL, Kind.PHONE})
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
PERSONAL = frozenset({Kind.EMAIL, Kind.PHONE})  # addresses: kept as keyed hashes only


class Identity(NamedTuple):
    """`value` is normalised: e-mail lower-cased and trimmed, phone in E.164, ids as text."""

    kind: Kind
    value: str


def rank(identity: Identity) -> int:
    """0 is the strongest."""
    return _RANK[identity.kind]


def strongest_first(identities: Iterable[Identity]) -> tuple[Identity, ...]:
    """Without repeats, in the order of preference."""
    return tuple(sorted(dict.fromkeys(identities), key=rank))


class IdentityKeys:
    """Storage keys and document ids of identities; personal values appear only as keyed hashes.

    `secret` never changes in the life of a shop: with another one nobody would be recognised.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def stored(self, identity: Identity) -> str:
        """The value as it stands in a table key."""
        return self._digest(identity.value) if identity.kind in PERSONAL else identity.value

    def as_stored(self, identity: Identity) -> Identity:
        """With its value as it stands in a table key."""
        return Identity(identity.kind, self.stored(identity))

    def customer_id(self, identity: Identity) -> str:
        """The id of the document that begins with this identity: the same whoever computes it."""
        return "c" + self._digest(f"{identity.kind}#{identity.value}")[:20]

    def _digest(self, text: str) -> str:
        digest = hmac.digest(self._secret, text.encode("utf-8", "replace"), "sha256")
        return base64.b32encode(digest).decode().lower().rstrip("=")


def short_id(*parts: str) -> str:
    """Eight bytes over the parts, as 11 characters safe in keys and URLs: event ids and message ids."""
    digest = blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
