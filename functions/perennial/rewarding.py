"""A friend's first order is safe now: the customer whose code it carried is told, exactly once.

First that customer's document and timeline, then the friend's: a crash in between repeats it, and the event's id, which
follows from the order, makes the second time harmless.
"""

from __future__ import annotations

from datetime import datetime

from perennial.customer import Customer, copied, is_anonymous
from perennial.errors import Conflict
from perennial.events import Event, Name
from perennial.insight import referrals
from perennial.insight.standing import Referred
from perennial.people import merging
from perennial.people.erased import is_tombstone
from perennial.people.identities import short_id
from perennial.ports.world import World
from perennial.recording import Recorder
from perennial.times import moment, stamp

TOLD, THEMSELVES, NOBODY = "told", "self", "nobody"


def is_due(customer: Customer, now: datetime) -> bool:
    """The refund window of a referred order has ended."""
    at = referrals.look_at(customer)
    return at is not None and at <= stamp(now)


def reward(world: World, customer: Customer, now: datetime) -> Customer:
    """The friend's document as it is stored then. Conflict as of any put, or when the other customer keeps changing."""
    draft = copied(customer)
    referrals.note(draft, world.shop().settings)
    if not is_due(draft, now):
        return world.documents.save(draft) if draft != customer else customer
    held = draft["referred"]
    draft["referred"] = Referred(
        code=held["code"], order=held["order"], outcome=_tell(world, customer, held, now)
    )
    return world.documents.save(draft)


def _tell(world: World, friend: Customer, held: Referred, now: datetime) -> str:
    owner = merging.end(world, referrals.owner_of(held["code"]))
    referrer = world.documents.load([owner]).get(owner)
    if referrer is None or is_tombstone(referrer) or is_anonymous(referrer):
        return NOBODY
    if referrals.are_one(referrer, friend):
        return THEMSELVES
    if Recorder(world).record([_event(owner, held, now)]):
        raise Conflict("others keep writing the customer who is to be told")
    return TOLD


def _event(owner: str, held: Referred, now: datetime) -> Event:
    """By the order, and no word about whose it is."""
    at = moment(held["look_at"])
    return Event(
        id=short_id(referrals.SOURCE, held["order"]),
        name=Name.CUSTOMER_REFERRED,
        occurred_at=at,
        received_at=now,
        source=referrals.SOURCE,
        trusted=True,
        properties={"code": held["code"]},
        sent_at=at,
        customer_id=owner,
    )
