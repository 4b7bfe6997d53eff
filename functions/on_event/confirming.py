"""A customer confirmed on our page what somebody asked for at their address: the second half of double opt-in."""

from __future__ import annotations

from datetime import datetime

from on_event.unsubscribe import SOURCE
from perennial.consent import is_wanted
from perennial.customer import Customer
from perennial.events import Confirmation, ConsentEvidence, ConsentState, Event, Name
from perennial.identities import short_id
from perennial.ports import World
from perennial.recording import Recorder
from perennial.times import stamp
from perennial.tokens import Claims


def confirm(world: World, recorder: Recorder, claims: Claims, at: datetime) -> bool:
    """True: the customer is subscribed now. False: nothing waits for this confirmation any more.

    A link never expires, so one of last year must not undo a refusal of yesterday: it confirms only what is still asked for.
    Raises when it could not be written.
    """
    customer = _customer(world, claims.customer_id)
    if customer is None or not _is_open(customer, claims.channel):
        return False
    failures = recorder.record([event_of(claims, at)])
    if failures:
        raise failures[0].error
    return True


def event_of(claims: Claims, at: datetime) -> Event:
    """The grant, with the message that asked for it as evidence. Its id changes each minute, as an unsubscription's does."""
    evidence = ConsentEvidence(
        state=ConsentState.SUBSCRIBED,
        at=stamp(at),
        source="confirm_link",
        evidence=claims.message_id,
        confirmation=Confirmation.GIVEN,
    )
    return Event(
        id=short_id(SOURCE, "confirm", *claims, f"{at:%Y-%m-%dT%H:%M}"),
        name=Name.CONSENT_CHANGED,
        occurred_at=at,
        received_at=at,
        source=SOURCE,
        trusted=True,
        properties={"consent": {claims.channel: evidence}},
        customer_id=claims.customer_id,
    )


def _customer(world: World, customer_id: str) -> Customer | None:
    """The document, or the one it was merged into."""
    seen: set[str] = set()
    while customer_id not in seen:
        seen.add(customer_id)
        customer = world.documents.load([customer_id]).get(customer_id)
        if customer is None or "merged_into" not in customer:
            return customer
        customer_id = customer["merged_into"]
    return None


def _is_open(customer: Customer, channel: str) -> bool:
    said = customer["consent"].get(channel)
    return is_wanted(said) or (said is not None and said["state"] == ConsentState.SUBSCRIBED)
