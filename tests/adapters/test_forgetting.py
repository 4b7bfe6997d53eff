"""Forgetting an erased customer, under the contract of both worlds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from perennial.adapters.layout import shard_of
from perennial.adapters.table import Item
from perennial.errors import Conflict
from perennial.people.identities import Identity, Kind
from perennial.ports.documents import Mark, Pointer
from perennial.ports.world import World
from perennial.times import moment
from tests.adapters.builders import NOON, email, event, known, visitor
from tests.adapters.cloud import clock

LATER = "2026-03-01T13:00:00.000Z"
DEVICE = Identity(Kind.ANONYMOUS, "laptop")


def _stored(world: World, *identities: Identity) -> list[Identity]:
    return [Identity(each.kind, world.identity_keys.stored(each)) for each in identities]


def test_an_identity_that_was_let_go_leads_to_nobody(world: World) -> None:
    """What stays is when it was, and of whom; repeating it changes nothing."""
    mark = Mark(NOON, of_store=True)
    world.documents.claim(known(), [email(), DEVICE])
    for _ in range(2):
        world.documents.forget("c1", _stored(world, email(), DEVICE), mark)
    assert world.documents.owners([email(), DEVICE]) == {}
    assert world.documents.pointers([email(), DEVICE]) == dict.fromkeys(
        [email(), DEVICE], Pointer(None, mark)
    )


def test_the_identity_of_somebody_else_stays_as_it_is(world: World) -> None:
    """Only the owner's own are let go."""
    world.documents.claim(known("other"), [email()])
    world.documents.forget("c1", _stored(world, email()), Mark(NOON))
    assert world.documents.pointers([email()]) == {email(): Pointer("other")}


def test_one_that_nobody_had_is_remembered_too(world: World) -> None:
    """Events of somebody unknown may still be on their way."""
    world.documents.forget("c1", _stored(world, email()), Mark(NOON))
    assert world.documents.pointers([email()]) == {email(): Pointer(None, Mark(NOON))}


def test_a_later_mark_stays(world: World) -> None:
    """The second pass of an older erasure comes after a newer one."""
    world.documents.forget("c2", _stored(world, email()), Mark(LATER))
    world.documents.forget("c1", _stored(world, email()), Mark(NOON))
    assert world.documents.pointers([email()]) == {email(): Pointer(None, Mark(LATER))}


def test_only_who_knows_of_the_erasure_can_claim_it(world: World) -> None:
    """Otherwise what the erasure demands would be lost; the mark stays with whoever has it now."""
    world.documents.forget("c1", _stored(world, email()), Mark(LATER))
    for marks in ({}, {email(): Mark(NOON)}):
        with pytest.raises(Conflict):
            world.documents.claim(known("c2"), [email()], marks)
    world.documents.claim(known("c2"), [email(), DEVICE], {email(): Mark(LATER)})
    assert world.documents.owners([email()]) == {email(): "c2"}
    assert world.documents.pointers([email(), DEVICE]) == {
        email(): Pointer("c2", Mark(LATER)),
        DEVICE: Pointer("c2"),
    }


def test_nobody_can_share_or_point_what_was_let_go(world: World) -> None:
    """There is no owner to agree."""
    world.documents.claim(known(), [email()])
    world.documents.forget("c1", _stored(world, email()), Mark(NOON))
    with pytest.raises(Conflict):
        world.documents.share(email(), "c2")
    with pytest.raises(Conflict):
        world.documents.point(_stored(world, email())[0], "c1", "c2")


def test_what_a_document_has_no_room_for_is_noted(world: World) -> None:
    """As it is stored, any number of them, for each customer apart, until the notes are dropped."""
    many = _stored(world, email(), *(Identity(Kind.CART, f"cart#{number}") for number in range(60)))
    for _ in range(2):
        world.documents.note("c1", many)
    world.documents.note("c2", many[:1])
    assert sorted(world.documents.noted("c1")) == sorted(many)
    for _ in range(2):
        world.documents.unnote("c1", many[1:])
    assert (world.documents.noted("c1"), world.documents.noted("c2")) == (many[:1], many[:1])
    assert list(world.documents.scan()) == []


def test_nobody_watches_for_whom_it_was_forgotten(world: World) -> None:
    """These products, and this customer alone; repeating it, or what was never watched, changes nothing."""
    until = clock() + timedelta(days=1)
    world.watches.add({"c1": {"tea": until, "cup": until}, "c2": {"tea": until}})
    for _ in range(2):
        world.watches.forget("c1", ["tea", "kettle"])
    assert [list(world.watches.of(each, clock())) for each in ("tea", "cup")] == [["c2"], ["c1"]]


def test_the_timeline_forgets_what_was_received_until_then(world: World) -> None:
    """Pages of it; whatever came later stays, and so does everybody else's."""
    old = [event(f"old{number}", LATER, received_at=NOON) for number in range(60)]
    new = event("new", NOON, received_at=LATER)
    world.timeline.add({"c1": [*old, new], "c2": old[:1]})
    for _ in range(2):
        world.timeline.forget("c1", NOON)
    assert world.timeline.read("c1") == [new]
    assert world.timeline.read("c2") == old[:1]


def test_an_erasure_under_way_is_due_although_nobody_is_known_by_it(world: World) -> None:
    """The tombstone has no identities left, and must be found by the sweep; once done, it never is again."""
    tombstone = known(wake_at=NOON, identities={}, erased_at=NOON)
    tombstone["erasing"] = {"stage": "first", "identities": [], "look_at": NOON}
    tombstone = world.documents.save(tombstone)
    assert world.documents.due(shard_of("c1"), moment(LATER), 10) == ["c1"]
    del tombstone["erasing"]
    world.documents.save(tombstone)
    assert world.documents.due(shard_of("c1"), moment(LATER), 10) == []


def test_marks_of_devices_expire_and_those_of_addresses_stay(aws: World) -> None:
    """A hash of the address is what keeps a person unwritten to; the rest only has to outlive the queues."""
    aws.documents.forget("c1", _stored(aws, email(), DEVICE), Mark(NOON))
    table = aws.documents._table  # type: ignore[attr-defined]
    items = {
        item["pk"]["S"].split("#")[1]: item
        for item in table.scan()
        if item["pk"]["S"].startswith("IDENTITY#")
    }
    assert "expires_at" not in items["email"]
    assert int(items["anonymous"]["expires_at"]["N"]) > 0
    assert "ada@example.com" not in str(items)


def test_what_leads_to_a_visitor_expires_after_it(aws: World) -> None:
    """Whoever makes up devices fills the table for sixty days; what leads to a customer stays."""
    aws.documents.claim(visitor("c1", NOON), [DEVICE])
    aws.documents.claim(known("c2"), [email()])
    assert [item.get("expires_at") for item in _identities(aws)] == [None, {"N": "1777550400"}]
    aws.documents.point(DEVICE, "c1", "c2")
    assert [item.get("expires_at") for item in _identities(aws)] == [None, None]


def _identities(aws: World) -> list[Item]:
    table = aws.documents._table  # type: ignore[attr-defined]
    items = [item for item in table.scan() if item["pk"]["S"].startswith("IDENTITY#")]
    return sorted(items, key=lambda item: item["customer"]["S"], reverse=True)
