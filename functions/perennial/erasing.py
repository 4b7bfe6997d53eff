"""Erasing a customer: a tombstone takes the document's place, and everything else about them goes.

Rule 19. The tombstone is one conditional put: its version goes on, and nothing is left in it but when that was and what is
still to be done. Then the timeline goes and the identities are let go, and after a grace both once more, for whoever had
begun to write before. Every step can be repeated, so a crash anywhere heals: the sweep finds the tombstone due. Of an
address stays a keyed hash, so that a person who comes back is not written to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from perennial import merging, outbox
from perennial.customer import Customer, Erasing, Returned, Suppression, copied, is_anonymous, is_guest, new
from perennial.errors import Conflict
from perennial.events import Event
from perennial.identities import Identity, Kind, strongest_first
from perennial.outbox import Status
from perennial.ports import NOBODY, World
from perennial.times import Stamp, moment, stamp

ERASED = "erased"  # why nobody writes to the address any more
FIRST, AGAIN = "first", "again"
_CHANNELS = {Kind.EMAIL: "email", Kind.PHONE: "sms"}
_TRIES = 10


def erase(world: World, request: Event) -> None:
    """Erase whoever the event's identities lead to; nothing when that was done since the request came in.

    Whom nobody knows leaves a tombstone too, since events of theirs may be on their way. Conflict when others keep writing.
    """
    asked_at = stamp(request.received_at)
    for customer_id, theirs in _whose(world, request.identities, asked_at).items():
        _bury(world, customer_id, theirs, asked_at)
        finish(world, customer_id)


def finish(world: World, customer_id: str) -> None:
    """Do what is left of an erasure; repeating it changes nothing."""
    customer = world.documents.load([customer_id]).get(customer_id)
    if customer is None or "erasing" not in customer:
        return
    _clear(world, customer)
    draft, now = copied(customer), world.clock()
    again = moment(customer["erased_at"]) + merging.GRACE
    if now >= again:
        del draft["erasing"]
        draft["wake_at"] = (
            None if is_anonymous(draft) and "returned" not in draft else stamp(now)
        )  # who came back meanwhile is planned for
    elif draft["erasing"]["stage"] == FIRST:
        draft["erasing"]["stage"], draft["erasing"]["look_at"] = AGAIN, stamp(again)
        draft["wake_at"] = stamp(again)
    if draft != customer:
        world.documents.save(draft)


def is_due(customer: Customer, at: Stamp) -> bool:
    """The erasure of this one is to be gone on with."""
    return "erasing" in customer and customer["erasing"]["look_at"] <= at


def met(world: World, customer_id: str) -> bool:
    """Whether identities still led to somebody who is being erased; they do no more."""
    customer = world.documents.load([customer_id]).get(customer_id)
    if customer is None or not is_unfinished(customer):
        return False
    finish(world, customer_id)
    return True


def is_unfinished(customer: Customer) -> bool:
    """Its identities were not let go yet: whoever meets it calls `finish` and starts again."""
    return "erasing" in customer and customer["erasing"]["stage"] == FIRST


def is_forgotten(customer: Customer, event: Event) -> bool:
    """Received before the erasure, or about what was done before it: a word on a message of whom nobody knows any more."""
    if "erased_at" not in customer:
        return False
    return stamp(event.received_at) <= customer["erased_at"] or not (event.identities or _is_back(customer))


def taking_over(customer: Customer, marks: Mapping[Identity, Stamp]) -> Customer:
    """As it has to be to claim identities of somebody who was erased at these times: nobody writes to their addresses."""
    if not marks:
        return customer
    draft = copied(customer)
    draft["erased_at"] = max(draft.get("erased_at", ""), *marks.values())
    for identity, at in marks.items():
        if identity.kind in _CHANNELS:
            draft["suppressed"].setdefault(_CHANNELS[identity.kind], Suppression(reason=ERASED, at=at))
    return draft


def _is_back(customer: Customer) -> bool:
    return any(customer["identities"].values())


@dataclass(slots=True)
class _Traces:
    """What leads to a customer. guests: documents that were merged into theirs."""

    identities: set[Identity] = field(default_factory=set)
    guests: set[str] = field(default_factory=set)


def _whose(world: World, identities: Collection[Identity], asked_at: Stamp) -> dict[str, _Traces]:
    """By customer. What leads to nobody yet is the first one's. An address of another customer of the store is not."""
    found: dict[str, _Traces] = defaultdict(_Traces)
    owners = world.documents.owners(identities)
    for identity, owner in ((each, owners[each]) for each in identities if each in owners):
        end = merging.end(world, owner) if owner != NOBODY else NOBODY
        if end != NOBODY and _may_erase(world.documents.load([end]).get(end), identity, identities):
            found[end].identities.add(identity)
            found[end].guests |= {owner} - {end}
    done = world.documents.forgotten(identities)
    free = {each for each in identities if each not in owners and done.get(each, "") < asked_at}
    if free:
        first = next(iter(found), None) or world.identity_keys.customer_id(strongest_first(free)[0])
        found[first].identities |= free
    return found


def _may_erase(holder: Customer | None, identity: Identity, named: Collection[Identity]) -> bool:
    if holder is None or identity.kind == Kind.STORE or is_guest(holder):
        return True
    stores = {each.value for each in named if each.kind == Kind.STORE}
    return not stores or bool(stores & set(holder["identities"][Kind.STORE]))


def _bury(world: World, customer_id: str, theirs: _Traces, asked_at: Stamp) -> None:
    for _ in range(_TRIES):
        held = world.documents.load([customer_id]).get(customer_id) or new(customer_id)
        if asked_at <= held.get("erased_at", ""):
            return
        if "merged_into" in held:
            break
        try:
            world.documents.save(_tombstone(world, held, theirs))
        except Conflict:
            continue
        return
    raise Conflict("others kept writing this customer")


def _tombstone(world: World, held: Customer, theirs: _Traces) -> Customer:
    now, keys = stamp(world.clock()), world.identity_keys
    stored = {*merging.stored_identities(held, keys), *_still_to_go(held)}
    stored |= {Identity(each.kind, keys.stored(each)) for each in theirs.identities}
    draft: Customer = {**new(held["id"]), "version": held["version"], "wake_at": now, "erased_at": now}
    draft["erasing"] = Erasing(
        stage=FIRST, identities=sorted((each.kind, each.value) for each in stored), look_at=now
    )
    draft["absorbed"] = list(dict.fromkeys([*held.get("absorbed", []), *sorted(theirs.guests)]))
    if returned := _returned(held, now):
        draft["returned"] = returned
    gone = Suppression(reason=ERASED, at=now)
    draft["suppressed"] = dict.fromkeys(_CHANNELS.values(), gone) | held["suppressed"]
    return draft


def _returned(held: Customer, now: Stamp) -> list[Returned]:
    """Codes of what will not be sent any more; they say nothing about anybody."""
    draft = copied(held)
    for message, entry in held["outbox"].items():
        if entry["status"] == Status.QUEUED:
            outbox.hand_back(draft, message, moment(now))
    return draft.get("returned", [])


def _clear(world: World, customer: Customer) -> None:
    """All that was received until the erasure. Whoever came back since then keeps what is theirs."""
    at = customer["erased_at"]
    world.timeline.forget(customer["id"], at)
    for guest_id in customer.get("absorbed", []):
        merging.dissolve(world, guest_id, at)
    came_back_with = set(merging.stored_identities(customer, world.identity_keys))
    world.documents.forget(customer["id"], sorted(_still_to_go(customer) - came_back_with), at)


def _still_to_go(customer: Customer) -> set[Identity]:
    left = customer["erasing"]["identities"] if "erasing" in customer else []
    return {Identity(Kind(kind), value) for kind, value in left}
