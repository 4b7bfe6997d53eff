"""What every implementation of `ports.Catalogue` must do, and how products merge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perennial.adapters.catalogue import DynamoCatalogue
from perennial.adapters.memory import MemoryWorld
from perennial.adapters.products import merged
from perennial.bootstrap import AwsWorld
from perennial.errors import Conflict
from perennial.events import Product
from perennial.ports import World
from tests.adapters.builders import NOON, Wire, client_error, passing
from tests.adapters.cloud import DOCUMENTS, client, clock

EARLIER, LATER = "2026-02-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"


def product(rank: int = 1, at: str = NOON, **parts: Any) -> Product:
    """A fact about the tea."""
    fact = Product(id="tea", title="Tea", at=at, rank=rank)
    fact.update(parts)  # type: ignore[typeddict-item]
    return fact


def test_a_new_product_is_kept(world: World) -> None:
    """Those that exist are loaded, others are left out."""
    world.catalogue.learn([product(price=1999, available=True)])
    assert world.catalogue.load(["tea", "coffee"]) == {"tea": product(price=1999, available=True)}
    assert world.catalogue.load([]) == {}


def test_facts_are_merged_one_after_the_other(world: World) -> None:
    """What is stored is the merge of all facts, within one call and over several."""
    world.catalogue.learn([product(price=1999), product(at=LATER, price=2499)])
    world.catalogue.learn([product(rank=2, at=EARLIER, image="tea.png")])
    expected = product(rank=2, at=EARLIER, image="tea.png", price=2499)
    assert world.catalogue.load(["tea"]) == {"tea": expected}


def test_more_products_than_one_call_reads(world: World) -> None:
    """Batches beyond the service's limit."""
    facts = [Product(id=f"p{number}", title="Pot", at=NOON, rank=1) for number in range(120)]
    world.catalogue.learn(facts)
    assert world.catalogue.load([fact["id"] for fact in facts]) == {fact["id"]: fact for fact in facts}


@pytest.mark.parametrize(
    ("known", "fact", "expected"),
    [
        (product(price=1), product(rank=2, at=EARLIER, price=2), product(rank=2, at=EARLIER, price=2)),
        (product(rank=2, price=1), product(at=LATER, price=2), product(rank=2, price=1)),
        (product(price=1), product(at=LATER, price=2), product(at=LATER, price=2)),
        (product(price=1), product(at=EARLIER, price=2), product(price=1)),
        (product(price=1), product(price=2), product(price=1)),
        (product(price=1), product(at=LATER, image="b"), product(at=LATER, price=1, image="b")),
        (product(rank=2), product(at=LATER, price=2), product(rank=2, price=2)),
    ],
    ids=["higher rank", "lower rank", "newer", "older", "tie", "newer leaves out", "older fills a gap"],
)
def test_who_is_believed(known: Product, fact: Product, expected: Product) -> None:
    """The higher rank, then the newer time; what the better fact leaves out stays."""
    assert merged(known, fact) == expected


@pytest.mark.parametrize(
    "fact", [product(price=1), product(at=LATER, price=1), product(at=LATER), product(at=EARLIER, price=9)]
)
def test_no_news_is_not_written(aws: AwsWorld, fact: Product) -> None:
    """Each order repeats what is known of its products: that must cost a read only."""
    wire = Wire(client("dynamodb"), passing)
    aws.catalogue.learn([product(price=1)])
    DynamoCatalogue(wire, DOCUMENTS).learn([fact])
    assert [operation for operation, _ in wire.calls] == ["batch_get_item"]
    in_memory = MemoryWorld(clock, {}).catalogue
    in_memory.learn([product(price=1)])
    in_memory.learn([fact])
    assert in_memory.writes == 1


@pytest.mark.parametrize("known", [[], [product(at=EARLIER)]], ids=["new product", "known product"])
def test_a_race_is_judged_again(aws: AwsWorld, known: list[Product]) -> None:
    """Someone else's change between read and put is kept, and ours is merged into it."""
    aws.catalogue.learn(known)
    others = [product(rank=2, image="tea.png")]

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        if operation == "put_item" and others:
            aws.catalogue.learn([others.pop()])
        return pass_on()

    DynamoCatalogue(Wire(client("dynamodb"), during), DOCUMENTS).learn([product(price=1999)])
    assert aws.catalogue.load(["tea"]) == {"tea": product(rank=2, image="tea.png", price=1999)}


def test_endless_races_end_in_a_conflict() -> None:
    """A product that always changes under our hands is left to the caller's retry."""

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        if operation == "put_item":
            raise client_error("ConditionalCheckFailedException")
        return {"Responses": {DOCUMENTS: []}}

    with pytest.raises(Conflict):
        DynamoCatalogue(Wire(None, during), DOCUMENTS).learn([product()])
