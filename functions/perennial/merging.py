"""Two documents turn out to be one person: the visitor or guest is frozen, folded in once, and pointed to.

Rule 16. Freeze the guest by a conditional put (also where no document is stored), fold it into the customer once
(`absorbed` remembers), let its identities point there, copy its timeline, and after a grace copy it once more, for whoever
had begun to write before the freeze. Whoever meets a frozen document finishes this first and starts again. Every step can
be repeated, so a crash anywhere heals with the next one who comes.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

from perennial import outbox
from perennial.absorb import absorb
from perennial.customer import Customer, copied, is_guest, new
from perennial.dispatch import Due, dispatch
from perennial.errors import Conflict, NotPublished
from perennial.identities import Identity, IdentityKeys, Kind
from perennial.outbox import Status
from perennial.plan import plan
from perennial.ports import World
from perennial.times import Stamp, moment, stamp
from perennial.watching import watched_by_views

GRACE = timedelta(
    minutes=5
)  # longer than any function runs, with the time a request may be on the wire and clock skew
_TRIES = 10


def is_unfinished(customer: Customer) -> bool:
    """Frozen, and not yet folded away: whoever meets it calls `finish`."""
    return "merged_into" in customer and not customer.get("folded", False)


def merge(world: World, guest_id: str, into: str, met_by: Collection[Identity]) -> None:
    """Freeze a guest or visitor and fold it in. met_by: identities that led here, for a document that is gone.

    Conflict when others keep writing, or when it became a customer of the store's own: resolve anew.
    """
    stored = world.documents.load([guest_id, into])
    if guest_id == into or end(world, into) == guest_id:
        return
    guest = stored.get(guest_id) or _of(guest_id, met_by)
    if "erasing" in guest:
        raise Conflict("it is being erased")
    if "merged_into" not in guest:
        if not is_guest(guest):
            raise Conflict("it became a customer of the store's own")
        world.documents.save(_frozen(guest, into, stamp(world.clock())))
    finish(world, guest_id)


def finish(world: World, guest_id: str) -> None:
    """Do what is left of a merge; repeating it changes nothing."""
    guest = world.documents.load([guest_id]).get(guest_id)
    if guest is None or not is_unfinished(guest):
        return
    into = _fold(world, guest)
    if into is None:
        return
    for kind, values in guest["identities"].items():
        for value in values:
            _point(world, Identity(Kind(kind), value), guest_id, into)
    items = world.timeline.read(guest_id)
    if items:
        world.timeline.add({into: items})
    if watches := watched_by_views(guest["views"], world.clock()):
        world.watches.add({into: watches})
    _close(world, guest)


def _of(guest_id: str, met_by: Collection[Identity]) -> Customer:
    guest = new(guest_id)
    for identity in met_by:
        guest["identities"].setdefault(identity.kind, []).append(identity.value)
    return guest


def _frozen(guest: Customer, into: str, now: str) -> Customer:
    """Its queued messages are dropped, and planned anew where it belongs now (rule 17)."""
    draft = copied(guest)
    draft["merged_into"], draft["frozen_at"], draft["wake_at"] = into, now, now
    for message, entry in list(draft["outbox"].items()):
        if entry["status"] != Status.SENDING:
            outbox.hand_back(draft, message, moment(now))
            del draft["outbox"][message]
    return draft


def end(world: World, customer_id: str) -> str:
    """Where a chain of merges ends."""
    seen = {customer_id}
    while True:
        customer = world.documents.load([customer_id]).get(customer_id)
        into = customer.get("merged_into") if customer else None
        if into is None or into in seen:
            return customer_id
        seen.add(into)
        customer_id = into


def _fold(world: World, guest: Customer) -> str | None:
    """Fold it in once; the id of the customer it is part of now. None when they were erased together."""
    for _ in range(_TRIES):
        into = end(world, guest["merged_into"])
        customer = world.documents.load([into]).get(into) or new(into)
        if guest["frozen_at"] <= customer.get("erased_at", ""):
            dissolve(world, guest["id"], customer["erased_at"])
            return None
        if guest["id"] in customer.get("absorbed", []):
            return into
        draft, queue = _planned(world, absorb(customer, guest))
        try:
            world.documents.save(draft)
        except Conflict:
            continue
        dispatch(world.send_queue, [Due(into, message) for message in queue])
        return into
    raise Conflict("others kept writing this customer")


def dissolve(world: World, guest_id: str, at: Stamp) -> None:
    """Erase what is left of a guest who was the same person before `at`, when the customer was erased."""
    world.timeline.forget(guest_id, at)
    guest = world.documents.load([guest_id]).get(guest_id)
    if guest is None or not is_unfinished(guest):
        return
    world.documents.forget(guest_id, stored_identities(guest, world.identity_keys), at)
    world.documents.save(_emptied(guest))


def stored_identities(customer: Customer, keys: IdentityKeys) -> list[Identity]:
    """As table keys hold them: addresses as hashes."""
    named = (
        Identity(Kind(kind), value) for kind, values in customer["identities"].items() for value in values
    )
    return [Identity(identity.kind, keys.stored(identity)) for identity in named]


def _emptied(guest: Customer) -> Customer:
    """Nothing but where it went."""
    draft: Customer = {**new(guest["id"]), "version": guest["version"], "folded": True}
    draft["merged_into"], draft["frozen_at"] = guest["merged_into"], guest["frozen_at"]
    return draft


def _planned(world: World, draft: Customer) -> tuple[Customer, list[str]]:
    try:
        planned = plan(draft, world.shop(), world.clock(), may_postpone=False)
    except NotPublished:
        return draft, []
    return planned.customer, planned.queue


def _point(world: World, identity: Identity, owner: str, to: str) -> None:
    with suppress(Conflict):  # it was moved on already, or leads to somebody else by now
        world.documents.point(identity, owner, to)


def _close(world: World, guest: Customer) -> None:
    """Look again after the grace; then nothing is left in it but where it went."""
    again = moment(guest["frozen_at"]) + GRACE
    draft = copied(guest)
    draft["wake_at"] = stamp(again)
    if world.clock() >= again:
        draft = _emptied(guest)
    if draft != guest:
        with suppress(Conflict):  # somebody else finishes the same merge
            world.documents.save(draft)
