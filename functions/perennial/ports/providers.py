"""Those who carry messages, their account, and those who are told: one attempt a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, complete: `raw` is the MIME message; tags come back in the provider's events."""

    to: str
    raw: bytes
    tags: Mapping[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """The e-mail provider: one attempt a call."""

    def send(self, mail: Mail) -> str:
        """The provider's message id; Refused or InDoubt."""
        ...


class Texter(Protocol):
    """The SMS provider: one attempt a call."""

    def send(self, number: str, text: str, tags: Mapping[str, str]) -> str:
        """The provider's message id; Refused or InDoubt."""
        ...


@dataclass(frozen=True, slots=True)
class Push:
    """One push message. data: what the app gets beside it."""

    title: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


class Pusher(Protocol):
    """The provider of push messages."""

    def endpoint(self, platform: str, token: str, *, revived: bool) -> str | None:
        """Where the provider reaches a device; None when the shop has no application for its platform. Repeating is safe.

        revived: it was dead, and its app has told of it again. Refused or InDoubt; nothing is sent by it either way.
        """
        ...

    def send(self, endpoint: str, push: Push, tags: Mapping[str, str]) -> str:
        """The provider's message id; Refused or InDoubt. One attempt a call."""
        ...


class Bus(Protocol):
    """Events for the shop's own systems: one attempt a call."""

    def put(self, detail: Mapping[str, Any]) -> str:
        """The event's id; Refused or InDoubt."""
        ...


class SendingQuota(NamedTuple):
    """What the e-mail account may send: `rate` a second, `left_today` in the running 24 hours."""

    rate: float
    left_today: float


class Account(Protocol):
    """The e-mail provider's account."""

    def quota(self) -> SendingQuota: ...


class Notices(Protocol):
    """Whoever wants to know of what marketers save."""

    def tell(self, subject: str, text: str) -> None:
        """One notice to everybody who asked for them."""
        ...


class Topic(Protocol):
    """The SNS service, as far as a topic that sends to us needs it. ProviderError when it does not answer plainly."""

    def certificate(self, url: str) -> bytes:
        """The PEM file at an address that the caller has checked. It is asked once, and is led nowhere else."""
        ...

    def confirm(self, topic: str, token: str) -> None:
        """We want what this topic (an ARN) sends; repeating it changes nothing."""
        ...
