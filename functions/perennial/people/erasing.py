"""Erasing a customer: a tombstone takes the document's place, and everything else about them goes.

Rule 19. The tombstone is one conditional put: its version goes on, and nothing is left in it but when that was and what is
still to be done. Then the timeline goes and the identities are let go, and after a grace both once more, for whoever had
begun to write before. Every step can be repeated, so a crash anywhere heals: the sweep finds the tombstone due. Of an
address stays a keyed hash, so that a person who comes back is not written to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

from perennial.customer import Customer, Erasing, Suppression, copied, is_anonymous, is_guest, new
from perennial.errors import Conflict
from perennial.events import Event
from perennial.messaging import outbox
from perennial.messaging.messages import Returned
from perennial.messaging.outbox import Status
from perennial.people import merging
from perennial.people.erased import AGAIN, CHANNELS, ERASED, FIRST, is_unfinished
from perennial.people.identities import Identity, Kind, strongest_first
from perennial.ports.documents import NOBODY, Mark, Pointer
from perennial.ports.world import World
from perennial.times import Stamp, moment, stamp
from perennial.watching import watched_product

_TRIES = 10


def erase(world: World, request: Event) -> None:
    """Erase whoever the event's identities lead to; nothing when that was done since the request came in.

    Whom nobody knows leaves a tombstone too, since events of theirs may be on their way. Conflict when others keep writing.
    """
    asked_at = stamp(request.received_at)
    for _ in range(_TRIES):
        left = _whose(world, request.identities, asked_at)
        if not left:  # what others began under one of the identities meanwhile is theirs too
            return
        for customer_id, theirs in left.items():
            _bury(world, customer_id, theirs, asked_at)
            finish(world, customer_id)
    raise Conflict("others keep writing under these identities")


def finish(world: World, customer_id: str) -> None:
    """Do what is left of an erasure; repeating it changes nothing."""
    customer = _document(world, customer_id)
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


def met(world: World, customer_id: str) -> bool:
    """Whether identities still led to somebody who is being erased; they do no more."""
    customer = _document(world, customer_id)
    if customer is None or not is_unfinished(customer):
        return False
    finish(world, customer_id)
    return True


@dataclass(slots=True)
class _Traces:
    """What leads to a customer. guests: documents that were merged into theirs."""

    identities: set[Identity] = field(default_factory=set)
    guests: set[str] = field(default_factory=set)


def _whose(world: World, identities: Collection[Identity], asked_at: Stamp) -> dict[str, _Traces]:
    """By customer, as far as it is not done. What leads to nobody yet is the first one's.

    An address of another customer of the store is not.
    """
    found: dict[str, _Traces] = defaultdict(_Traces)
    pointers, free = world.documents.pointers(identities), set()
    for identity in identities:
        owner, mark, *_ = pointers.get(identity, Pointer(None))
        if owner == NOBODY or (mark is not None and mark.at >= asked_at):
            continue
        if owner is None:
            free.add(identity)
            continue
        end = merging.end(world, owner)
        held = _document(world, end)
        if held and asked_at <= held.get("erased_at", "") and not is_unfinished(held):
            continue
        if _may_erase(held, identity, identities):
            found[end].identities.add(identity)
            found[end].guests |= {owner} - {end}
    if free:
        begins = world.identity_keys.customer_id(strongest_first(free)[0])
        first = next(iter(found), None) or merging.beginning(begins, partial(_document, world))
        found[first].identities |= free
    return found


def _document(world: World, customer_id: str) -> Customer | None:
    return world.documents.load([customer_id]).get(customer_id)


def _may_erase(holder: Customer | None, identity: Identity, named: Collection[Identity]) -> bool:
    if holder is None or identity.kind == Kind.STORE or is_guest(holder):
        return True
    stores = {each.value for each in named if each.kind == Kind.STORE}
    return not stores or bool(stores & set(holder["identities"][Kind.STORE]))


def _bury(world: World, customer_id: str, theirs: _Traces, asked_at: Stamp) -> None:
    stored = set(map(world.identity_keys.as_stored, theirs.identities))
    for _ in range(_TRIES):
        held = _document(world, customer_id) or new(customer_id)
        if asked_at <= held.get("erased_at", ""):  # by another request, which did not name all of these
            named_by_store = any(each.kind == Kind.STORE for each in stored)
            mark = merging.erasure_of(held)
            world.documents.forget(customer_id, stored, Mark(mark.at, mark.of_store or named_by_store))
            return
        if "merged_into" in held:
            break
        try:
            world.documents.save(_tombstone(world, held, stored, theirs.guests, asked_at))
        except Conflict:
            continue
        return
    raise Conflict("others kept writing this customer")


def _tombstone(
    world: World, held: Customer, named: Collection[Identity], guests: Collection[str], asked_at: Stamp
) -> Customer:
    now = max(stamp(world.clock()), asked_at)  # clocks differ: the request itself is of the time before
    stored = {*merging.stored_identities(held, world.identity_keys), *_still_to_go(held), *named}
    draft: Customer = {**new(held["id"]), "version": held["version"], "wake_at": now, "erased_at": now}
    draft["erasing"] = Erasing(
        stage=FIRST,
        identities=sorted((each.kind, each.value) for each in stored),
        look_at=now,
        of_store=any(each.kind == Kind.STORE for each in stored),
    )
    draft["absorbed"] = list(dict.fromkeys([*held.get("absorbed", []), *sorted(guests)]))
    if returned := _returned(held, now):
        draft["returned"] = returned
    gone = Suppression(reason=ERASED, at=now)
    draft["suppressed"] = dict.fromkeys(CHANNELS.values(), gone) | held["suppressed"]
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
    mark, own = merging.erasure_of(customer), customer["id"]
    guests = customer.get("absorbed", [])
    _stop_watching(world, own, guests, mark.at)
    world.timeline.forget(own, mark.at)
    for guest_id in guests:
        merging.dissolve(world, guest_id, mark)
    came_back_with = set(merging.stored_identities(customer, world.identity_keys))
    noted = [] if came_back_with else world.documents.noted(own)
    world.documents.forget(own, sorted({*_still_to_go(customer), *noted} - came_back_with), mark)
    world.documents.unnote(own, noted)


def _stop_watching(world: World, customer_id: str, guests: Collection[str], at: Stamp) -> None:
    """No product is watched for what was done until then; what whoever came back looked at since stays watched."""
    items = [item for each in (customer_id, *guests) for item in world.timeline.read(each)]
    products: dict[str, Stamp] = {}
    for item in items:
        if product_id := watched_product(item["name"], item["properties"]):
            products[product_id] = max(products.get(product_id, ""), item["received_at"])
    world.watches.forget(customer_id, [each for each, newest in products.items() if newest <= at])


def _still_to_go(customer: Customer) -> set[Identity]:
    left = customer["erasing"]["identities"] if "erasing" in customer else []
    return {Identity(Kind(kind), value) for kind, value in left}
