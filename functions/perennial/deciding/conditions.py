"""Conditions of campaigns as the release holds them: nested lists, made by `publishing.expressions`.

    ["and", ["compare", ["get", ["name", "customer"], "orders_count"], [[">=", ["const", 1]]]], ...]

There is always an answer, never an error: what is unknown is None, and None is neither more nor less than
anything. Money counts in major units (20 means 20.00), and a time as its stamp, so it can be compared with
"2026-11-01".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from perennial.money import exponent
from perennial.times import stamp

Condition = Any  # plain JSON
Names = Mapping[str, Any]

LONGEST_TEXT = 10_000
LARGEST_NUMBER = 10**18


def holds(condition: Condition, names: Names) -> bool:
    """Whether it is true of `names` (customer, event: dicts of names); no condition always is."""
    return condition is None or bool(value_of(condition, names))


def value_of(node: Condition, names: Names) -> Any:
    """The value of a compiled expression, None where something in it is unknown."""
    return _NODES[node[0]](node, names)


def plain(value: Any) -> Any:
    """A value as conditions compare it: money as a number of major units, times as stamps."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
        return value["amount"] / 10 ** exponent(value["currency"])
    return value


def _get(node: Condition, names: Names) -> Any:
    parent = value_of(node[1], names)
    return parent.get(node[2]) if isinstance(parent, Mapping) else None


def _is_defined(node: Condition, names: Names) -> bool:
    inner = node[1]
    if inner[0] != "get":
        return True
    parent = value_of(inner[1], names)
    return isinstance(parent, Mapping) and inner[2] in parent


def _and(node: Condition, names: Names) -> Any:
    return value_of(node[1], names) and value_of(node[2], names)


def _or(node: Condition, names: Names) -> Any:
    return value_of(node[1], names) or value_of(node[2], names)


def _compare(node: Condition, names: Names) -> bool:
    left = plain(value_of(node[1], names))
    for symbol, operand in node[2]:
        right = plain(value_of(operand, names))
        if not _COMPARISONS[symbol](left, right):
            return False
        left = right
    return True


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def answer(left: Any, right: Any) -> bool:
        numbers = _is_number(left) and _is_number(right)
        texts = isinstance(left, str) and isinstance(right, str)
        return (numbers or texts) and compare(left, right)

    return answer


def _contains(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    return isinstance(right, list | tuple | Mapping) and any(plain(each) == left for each in right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _calculated(calculate: Callable[[Any, Any], Any]) -> Callable[[Condition, Names], Any]:
    def answer(node: Condition, names: Names) -> Any:
        left, right = (plain(value_of(operand, names)) for operand in node[1:])
        if not (_is_number(left) and _is_number(right)):
            return None
        try:
            result = calculate(left, right)
        except ArithmeticError:
            return None
        return result if abs(result) <= LARGEST_NUMBER else None

    return answer


_sum = _calculated(operator.add)


def _add(node: Condition, names: Names) -> Any:
    left, right = (value_of(operand, names) for operand in node[1:])
    if isinstance(left, str) and isinstance(right, str):
        return (left + right)[:LONGEST_TEXT]
    return _sum(["+", ["const", left], ["const", right]], names)


def _concat(node: Condition, names: Names) -> str:
    values = (plain(value_of(part, names)) for part in node[1])
    return "".join("" if value is None else str(value)[:LONGEST_TEXT] for value in values)[:LONGEST_TEXT]


def _negative(node: Condition, names: Names) -> Any:
    value = plain(value_of(node[1], names))
    return -value if _is_number(value) else None


def _lower(node: Condition, names: Names) -> Any:
    value = value_of(node[1], names)
    return value.lower() if isinstance(value, str) else None


def _length(node: Condition, names: Names) -> Any:
    value = value_of(node[1], names)
    return len(value) if isinstance(value, str | list | tuple | Mapping) else 0


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _contains,
    "not in": lambda left, right: not _contains(left, right),
}

_NODES: Mapping[str, Callable[[Condition, Names], Any]] = {
    "const": lambda node, names: node[1],
    "name": lambda node, names: names.get(node[1]),
    "get": _get,
    "list": lambda node, names: [value_of(each, names) for each in node[1]],
    "not": lambda node, names: not value_of(node[1], names),
    "and": _and,
    "or": _or,
    "compare": _compare,
    "is none": lambda node, names: value_of(node[1], names) is None,
    "is defined": _is_defined,
    "+": _add,
    "-": _calculated(operator.sub),
    "*": _calculated(operator.mul),
    "/": _calculated(operator.truediv),
    "~": _concat,
    "negative": _negative,
    "lower": _lower,
    "length": _length,
}
