"""What somebody said on a page of ours, on its way through the signed queue: the event as it is."""

from __future__ import annotations

import json

from on_event.envelope import Envelope
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import Event
from perennial.times import moment, stamp

SOURCE = "page_event"  # of the queue's envelope; the event bears its own


def envelope_of(event: Event) -> Envelope:
    """For the queue: the event as it is."""
    body = {
        "id": event.id,
        "name": event.name,
        "source": event.source,
        "occurred_at": stamp(event.occurred_at),
        "customer_id": event.customer_id,
        "properties": event.properties,
    }
    return Envelope(SOURCE, event.received_at, trusted=True, body=json.dumps(body).encode())


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """The event again; Unintelligible for what no page of ours has written."""
    try:
        told = json.loads(envelope.body)
        event = Event(
            id=str(told["id"]),
            name=str(told["name"]),
            occurred_at=moment(told["occurred_at"]),
            received_at=envelope.received_at,
            source=str(told["source"]),
            trusted=envelope.trusted,
            properties=dict(told["properties"]),
            customer_id=str(told["customer_id"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unintelligible("The message of a page does not say what was said there.") from error
    return Translation(events=[event])
