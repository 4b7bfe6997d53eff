"""What a sign-up form says: somebody wishes us to ask at this address. The one meaning of it, on both sides of the queue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from on_event import reading
from on_event.envelope import Envelope
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import Confirmation, ConsentEvidence, ConsentState, Event
from perennial.people.identities import Identity, Kind, short_id
from perennial.times import stamp

SOURCE, SUBMITTED = "form", "form_submitted"


def envelope_of(form: str, channels: Sequence[str], address: str, at: datetime) -> Envelope:
    """For the queue of what anybody may send."""
    body = {"form": form, "channels": list(channels), "email": address}
    return Envelope(source=SOURCE, received_at=at, trusted=False, body=json.dumps(body).encode())


def translate(envelope: Envelope, currency: str | None = None) -> Translation:
    """The event of a form: it names nobody but the address, and only wishes to be confirmed."""
    told = json.loads(envelope.body)
    address = reading.email(told.get("email"))
    if address is None or not isinstance(told.get("form"), str):
        raise Unintelligible("The form's message holds no address.")
    return Translation(events=[_event(told["form"], told.get("channels", []), address, envelope.received_at)])


def _event(form: str, channels: list[str], address: reading.Address, at: datetime) -> Event:
    """Its id changes each minute: a double click is one event, and whoever lost the mail may ask again."""
    wish = ConsentEvidence(
        state=ConsentState.PENDING,
        at=stamp(at),
        source=SOURCE,
        evidence=f"form/{form}",
        confirmation=Confirmation.WANTED,
    )
    return Event(
        id=short_id(SOURCE, form, address.key, f"{at:%Y-%m-%dT%H:%M}"),
        name=SUBMITTED,
        occurred_at=at,
        received_at=at,
        source=SOURCE,
        trusted=False,
        identities=(Identity(Kind.EMAIL, address.key),),
        properties={
            "form": form,
            "traits": {"email": address.address},
            "consent": dict.fromkeys(channels, wish),
        },
    )
