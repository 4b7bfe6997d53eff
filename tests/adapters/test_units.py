"""DynamoDB's units, against figures worked out by hand from its published rules."""

from __future__ import annotations

from typing import Any

import pytest

from perennial.adapters.units import item_size, read_units, write_units

INDEX = ("due_shard", "wake_at")


def item_of(size: int) -> dict[str, dict[str, Any]]:
    """An item of this many bytes."""
    return {"pk": {"S": "x" * (size - 2)}}


def due(wake_at: str) -> dict[str, dict[str, Any]]:
    """A small item that stands in the index."""
    return {"pk": {"S": "c"}, "due_shard": {"S": "03"}, "wake_at": {"S": wake_at}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "tea"}, 3),
        ({"S": "Zoë"}, 4),
        ({"S": ""}, 0),
        ({"B": b"\x00\x01"}, 2),
        ({"N": "7"}, 2),
        ({"N": "0"}, 2),
        ({"N": "123"}, 3),
        ({"N": "-123"}, 4),
        ({"N": "1000000"}, 2),
        ({"N": "0.0012"}, 2),
        ({"N": "1800000000"}, 2),
        ({"N": "1800000001"}, 6),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["winback", "*"]}, 8),
        ({"NS": ["1", "12"]}, 4),
        ({"BS": [b"ab", b"c"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "a"}, {"N": "1"}]}, 8),
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "a"}}}, 8),
    ],
)
def test_the_size_of_a_value(value: dict[str, Any], size: int) -> None:
    """Beside the value, the item counts its name, in UTF-8."""
    assert item_size({"é": value}) == size + 2


def test_an_unknown_type_is_an_error() -> None:
    """A size that is not known must not be guessed."""
    with pytest.raises(ValueError, match="'X' is not"):
        item_size({"a": {"X": 1}})


@pytest.mark.parametrize(("size", "units"), [(2, 1), (1024, 1), (1025, 2), (10_240, 10)])
def test_a_put_costs_a_unit_per_kilobyte(size: int, units: int) -> None:
    """Begun kilobytes count; a transaction costs twice as much."""
    assert write_units(item_of(size)) == units
    assert write_units(item_of(size), transactional=True) == 2 * units


def test_a_put_costs_what_the_larger_item_would() -> None:
    """Replacing a large item by a small one costs the large one."""
    assert write_units(item_of(100), item_of(3000)) == write_units(item_of(3000), item_of(100)) == 3


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, item_of(10), 0),
        (None, due("9"), 1),
        (item_of(10), due("9"), 1),
        (due("9"), due("9"), 0),
        (due("9"), due("8"), 2),
        (due("9"), item_of(10), 1),
    ],
    ids=["never in it", "new", "enters", "stays", "moves", "leaves"],
)
def test_what_the_index_costs(old: Any, new: Any, units: int) -> None:
    """One unit for each entry put or removed, beside the unit of the item."""
    assert write_units(new, old, index=INDEX) == 1 + units


@pytest.mark.parametrize(("size", "units"), [(0, 1), (4096, 1), (4097, 2), (40_960, 10)])
def test_a_read_costs_a_unit_per_four_kilobytes(size: int, units: int) -> None:
    """Half of it where an old copy will do."""
    assert read_units(size, consistent=True) == units
    assert read_units(size, consistent=False) == units / 2
