"""Two documents turn out to be one person: the visitor or guest is frozen, folded in once, and pointed to.

Rule 16. Freeze the guest by a conditional put (also where no document is stored), fold it into the customer once
(`absorbed` remembers), let its identities point there, copy its timeline, and after a grace copy it once more, for whoever
had begun to write before the freeze. Whoever meets a frozen document finishes this first and starts again. Every step can
be repeated, so a crash anywhere heals with the next one who comes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import timedelta

from perennial.apply import VALUES_KEPT
from perennial.customer import Customer, copied, is_guest, new
from perennial.errors import Conflict, NotPublished
from perennial.folding.absorb import absorb
from perennial.messaging import outbox
from perennial.messaging.dispatch import Due, dispatch
from perennial.messaging.outbox import Status
from perennial.people.identities import Identity, IdentityKeys, Kind
from perennial.plan import plan
from perennial.ports.documents import Mark
from perennial.ports.world import World
from perennial.times import moment, stamp
from perennial.watching import watched_by_views

GRACE = timedelta(
    minutes=5
)  # longer than any function runs, with the time a request may be on the wire and clock skew
_TRIES = 10


def is_unfinished(customer: Customer) -> bool:
    """Frozen, and not yet folded away: whoever meets it calls `finish`."""
    return "merged_into" in customer and not customer.get("folded", False)


def merge(
    world: World, guest_id: str, into: str, met_by: Collection[Identity], *, declared: bool = False
) -> None:
    """Freeze a guest or visitor and fold it in. met_by: identities that led here, for a document that is gone.

    declared: the store itself says that it is the same customer. Conflict when others keep writing, or when it became a
    customer of the store's own of whom nobody said that: resolve anew.
    """
    last, customer = list(_way(world, into))[-1]
    if guest_id in (into, last):
        return
    guest = world.documents.load([guest_id]).get(guest_id) or _of(guest_id, met_by)
    if "erasing" in guest or (customer and "erasing" in customer):
        raise Conflict("who was erased and came back is merged when the erasure has ended")
    if "merged_into" not in guest:
        if not (is_guest(guest) or declared):
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
    for stored in leading_to(world, guest):
        with suppress(Conflict):  # it was moved on already, or leads to somebody else by now
            world.documents.point(stored, guest_id, into)
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
    *_, (last, _) = _way(world, customer_id)
    return last


def _way(world: World, customer_id: str) -> Iterator[tuple[str, Customer | None]]:
    """The documents of a chain of merges, from this one to its end; None where none is stored."""
    seen: set[str] = set()
    into: str | None = customer_id
    while into is not None and into not in seen:
        seen.add(into)
        customer = world.documents.load([into]).get(into)
        yield into, customer
        into = customer.get("merged_into") if customer else None


def beginning(customer_id: str, document: Callable[[str], Customer | None]) -> str:
    """Where the document of somebody new begins who would begin at this id.

    Not where another was merged away: nothing leads there any more, since its customer was erased.
    """
    while "merged_into" in (document(customer_id) or {}):
        customer_id += "x"
    return customer_id


def _fold(world: World, guest: Customer) -> str | None:
    """Fold it in once; the id of the customer it is part of now. None when they were erased together."""
    for _ in range(_TRIES):
        way = list(_way(world, guest["merged_into"]))
        into, customer = way[-1]
        customer = customer or new(into)
        erased = next(
            (each for _, each in way if each and guest["frozen_at"] <= each.get("erased_at", "")), None
        )
        if erased is not None:
            dissolve(world, guest["id"], erasure_of(erased))
            return None
        if guest["id"] in customer.get("absorbed", []):
            return into
        if "erasing" in customer:  # its second pass would take the guest's timeline for that of before
            raise Conflict("who was erased and came back is merged when the erasure has ended")
        joined = absorb(customer, guest)
        if is_full(joined):
            own = stored_identities(customer, world.identity_keys)
            note_left_out(world, joined, {*own, *leading_to(world, guest)})
        draft, queue = _planned(world, joined)
        try:
            world.documents.save(draft)
        except Conflict:
            continue
        dispatch(world.send_queue, [Due(into, message) for message in queue])
        return into
    raise Conflict("others kept writing this customer")


def dissolve(world: World, guest_id: str, mark: Mark) -> None:
    """Erase what is left of a guest who was the same person when the customer was erased."""
    world.timeline.forget(guest_id, mark.at)
    guest = world.documents.load([guest_id]).get(guest_id)
    if guest is None or not is_unfinished(guest):
        return
    world.documents.forget(guest_id, leading_to(world, guest), mark)
    world.documents.unnote(guest_id, _noted(world, guest))
    world.documents.save(_emptied(guest))


def erasure_of(erased: Customer) -> Mark:
    """What is left on the identities of somebody who was erased."""
    return Mark(erased["erased_at"], erased.get("erasing", {}).get("of_store", False))


def stored_identities(customer: Customer, keys: IdentityKeys) -> list[Identity]:
    """As table keys hold them: addresses as hashes."""
    return [
        keys.as_stored(Identity(Kind(kind), value))
        for kind, values in customer["identities"].items()
        for value in values
    ]


def leading_to(world: World, customer: Customer) -> list[Identity]:
    """Every identity that may lead to a document, as it is stored: those in it, and those it has no room for."""
    own = stored_identities(customer, world.identity_keys)
    return list(dict.fromkeys([*own, *_noted(world, customer)]))


def _noted(world: World, customer: Customer) -> list[Identity]:
    return world.documents.noted(customer["id"]) if is_full(customer) else []


def is_full(customer: Customer) -> bool:
    """Some kind of identity has no more room in the document."""
    return any(len(values) >= VALUES_KEPT for values in customer["identities"].values())


def note_left_out(world: World, draft: Customer, leading: Collection[Identity]) -> None:
    """Before it is put: note what leads to it, as it is stored, and has no room in it, so that it can be found again."""
    if left_out := set(leading) - set(stored_identities(draft, world.identity_keys)):
        world.documents.note(draft["id"], left_out)


def _emptied(guest: Customer) -> Customer:
    """Nothing but where it went, and when it was erased before it went there."""
    draft: Customer = {**new(guest["id"]), "version": guest["version"], "folded": True}
    draft["merged_into"], draft["frozen_at"] = guest["merged_into"], guest["frozen_at"]
    if "erased_at" in guest:
        draft["erased_at"] = guest["erased_at"]
    return draft


def _planned(world: World, draft: Customer) -> tuple[Customer, list[str]]:
    try:
        planned = plan(draft, world.shop(), world.clock(), may_postpone=False, may_settle=False)
    except NotPublished:
        return draft, []
    return planned.customer, planned.queue


def _close(world: World, guest: Customer) -> None:
    """Look again after the grace; then nothing is left of it but where it went."""
    again, now = moment(guest["frozen_at"]) + GRACE, world.clock()
    draft = copied(guest)
    draft["wake_at"] = stamp(again)
    if now >= again:
        world.timeline.forget(guest["id"], stamp(now))  # all of it was copied
        world.documents.unnote(guest["id"], _noted(world, guest))
        draft = _emptied(guest)
    if draft != guest:
        with suppress(Conflict):  # somebody else finishes the same merge
            world.documents.save(draft)
