"""What every implementation of `ports.Documents` must do."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from perennial.adapters.layout import shard_of
from perennial.errors import Conflict
from perennial.people.identities import Identity, Kind
from perennial.ports.documents import SHARDS
from perennial.ports.world import World
from tests.adapters.builders import NOON, email, known, visitor

UNTIL = datetime(2026, 3, 1, 12, tzinfo=UTC)


def due(world: World, ids: Iterable[str] = ("c1",), limit: int = 100, until: datetime = UNTIL) -> list[str]:
    """What is due in the shards of these ids."""
    shards = sorted({shard_of(each) for each in ids})
    return [each for shard in shards for each in world.documents.due(shard, until, limit)]


def neighbours(count: int) -> list[str]:
    """Ids that fall into one shard."""
    return [each for each in (f"n{number}" for number in range(10_000)) if shard_of(each) == 3][:count]


def test_a_saved_document_is_loaded_as_it_was(world: World) -> None:
    """The stored document is the given one with its new version; the argument is left alone."""
    document = known(wake_at=NOON, traits={"first_name": "Zoë 🌱"})
    before = copy.deepcopy(document)
    stored = world.documents.save(document)
    assert document == before
    assert stored == {**document, "version": 1}
    assert world.documents.load(["c1"]) == {"c1": stored}


def test_what_does_not_exist_is_missing(world: World) -> None:
    """Unknown ids are left out, and nothing at all may be asked for."""
    world.documents.save(known())
    assert world.documents.load(["c1", "c2"]).keys() == {"c1"}
    assert world.documents.load([]) == {}


def test_versions_count_on(world: World) -> None:
    """Each save continues from the version that was loaded."""
    document = known()
    for expected in (1, 2, 3):
        document = world.documents.save(document)
        assert world.documents.load(["c1"])["c1"]["version"] == document["version"] == expected


def test_a_first_put_finds_another(world: World) -> None:
    """Version 0 means that nothing is stored: the second one conflicts and leaves no trace."""
    first = world.documents.save(known(traits={"first_name": "Ada"}))
    with pytest.raises(Conflict):
        world.documents.save(known(traits={"first_name": "Bob"}))
    assert world.documents.load(["c1"]) == {"c1": first}


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_is_a_conflict(world: World, version: int) -> None:
    """Neither an older nor a newer version than the stored one may be replaced."""
    stored = world.documents.save(world.documents.save(known()))
    with pytest.raises(Conflict):
        world.documents.save({**stored, "version": version})
    assert world.documents.load(["c1"]) == {"c1": stored}


def test_a_version_without_a_document_is_a_conflict(world: World) -> None:
    """A document that is gone is not put again by someone who once read it."""
    with pytest.raises(Conflict):
        world.documents.save(known(version=4))
    assert world.documents.load(["c1"]) == {}


def test_unknown_keys_survive(world: World) -> None:
    """What a newer release wrote is still there after this one read and wrote the document."""
    document = known(loyalty={"tier": "gold", "points": [1, 2.5, None, True]})
    world.documents.save(document)
    again = world.documents.save(world.documents.load(["c1"])["c1"])
    assert cast("dict[str, Any]", again)["loyalty"] == {"tier": "gold", "points": [1, 2.5, None, True]}
    assert world.documents.load(["c1"])["c1"] == again


def test_documents_are_not_shared(world: World) -> None:
    """Changing a document that was saved or loaded changes nothing that is stored."""
    document = known(traits={"first_name": "Ada"})
    saved = world.documents.save(document)
    for copy_ in (document, saved, world.documents.load(["c1"])["c1"]):
        copy_["traits"]["first_name"] = "changed"
    assert world.documents.load(["c1"])["c1"]["traits"] == {"first_name": "Ada"}


def test_a_big_document_comes_back(world: World) -> None:
    """A document far beyond the usual size is stored whole."""
    document = known(traits={f"field {number}": "x" * 100 for number in range(500)})
    assert world.documents.load([world.documents.save(document)["id"]])["c1"]["traits"] == document["traits"]


def test_more_documents_than_one_call_reads(world: World) -> None:
    """Batches beyond the service's limit, and ids named twice, are the adapter's affair."""
    ids = [f"c{number}" for number in range(205)]
    for each in ids:
        world.documents.save(known(each))
    assert world.documents.load([*ids, *ids[:10], "c999"]).keys() == set(ids)


def test_a_claim_stores_both(world: World) -> None:
    """After a claim the document is there and its identities, named twice or not, point to it."""
    phone = Identity(Kind.PHONE, "+4917012345")
    stored = world.documents.claim(known(), [email(), phone, email()])
    assert stored["version"] == 1
    assert world.documents.load(["c1"]) == {"c1": stored}
    assert world.documents.owners([email(), phone, email("nobody@example.com")]) == {
        email(): "c1",
        phone: "c1",
    }


def test_kinds_do_not_mix(world: World) -> None:
    """The same text as another kind of identity is another identity."""
    world.documents.claim(known(), [Identity(Kind.STORE, "7")])
    assert world.documents.owners([Identity(Kind.ANONYMOUS, "7"), Identity(Kind.STORE, "7")]) == {
        Identity(Kind.STORE, "7"): "c1"
    }
    assert world.documents.owners([]) == {}


def test_of_two_racing_claims_one_wins(world: World) -> None:
    """Someone else's identity makes the whole claim a conflict, and nothing of it is stored."""
    world.documents.claim(known("c1"), [email()])
    with pytest.raises(Conflict):
        world.documents.claim(known("c2"), [email("free@example.com"), email()])
    assert world.documents.owners([email(), email("free@example.com")]) == {email(): "c1"}
    assert world.documents.load(["c2"]) == {}


def test_a_claim_for_an_outdated_document_claims_nothing(world: World) -> None:
    """The condition on the version holds for the identities too."""
    world.documents.save(known())
    with pytest.raises(Conflict):
        world.documents.claim(known(), [email()])
    assert world.documents.owners([email()]) == {}


def test_ones_own_identity_can_be_claimed_again(world: World) -> None:
    """A claim that was stored although its answer was lost does not stand in its own way."""
    stored = world.documents.claim(known(), [email()])
    assert world.documents.claim(stored, [email(), email("second@example.com")])["version"] == 2
    assert set(world.documents.owners([email(), email("second@example.com")]).values()) == {"c1"}


def test_due_are_those_whose_time_has_come(world: World) -> None:
    """Up to and including the moment; later ones and those without a time are not due."""
    times = {
        "past": "2026-02-01T00:00:00.000Z",
        "now": NOON,
        "later": "2026-03-01T12:00:00.001Z",
        "never": None,
    }
    for each, wake_at in times.items():
        world.documents.save(known(each, wake_at=wake_at))
    assert set(due(world, times)) == {"past", "now"}


def test_the_longest_due_come_first(world: World) -> None:
    """A limited question is answered with the earliest, in order; no limit, no answer."""
    ids = neighbours(5)
    for each, hour in zip(ids, (9, 7, 11, 8, 10), strict=True):
        world.documents.save(known(each, wake_at=f"2026-03-01T{hour:02d}:00:00.000Z"))
    in_order = [ids[1], ids[3], ids[0], ids[4], ids[2]]
    assert due(world, ids) == in_order
    assert due(world, ids, limit=2) == in_order[:2]
    assert due(world, ids, limit=0) == []


def test_each_customer_is_due_in_one_shard(world: World) -> None:
    """The shards together name everyone exactly once."""
    ids = [f"c{number}" for number in range(40)]
    for each in ids:
        world.documents.save(known(each, wake_at=NOON))
    found = [each for shard in range(SHARDS) for each in world.documents.due(shard, UNTIL, 100)]
    assert sorted(found) == sorted(ids)


def test_the_index_follows_the_document(world: World) -> None:
    """A moved `wake_at` is found at its new time only, a cleared one nowhere."""
    stored = world.documents.save(known(wake_at=NOON))
    stored = world.documents.save({**stored, "wake_at": "2026-03-02T12:00:00.000Z"})
    assert due(world) == []
    assert due(world, until=datetime(2026, 3, 3, tzinfo=UTC)) == ["c1"]
    world.documents.save({**stored, "wake_at": None})
    assert due(world, until=datetime(2027, 1, 1, tzinfo=UTC)) == []


def test_a_refused_save_moves_nothing_in_the_index(world: World) -> None:
    """The index holds what is stored, not what was tried."""
    world.documents.save(known(wake_at=NOON))
    with pytest.raises(Conflict):
        world.documents.save(known(wake_at=None))
    assert due(world) == ["c1"]


def test_visitors_are_never_due(world: World) -> None:
    """Someone known by a device only stays out of the index, until an address is known."""
    stored = world.documents.save(visitor("c1", NOON, wake_at=NOON))
    assert due(world) == []
    world.documents.save({**stored, "identities": {"anonymous": ["device"], "email": ["ada@example.com"]}})
    assert due(world) == ["c1"]


def test_a_scan_reads_every_customer_and_nothing_else(world: World) -> None:
    """Identities, products and the live pointer lie in the same table."""
    saved = {world.documents.claim(known(f"c{n}"), [Identity(Kind.STORE, f"s{n}")])["id"] for n in range(5)}
    world.pointer.publish("r1", None)
    assert {customer["id"] for customer in world.documents.scan()} == saved
