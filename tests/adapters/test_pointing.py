"""Where identities lead, under the contract of both worlds: bounds and words that a slip of the pen would change."""

from __future__ import annotations

import pytest

from perennial.adapters.layout import shard_of
from perennial.people.identities import Identity, Kind
from perennial.ports.documents import NOBODY, SHARED_BY, Mark, Pointer
from perennial.ports.world import World
from perennial.times import moment
from tests.adapters.builders import NOON, email, known

DEVICE = Identity(Kind.ANONYMOUS, "laptop")


def _stored(world: World, identity: Identity) -> Identity:
    return Identity(identity.kind, world.identity_keys.stored(identity))


@pytest.mark.parametrize(("sharers", "owner"), [(SHARED_BY, "c1"), (SHARED_BY + 1, NOBODY)])
def test_an_identity_that_more_than_twenty_use_recognises_nobody(
    world: World, sharers: int, owner: str
) -> None:
    """Twenty beside the owner may; one more, and it is a till's."""
    world.documents.claim(known(), [email()])
    for number in range(sharers):
        world.documents.share(email(), f"guest-{number}")
    assert world.documents.owners([email()]) == {email(): owner}


def test_a_pointer_that_moved_says_from_where_and_when(world: World) -> None:
    """And one that followed a merge does not."""
    world.documents.claim(known(), [email(), DEVICE])
    world.documents.point(_stored(world, email()), "c1", "c2", NOON)
    world.documents.point(_stored(world, DEVICE), "c1", "c2")
    assert world.documents.pointers([email(), DEVICE]) == {
        email(): Pointer("c2", None, "c1", NOON),
        DEVICE: Pointer("c2"),
    }


def test_one_that_leads_elsewhere_keeps_no_other_from_being_let_go(world: World) -> None:
    """Those before and after it go."""
    mine, theirs = Identity(Kind.STORE, "9"), email()
    world.documents.claim(known("other"), [theirs])
    world.documents.claim(known(), [mine, DEVICE])
    world.documents.forget("c1", [_stored(world, each) for each in (mine, theirs, DEVICE)], Mark(NOON))
    assert world.documents.owners([mine, theirs, DEVICE]) == {theirs: "other"}


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_no_more_are_due_than_are_asked_for(world: World, limit: int) -> None:
    """One is enough to ask for."""
    world.documents.claim({**known(), "wake_at": NOON}, [email()])
    found = world.documents.due(shard_of("c1"), moment(NOON), limit)
    assert len(found) == min(limit, 1)
