"""Feedback of the mail provider: what became of a message.

SES publishes events (`eventType`) or, for a whole identity, notifications (`notificationType`); the rest is
the same. Our tags name message and customer; mail without them is known by its recipients alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from on_event import reading, strict_json
from on_event.envelope import Envelope
from on_event.machines import by_machine
from on_event.translation import Rejection, Translation
from perennial.errors import Unintelligible
from perennial.events import ConsentEvidence, ConsentState, Event, Name
from perennial.people.identities import Identity, Kind, short_id
from perennial.rendering.links import host_of
from perennial.times import stamp

_NAMES = {
    "Send": Name.MESSAGE_SENT,
    "Delivery": Name.MESSAGE_DELIVERED,
    "DeliveryDelay": Name.MESSAGE_DELAYED,
    "Bounce": Name.MESSAGE_BOUNCED,
    "Complaint": Name.MESSAGE_COMPLAINED,
    "Reject": Name.MESSAGE_FAILED,
    "Rendering Failure": Name.MESSAGE_FAILED,
    "Open": Name.MESSAGE_OPENED,
    "Click": Name.MESSAGE_CLICKED,
    "Subscription": Name.CONSENT_CHANGED,
}
_ABOUT = {
    "Rendering Failure": "failure",
    "DeliveryDelay": "deliveryDelay",
}  # the others: their kind in small letters
_RECIPIENTS = {
    "Bounce": "bouncedRecipients",
    "Complaint": "complainedRecipients",
    "DeliveryDelay": "delayedRecipients",
}
_OF_ANYBODY = frozenset(
    {"Bounce", "Complaint", "Subscription"}
)  # told of another program's mail, they concern us too


@dataclass(frozen=True, slots=True)
class Feedback:
    """One SES event. about: the part named like its kind; tags: ours (message_id, customer_id), if any."""

    envelope: Envelope
    kind: str
    provider_id: str
    mail: dict[str, Any]
    about: dict[str, Any]
    tags: dict[str, str]

    def concerns_us(self) -> bool:
        """Not another program's mail in the account, a mail taken back out of spam, or a subscription that goes on."""
        if self.kind == "Subscription":
            return bool(reading.mapping(self.about.get("newTopicPreferences")).get("unsubscribeAll"))
        if self.kind not in _OF_ANYBODY:
            return self.kind in _NAMES and "message_id" in self.tags
        return self.about.get("complaintFeedbackType") != "not-spam"

    def recipients(self) -> Iterator[str]:
        """A message of ours has one recipient; bounces and the like name those they are about."""
        if self.kind not in _RECIPIENTS:
            yield _first(self.mail.get("destination"))
            return
        for recipient in reading.mappings(self.about.get(_RECIPIENTS[self.kind])):
            yield reading.text(recipient.get("emailAddress")) or ""

    def properties(self) -> dict[str, Any]:
        """As `events.Name` says for each kind."""
        ours = {"message_id": self.tags["message_id"]} if "message_id" in self.tags else {}
        if self.kind == "Send":
            return {**ours, "provider_id": self.provider_id}
        if self.kind == "Subscription":
            return {"consent": {"email": self._no()}}
        return {**ours, "channel": "email", **self._told()}

    def _told(self) -> dict[str, Any]:
        match self.kind:
            case "Bounce":
                words = (self._word("bounceType"), self._word("bounceSubType"))
                return {"permanent": self.about.get("bounceType") == "Permanent", "detail": "/".join(words)}
            case "Complaint":
                return {"detail": self._word("complaintFeedbackType")}
            case "DeliveryDelay":
                return {"detail": self._word("delayType")}
            case "Reject":
                return {"detail": self._word("reason")}
            case "Rendering Failure":
                return {"detail": "rendering"}  # its words may quote what was to be written
            case "Open":
                return {"machine": self._by_machine()}
            case "Click":
                return {"machine": self._by_machine(), "host": host_of(str(self.about.get("link"))) or ""}
        return {}

    def _by_machine(self) -> bool:
        agent = reading.text(self.about.get("userAgent"))
        return by_machine(agent, self.told_at(), reading.time(self.mail.get("timestamp")))

    def _no(self) -> ConsentEvidence:
        """Said to SES itself, by whoever uses its subscription management."""
        at = stamp(reading.believed(self.told_at(), self.envelope.received_at))
        return ConsentEvidence(
            state=ConsentState.UNSUBSCRIBED, at=at, source="ses_subscription", evidence=self.provider_id
        )

    def told_at(self) -> datetime | None:
        """When it happened, by the provider's clock."""
        return reading.time(self.about.get("timestamp")) or reading.time(self.mail.get("timestamp"))

    def _which(self) -> tuple[str, ...]:
        """What tells events of one kind and message apart: each link counts once, and no scanner uses it up."""
        if self.kind not in ("Open", "Click"):
            return ()
        return (str(self._by_machine()), str(self.about.get("link", "")))

    def event(self, recipient: str) -> Event | None:
        """None when neither tags nor recipient name a customer. The id is the same by every route."""
        address = reading.email(parseaddr(recipient)[1])
        customer_id = self.tags.get("customer_id")
        if address is None and customer_id is None:
            return None
        told_at = self.told_at()
        key = address.key if address else recipient
        return Event(
            id=short_id("ses", self.kind.lower(), self.provider_id, key, *self._which()),
            name=_NAMES[self.kind],
            occurred_at=reading.believed(told_at, self.envelope.received_at),
            received_at=self.envelope.received_at,
            source="ses",
            trusted=self.envelope.trusted,
            identities=(Identity(Kind.EMAIL, address.key),) if address and not customer_id else (),
            properties=self.properties(),
            sent_at=told_at,
            customer_id=customer_id,
        )

    def _word(self, field: str) -> str:
        return reading.text(self.about.get(field), 60) or "unknown"


def translate(envelope: Envelope, _currency: str | None = None) -> Translation:
    """One event for each recipient concerned, if any; Unintelligible when the body is no SES event."""
    feedback = _feedback(envelope)
    translation = Translation()
    for recipient in feedback.recipients() if feedback.concerns_us() else ():
        event = feedback.event(recipient)
        if event:
            translation.events.append(event)
        else:
            translation.rejected.append(
                Rejection("Feedback about nobody: no tags, and no e-mail address.", envelope.body)
            )
    return translation


def _feedback(envelope: Envelope) -> Feedback:
    detail = strict_json.parse(envelope.body)
    if not isinstance(detail, dict):
        raise Unintelligible("An SES event is one JSON object.")
    kind = detail.get("eventType") or detail.get("notificationType")
    mail = reading.mapping(detail.get("mail"))
    provider_id = reading.identifier(mail.get("messageId"))
    if not isinstance(kind, str) or provider_id is None:
        raise Unintelligible("An SES event without its type or message id.")
    about = reading.mapping(detail.get(_ABOUT.get(kind, kind.lower())))
    return Feedback(envelope, kind, provider_id, mail, about, _tags(mail))


def _tags(mail: dict[str, Any]) -> dict[str, str]:
    """SES gives the values of every tag as a list."""
    given = reading.mapping(mail.get("tags"))
    ours = {name: reading.identifier(_first(given.get(name))) for name in ("message_id", "customer_id")}
    return {name: value for name, value in ours.items() if value}


def _first(values: Any) -> str:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else ""
