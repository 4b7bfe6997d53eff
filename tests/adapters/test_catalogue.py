"""What every implementation of `ports.Catalogue` must do, how products merge, and what their watchers are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from perennial.adapters.catalogue import DynamoCatalogue
from perennial.adapters.memory import MemoryWorld
from perennial.adapters.products import merged
from perennial.bootstrap import AwsWorld
from perennial.errors import Conflict
from perennial.events import Change, Product
from perennial.ports.world import World
from tests.adapters.builders import NOON, Wire, client_error, known, passing
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


OUT = product(rank=2, at=EARLIER, available=False, price=1999, currency="EUR")
BACK = product(rank=2, available=True, price=1999, currency="EUR")
CHEAPER = product(rank=2, at=LATER, available=True, price=1499, currency="EUR")
RESTOCKED = Change(product_id="tea", kind="product_restocked", at=NOON, price=1999, currency="EUR")
DROPPED = Change(product_id="tea", kind="price_dropped", at=LATER, price=1499, was=1999, currency="EUR")


def test_changes_are_found_once_and_kept_until_they_are_told(world: World) -> None:
    """Told by one delivery and forgotten before anybody heard of it: the next delivery of the same fact says it again."""
    assert world.catalogue.learn([OUT]) == []
    assert world.catalogue.learn([BACK]) == [RESTOCKED]
    assert world.catalogue.learn([BACK]) == [RESTOCKED]
    world.catalogue.told([RESTOCKED])
    assert world.catalogue.learn([BACK]) == []
    assert world.catalogue.load(["tea"]) == {"tea": BACK}


def test_a_second_change_does_not_hide_the_first(world: World) -> None:
    """Each is kept apart; telling one leaves the other."""
    world.catalogue.learn([OUT])
    world.catalogue.learn([BACK])
    assert world.catalogue.learn([CHEAPER]) == [RESTOCKED, DROPPED]
    world.catalogue.told([RESTOCKED])
    assert world.catalogue.learn([CHEAPER]) == [DROPPED]


def test_changes_between_facts_of_one_call_are_seen(world: World) -> None:
    """In whatever order the facts of a batch stand."""
    assert world.catalogue.learn([CHEAPER, OUT, BACK]) == [RESTOCKED, DROPPED]


def test_what_is_told_of_unknown_products_is_nothing(world: World) -> None:
    """No product comes into being by it."""
    world.catalogue.told([RESTOCKED])
    assert world.catalogue.load(["tea"]) == {}


@pytest.mark.parametrize(
    ("known", "fact", "kinds"),
    [
        (OUT, BACK, ["product_restocked"]),
        (BACK, CHEAPER, ["price_dropped"]),
        (OUT, CHEAPER, ["product_restocked", "price_dropped"]),
        (OUT | {"deleted": True}, BACK | {"deleted": False}, ["product_restocked"]),
        (OUT | {"deleted": True}, BACK, []),
        (OUT, CHEAPER | {"available": False}, []),
        (BACK, OUT | {"at": LATER}, []),
        (BACK, BACK | {"at": LATER, "price": 2999}, []),
        (BACK, CHEAPER | {"currency": "USD"}, []),
        (BACK | {"at": LATER}, CHEAPER | {"at": EARLIER}, []),
        (BACK, CHEAPER | {"rank": 1}, []),
        (BACK | {"rank": 1}, CHEAPER, []),
        (product(rank=2, at=EARLIER), BACK, []),
    ],
    ids=[
        "back",
        "cheaper",
        "back and cheaper",
        "out of the bin",
        "in the bin",
        "cheaper, not to be had",
        "sold out",
        "dearer",
        "another currency",
        "told late",
        "an order's price",
        "after an order's price",
        "stock and price were not known",
    ],
)
def test_what_watchers_are_told(world: World, known: Product, fact: Product, kinds: list[str]) -> None:
    """Only what the store itself says, in order, of a thing that can be bought."""
    world.catalogue.learn([known])
    assert [change["kind"] for change in world.catalogue.learn([fact])] == kinds


def test_what_is_deleted_is_never_to_be_had(world: World) -> None:
    """Whatever is told of it later, unless the store says that it is back."""
    world.catalogue.learn([BACK, product(rank=2, at=LATER, available=False, deleted=True)])
    world.catalogue.learn([product(rank=2, at="2026-05-01T00:00:00.000Z", available=True)])
    assert world.catalogue.load(["tea"])["tea"]["available"] is False
    world.catalogue.learn([product(rank=2, at="2026-06-01T00:00:00.000Z", available=True, deleted=False)])
    assert world.catalogue.load(["tea"])["tea"]["available"] is True


def test_a_scan_gives_every_product_and_nothing_else(world: World) -> None:
    """Customers and watches share the table; what is to be told is no part of a product."""
    world.documents.save(known("c1"))
    world.watches.add({"c1": {"tea": clock() + timedelta(days=1)}})
    cup = Product(id="cup", title="Cup", at=NOON, rank=1)
    world.catalogue.learn([OUT, cup])
    world.catalogue.learn([BACK])
    assert sorted(world.catalogue.scan(), key=lambda each: each["id"]) == [cup, BACK]


def test_a_change_is_not_lost_in_a_race(aws: AwsWorld) -> None:
    """Someone else's fact between read and put: the change is judged anew, on what is true then."""
    aws.catalogue.learn([OUT])
    others = [product(rank=2, at="2026-02-02T00:00:00.000Z", available=False, price=2999, currency="EUR")]

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        if operation == "put_item" and others:
            aws.catalogue.learn([others.pop()])
        return pass_on()

    changes = DynamoCatalogue(Wire(client("dynamodb"), during), DOCUMENTS).learn([BACK])
    assert changes == [RESTOCKED, {**RESTOCKED, "kind": "price_dropped", "was": 2999}]
