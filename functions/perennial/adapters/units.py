"""DynamoDB's bill, computed from item sizes by its published rules (emulators report other numbers).

Items and attribute values are in the wire form: `{"pk": {"S": "..."}, "body": {"B": b"..."}}`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

_WRITE_UNIT = 1024  # bytes
_READ_UNIT = 4096


def item_size(item: Item) -> int:
    """Bytes: the UTF-8 names of the attributes and their values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def write_units(
    item: Item, replaces: Item | None = None, *, index: Collection[str] = (), transactional: bool = False
) -> int:
    """Units of one put: of the larger of old and new item, and of what it changes in a keys-only index.

    index: the index's own key attributes; empty when the table has none.
    """
    size = max(item_size(item), item_size(replaces or {}))
    units = max(1, ceil(size / _WRITE_UNIT)) * (2 if transactional else 1)
    return units + _index_writes(item, replaces or {}, index)


def read_units(size: int, *, consistent: bool) -> float:
    """Units of one item read by its key, or of one query page, whose items' sizes are summed first."""
    return max(1, ceil(size / _READ_UNIT)) * (1.0 if consistent else 0.5)


def _index_writes(item: Item, replaces: Item, index: Collection[str]) -> int:
    """A moved entry is removed and put again; each costs one unit, since keys fit into one."""
    old, new = ([side.get(name) for name in index] for side in (replaces, item))
    if old == new:
        return 0
    return (None not in old) + (None not in new)


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "B":
            return len(content)
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(len(each.encode()) for each in content)
        case "NS":
            return sum(map(_number_size, content))
        case "BS":
            return sum(map(len, content))
        case "L":
            return 3 + sum(1 + _value_size(each) for each in content)
        case "M":
            return 3 + item_size(content) + len(content)
    raise ValueError(f"{kind!r} is not a DynamoDB type")


def _number_size(text: str) -> int:
    """One byte per two significant digits and one more, another for the sign."""
    sign, digits, _ = Decimal(text).normalize().as_tuple()
    return (len(digits) + 1) // 2 + 1 + sign
