"""Places where moto's DynamoDB works in the size of the table instead of the size of the request, or does work twice.

With 1,200 items a transaction took 126 ms (it copies the whole table deeply, to restore it if a condition fails) and an
index query 16 ms (it sorts the whole table first, by a class that parses each key at each comparison). Here a transaction
remembers the items it touches, a query looks at its partition only, and a condition is parsed once, whatever its values.
The results are moto's own. The command pins moto to one version, so what is wrapped is known.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import wraps
from typing import Any, NamedTuple, cast

from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser, Func, Op
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

_transact = DynamoDBBackend.transact_write_items
_query = Table.query
_parse = ConditionExpressionParser.parse
_parsed: dict[Any, _Parsed] = {}
_MOST_PARSED = 1000


def quicken() -> None:
    """Wrap them; doing it again changes nothing."""
    table, backend = cast("Any", Table), cast("Any", DynamoDBBackend)
    cast("Any", ConditionExpressionParser).parse = _parse_once
    table.__deepcopy__, table.query = _same_items, _query_quickly
    backend.transact_write_items = _transact_quickly


@wraps(_parse)
def _parse_once(parser: ConditionExpressionParser) -> Any:
    """The condition's tree with these values in it: moto asks a tree before it has the next condition parsed."""
    names, values = parser.expression_attribute_names, parser.expression_attribute_values or {}
    key = (
        parser.condition_expression,
        frozenset((names or {}).items()),
        frozenset((name, next(iter(value))) for name, value in values.items()),
    )
    parsed = _parsed.get(key)
    if parsed is None:
        if len(_parsed) >= _MOST_PARSED:
            _parsed.clear()
        parsed = _parsed[key] = _parsed_with_names(parser)
    for name, places in parsed.places:
        given = values[name]
        for place in places:
            place.value = given[place.type]
    parser.expr_attr_names_found, parser.expr_attr_values_found = parsed.names, parsed.values
    return parsed.tree


class _Parsed(NamedTuple):
    """A tree, the names and values that stood in it, and where in it each value stands."""

    tree: Any
    names: list[str]
    values: list[str]
    places: list[tuple[str, list[AttributeValue]]]


def _parsed_with_names(parser: ConditionExpressionParser) -> _Parsed:
    """Each value is called by its own name, and so found again in the tree."""
    given = parser.expression_attribute_values
    if given:
        parser.expression_attribute_values = {name: {next(iter(given[name])): name} for name in given}
    try:
        tree = _parse(parser)
    finally:
        parser.expression_attribute_values = given
    places: dict[str, list[AttributeValue]] = {}
    for leaf in _leaves(tree):
        places.setdefault(str(leaf.value), []).append(leaf)
    return _Parsed(tree, parser.expr_attr_names_found, parser.expr_attr_values_found, list(places.items()))


def _leaves(node: Any) -> list[AttributeValue]:
    if isinstance(node, AttributeValue):
        return [node]
    parts = (vars(node) if isinstance(node, Op | Func) else {}).values()
    below = (each for part in parts for each in (part if isinstance(part, tuple) else (part,)))
    return list({id(leaf): leaf for each in below for leaf in _leaves(each)}.values())


def _same_items(table: Table, memo: dict[int, Any]) -> Table:
    """What moto keeps in order to restore it: items are restored by us."""
    return copy.copy(table)


@wraps(_transact)
def _transact_quickly(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    before = [_touched(backend, next(iter(each.values()))) for each in transact_items]
    try:
        _transact(backend, transact_items)
    except BaseException:
        for table, key, old in before:
            _restore(backend.tables[table], key, old)
        raise


_Key = tuple[DynamoType, DynamoType]


def _touched(backend: DynamoDBBackend, operation: Mapping[str, Any]) -> tuple[str, _Key, Item | None]:
    name = operation["TableName"]
    table, values = backend.get_table(name), operation.get("Item") or operation["Key"]
    # Every table of the template has a sort key.
    key = (DynamoType(values[table.hash_key_attr]), DynamoType(values[str(table.range_key_attr)]))
    return name, key, copy.deepcopy(table.get_item(*key))


def _restore(table: Table, key: _Key, old: Item | None) -> None:
    partition_key, sort_key = key
    table.delete_item(partition_key, sort_key)
    if old is not None:
        table.items[partition_key][sort_key] = old


@wraps(_query)
def _query_quickly(table: Table, hash_key: DynamoType, *args: Any, **options: Any) -> Any:
    index = options.get("index_name") or (args[6] if len(args) > 6 else None)
    if index:
        items = _with(table, dict(options.get("hash_key_conditions") or []))
    else:
        items = _items(table, table.items[hash_key]) if hash_key in table.items else []
    table.all_items = lambda: items  # type: ignore[method-assign]
    try:
        return _query(table, hash_key, *args, **options)
    finally:
        del table.all_items


def _with(table: Table, wanted: Mapping[str, DynamoType]) -> list[Item]:
    found = [item for partition in table.items.values() for item in _items(table, partition)]
    for name, value in wanted.items():
        found = [item for item in found if name in item.attrs and item.attrs[name].value == value.value]
    return found


def _items(table: Table, partition: Any) -> list[Item]:
    return list(partition.values()) if table.range_key_attr else [partition]
