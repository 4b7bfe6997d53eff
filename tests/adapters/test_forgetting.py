"""Forgetting an erased customer, under the contract of both worlds."""

from __future__ import annotations

import pytest

from perennial.adapters.layout import shard_of
from perennial.errors import Conflict
from perennial.identities import Identity, Kind
from perennial.ports import World
from perennial.times import moment
from tests.adapters.builders import NOON, email, event, known

LATER = "2026-03-01T13:00:00.000Z"
DEVICE = Identity(Kind.ANONYMOUS, "laptop")


def _stored(world: World, *identities: Identity) -> list[Identity]:
    return [Identity(each.kind, world.identity_keys.stored(each)) for each in identities]


def test_an_identity_that_was_let_go_leads_to_nobody(world: World) -> None:
    """What stays is when it was; repeating it changes nothing."""
    world.documents.claim(known(), [email(), DEVICE])
    for _ in range(2):
        world.documents.forget("c1", _stored(world, email(), DEVICE), NOON)
    assert world.documents.owners([email(), DEVICE]) == {}
    assert world.documents.forgotten([email(), DEVICE]) == {email(): NOON, DEVICE: NOON}


def test_the_identity_of_somebody_else_stays_as_it_is(world: World) -> None:
    """Only the owner's own are let go."""
    world.documents.claim(known("other"), [email()])
    world.documents.forget("c1", _stored(world, email()), NOON)
    assert world.documents.owners([email()]) == {email(): "other"}
    assert world.documents.forgotten([email()]) == {}


def test_one_that_nobody_had_is_remembered_too(world: World) -> None:
    """Events of somebody unknown may still be on their way."""
    world.documents.forget("c1", _stored(world, email()), NOON)
    assert world.documents.forgotten([email()]) == {email(): NOON}


def test_only_who_knows_of_the_erasure_can_claim_it(world: World) -> None:
    """Otherwise what the erasure demands would be lost; afterwards the mark is the new document's affair."""
    world.documents.forget("c1", _stored(world, email()), LATER)
    with pytest.raises(Conflict):
        world.documents.claim(known("c2"), [email()])
    with pytest.raises(Conflict):
        world.documents.claim(known("c2", erased_at=NOON), [email()])
    world.documents.claim(known("c2", erased_at=LATER), [email()])
    assert world.documents.owners([email()]) == {email(): "c2"}
    assert world.documents.forgotten([email()]) == {}


def test_nobody_can_share_or_point_what_was_let_go(world: World) -> None:
    """There is no owner to agree."""
    world.documents.claim(known(), [email()])
    world.documents.forget("c1", _stored(world, email()), NOON)
    with pytest.raises(Conflict):
        world.documents.share(email(), "c2")
    with pytest.raises(Conflict):
        world.documents.point(email(), "c1", "c2")


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
    aws.documents.forget("c1", _stored(aws, email(), DEVICE), NOON)
    table = aws.documents._table  # type: ignore[attr-defined]
    items = {
        item["pk"]["S"].split("#")[1]: item
        for item in table.scan()
        if item["pk"]["S"].startswith("IDENTITY#")
    }
    assert "expires_at" not in items["email"]
    assert int(items["anonymous"]["expires_at"]["N"]) > 0
    assert "ada@example.com" not in str(items)
