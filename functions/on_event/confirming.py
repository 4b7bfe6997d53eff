"""A customer confirmed on our page what somebody asked for at their address: the second half of double opt-in."""

from __future__ import annotations

from datetime import datetime

from on_event.unsubscribe import said
from perennial.customer import Customer
from perennial.events import Confirmation, ConsentEvidence, ConsentState, Event
from perennial.folding.consent import is_wanted
from perennial.messaging.tokens import Claims
from perennial.people import merging
from perennial.ports.world import World
from perennial.recording import Recorder
from perennial.times import stamp


def confirm(world: World, recorder: Recorder, claims: Claims, at: datetime) -> bool:
    """True: the customer is subscribed now. False: nothing waits for this confirmation any more.

    A link never expires, so one of last year must not undo a refusal of yesterday: it confirms only what is still asked for.
    Raises when it could not be written.
    """
    end = merging.end(world, claims.customer_id)
    customer = world.documents.load([end]).get(end)
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
    return said(claims, at, "confirm", evidence)


def _is_open(customer: Customer, channel: str) -> bool:
    held = customer["consent"].get(channel)
    return is_wanted(held) or (held is not None and held["state"] == ConsentState.SUBSCRIBED)
