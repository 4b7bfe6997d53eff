"""A customer said no on our page: the one meaning of it, whether recorded at once or by way of the queue."""

from __future__ import annotations

import json
from datetime import datetime

from on_event.envelope import Envelope
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import ConsentEvidence, ConsentState, Event, Name
from perennial.messaging.tokens import Claims
from perennial.people.identities import short_id
from perennial.times import stamp

SOURCE = "page"


def event_of(claims: Claims, at: datetime) -> Event:
    """The withdrawal of consent for one channel.

    Its id changes each minute: a double click is one event, but the same link works again after a new subscription.
    """
    evidence = ConsentEvidence(
        state=ConsentState.UNSUBSCRIBED, at=stamp(at), source="unsubscribe_link", evidence=claims.message_id
    )
    return said(claims, at, "unsubscribe", evidence)


def said(claims: Claims, at: datetime, what: str, evidence: ConsentEvidence) -> Event:
    """A word on consent, given on a page of ours by whoever had the link."""
    return Event(
        id=short_id(SOURCE, what, *claims, f"{at:%Y-%m-%dT%H:%M}"),
        name=Name.CONSENT_CHANGED,
        occurred_at=at,
        received_at=at,
        source=SOURCE,
        trusted=True,
        properties={"consent": {claims.channel: evidence}},
        customer_id=claims.customer_id,
    )


def envelope_of(claims: Claims, at: datetime) -> Envelope:
    """The same for the queue, when the document could not be written."""
    return Envelope(source=SOURCE, received_at=at, trusted=True, body=json.dumps(claims._asdict()).encode())


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """The event of a queued withdrawal."""
    try:
        claims = Claims(**json.loads(envelope.body))
    except (TypeError, ValueError) as error:
        raise Unintelligible("The page's message does not say who unsubscribed.") from error
    return Translation(events=[event_of(claims, envelope.received_at)])
