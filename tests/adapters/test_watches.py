"""What every implementation of `ports.Watches` must do."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from perennial.adapters.units import write_units
from perennial.adapters.watches import DynamoWatches, watch_item
from perennial.bootstrap import AwsWorld
from perennial.ports.world import World
from tests.adapters.builders import Wire, passing
from tests.adapters.cloud import DOCUMENTS, client, clock

SOON = clock() + timedelta(days=1)


def of(world: World, product_id: str, after: str = "") -> list[str]:
    """Who watches it now."""
    return list(world.watches.of(product_id, clock(), after))


def test_watchers_come_in_their_order_and_from_where_one_stopped(world: World) -> None:
    """Each product has its own, and a page ends wherever its reader stops."""
    world.watches.add({"c2": {"tea": SOON, "cup": SOON}, "c1": {"tea": SOON}, "c3": {"tea": SOON}})
    assert of(world, "tea") == ["c1", "c2", "c3"]
    assert (of(world, "tea", after="c1"), of(world, "tea", after="c3")) == (["c2", "c3"], [])
    assert (of(world, "cup"), of(world, "kettle")) == (["c2"], [])
    world.watches.add({})


def test_watching_again_changes_the_time_alone(world: World) -> None:
    """One item, whatever is repeated; past its time nobody is told, though the table has not forgotten yet."""
    world.watches.add({"c1": {"tea": clock() - timedelta(days=1)}, "c2": {"tea": clock()}})
    assert of(world, "tea") == []
    world.watches.add({"c1": {"tea": SOON}})
    world.watches.add({"c1": {"tea": SOON}})
    assert of(world, "tea") == ["c1"]


def test_any_number_of_watchers(world: World) -> None:
    """More than one page of the service, and an id that looks like the next product's."""
    everybody = [f"c{number:04d}" for number in range(1200)]
    world.watches.add({each: {"tea": SOON} for each in everybody} | {"c0001": {"tea": SOON, "tea#2": SOON}})
    assert of(world, "tea") == everybody
    assert of(world, "tea", after="c0999") == everybody[1000:]


def test_a_page_reads_no_more_than_it_needs(aws: AwsWorld) -> None:
    """A hundred thousand watchers are never read in one go."""
    aws.watches.add({f"c{number:04d}": {"tea": SOON} for number in range(1200)})
    wire = Wire(client("dynamodb"), passing)
    assert len(list(islice(DynamoWatches(wire, DOCUMENTS).of("tea", clock()), 400))) == 400
    assert [parameters["Limit"] for _, parameters in wire.calls] == [500]


def test_the_table_forgets_a_watch() -> None:
    """By the attribute that its time to live is set on; and it costs one unit."""
    item = watch_item("tea", "c1", SOON)
    assert item["expires_at"] == {"N": str(int(SOON.timestamp()))}
    assert write_units(item) == 1
