"""Batches that the service does only in part, against a service that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perennial.adapters.table import Item, Table, in_groups, key
from perennial.errors import Throttled
from tests.adapters.builders import Wire

Serve = Callable[[str, dict[str, Any], Callable[[], Any]], Any]


def keys(count: int) -> list[Item]:
    """Distinct keys."""
    return [key(f"P#{number}", "DOC") for number in range(count)]


def doing_at_most(most: int) -> Serve:
    """A service that does `most` of what a call asks, and says what is left."""

    def get(request: dict[str, Any]) -> Any:
        done, left = request["Keys"][:most], request["Keys"][most:]
        return {"Responses": {"t": done}, "UnprocessedKeys": {"t": {**request, "Keys": left}} if left else {}}

    def during(operation: str, parameters: dict[str, Any], pass_on: Callable[[], Any]) -> Any:
        request = parameters["RequestItems"]["t"]
        if operation == "batch_get_item":
            return get(request)
        return {"UnprocessedItems": {"t": request[most:]} if request[most:] else {}}

    return during


def table_over(serve: Serve) -> tuple[Table, Wire, list[float]]:
    """A table, its calls, and the pauses it makes."""
    wire = Wire(None, serve)
    pauses: list[float] = []
    return Table(wire, "t", pauses.append), wire, pauses


def asked(wire: Wire) -> list[int]:
    """How many keys or items each call names."""
    requests = [parameters["RequestItems"]["t"] for _, parameters in wire.calls]
    return [len(request["Keys"] if isinstance(request, dict) else request) for request in requests]


def test_reads_go_on_until_all_is_read() -> None:
    """What was left undone is asked for again, after a pause, and with the same options."""
    table, wire, pauses = table_over(doing_at_most(60))
    assert list(table.get_many(keys(130), ("pk",), consistent=True)) == keys(130)
    assert asked(wire) == [100, 40, 30]
    assert len(pauses) == 1
    assert all(parameters["RequestItems"]["t"]["ConsistentRead"] for _, parameters in wire.calls)


def test_writes_go_on_until_all_is_written() -> None:
    """Each item of the batch is put in the end, 25 a call at most."""
    table, wire, pauses = table_over(doing_at_most(10))
    table.put_many(keys(30))
    assert asked(wire) == [25, 15, 5, 5]
    assert pauses == sorted(pauses)
    assert len(pauses) == 2


@pytest.mark.parametrize("batch", [lambda table: table.put_many(keys(3)), lambda table: list(read(table))])
def test_a_service_that_does_nothing_is_left(batch: Callable[[Table], Any]) -> None:
    """The tries are bounded, in number and in time, and end in an error that says what to do."""
    table, wire, pauses = table_over(doing_at_most(0))
    with pytest.raises(Throttled, match="may repeat"):
        batch(table)
    assert len(wire.calls) == len(pauses) + 1 == 7
    assert sum(pauses) < 5


def read(table: Table) -> Any:
    """Three items."""
    return table.get_many(keys(3), ("pk",), consistent=False)


def test_no_call_names_a_key_twice() -> None:
    """The service refuses that; of two items with one key the later is put."""
    table, wire, _ = table_over(doing_at_most(100))
    assert list(table.get_many(keys(2) * 2, ("pk",), consistent=False)) == keys(2)
    first, second = (item | {"v": {"N": version}} for item, version in zip(keys(1) * 2, "12", strict=True))
    table.put_many([first, second])
    assert wire.calls[1][1]["RequestItems"]["t"] == [{"PutRequest": {"Item": second}}]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (4, [3, 1]), (6, [3, 3])])
def test_groups(count: int, sizes: list[int]) -> None:
    """Everything, in order, in groups of three at most."""
    groups = list(in_groups(range(count), 3))
    assert [len(group) for group in groups] == sizes
    assert [each for group in groups for each in group] == list(range(count))
