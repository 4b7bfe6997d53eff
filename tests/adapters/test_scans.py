"""What every implementation of `ports.Scans` must do."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.adapters.scans import DynamoScans
from perennial.bootstrap import AwsWorld
from perennial.events import Product
from perennial.people.identities import Identity, Kind
from perennial.ports.data import Scanned
from perennial.ports.world import World
from tests.adapters.builders import NOON, Wire, email, event, known, visitor
from tests.adapters.cloud import DOCUMENTS, client


def filled(world: World, number: int = 12) -> None:
    """Customers, a visitor, products, and things beside them that are neither."""
    for each in range(number):
        world.documents.save(known(f"c{each}"))
    world.documents.save(visitor("v1"))
    world.documents.claim(known("owner"), [email(), Identity(Kind.STORE, "1")])
    world.catalogue.learn([Product(id=each, title=each, at=NOON, rank=2) for each in ("tea", "cup")])
    world.timeline.add({"c1": [event("a")]})
    world.pointer.publish("r1", None)


def everything(world: World, of: int) -> tuple[list[str], list[str]]:
    customers, products = [], []
    for segment in range(of):
        position: str | None = None
        while True:
            page = world.scans.page(segment, of, position)
            customers += [each["id"] for each in page.customers]
            products += [each["id"] for each in page.products]
            position = page.position
            if position is None:
                break
    return sorted(customers), sorted(products)


@pytest.mark.parametrize("of", [1, 16])
def test_segments_together_hold_everything_once(world: World, of: int) -> None:
    """However many there are; visitors too, and nothing that is neither customer nor product."""
    filled(world)
    customers = sorted([*(f"c{each}" for each in range(12)), "owner", "v1"])
    assert everything(world, of) == (customers, ["cup", "tea"])


def test_documents_come_as_they_are_stored(world: World) -> None:
    """With their version, so that they can be put on condition of it."""
    stored = world.documents.save(known("c1", traits={"first_name": "Zoë 🌱"}))
    world.catalogue.learn([Product(id="tea", title="Tea", at=NOON, rank=2, cycle_days=30)])
    page = world.scans.page(0, 1)
    assert page.customers == [stored]
    assert page.products == [Product(id="tea", title="Tea", at=NOON, rank=2, cycle_days=30)]


def test_an_empty_table_is_one_page(world: World) -> None:
    """The first page is the last."""
    assert world.scans.page(3, 16) == Scanned([], [], None)


def test_a_page_says_where_the_next_begins(aws: AwsWorld) -> None:
    """On the table as in memory; the position is a text that fits into a message."""
    memory = MemoryWorld(lambda: None, {"IDENTITY_KEY": "k"})  # type: ignore[arg-type,return-value]
    memory.scans.size = 5
    filled(memory)
    filled(aws)

    def in_fives(operation: str, parameters: dict[str, Any], pass_on: Any) -> Any:
        return client("dynamodb").scan(**parameters, Limit=5)

    on_table = type("W", (), {"scans": DynamoScans(Wire(client("dynamodb"), in_fives), DOCUMENTS)})
    worlds: list[Any] = [memory, on_table]
    for world in worlds:
        first = world.scans.page(0, 1)
        assert isinstance(first.position, str)
        assert everything(world, 1)[1] == ["cup", "tea"]
        assert len(everything(world, 1)[0]) == 14
