"""One DynamoDB table: conditional puts, queries page by page, and batches finished to their last item."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from botocore.exceptions import ClientError

from perennial.errors import Conflict, Throttled

Item = dict[str, dict[str, Any]]
_T = TypeVar("_T")

_GET_AT_ONCE, _PUT_AT_ONCE = 100, 25  # the service's limits for one batch call
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds between tries of what a batch call left undone
_LOST_RACES = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_LOST_RACES_INSIDE = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class Condition(NamedTuple):
    """A condition expression with what its placeholders stand for."""

    expression: str
    names: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, Any]] = {}

    def arguments(self) -> dict[str, Any]:
        """As parameters of a write; the service refuses empty maps."""
        given = {"ExpressionAttributeNames": self.names, "ExpressionAttributeValues": self.values}
        return {"ConditionExpression": self.expression} | {
            name: value for name, value in given.items() if value
        }


ABSENT = Condition("attribute_not_exists(pk)")


def equals(attribute: str, value: Mapping[str, Any]) -> Condition:
    """The stored attribute has this value."""
    return Condition("#held = :held", {"#held": attribute}, {":held": value})


def text(value: str) -> dict[str, str]:
    """A string attribute. Half of a surrogate pair, which the service refuses, becomes a question mark."""
    return {"S": value.encode("utf-8", "replace").decode()}


def number(value: int) -> dict[str, str]:
    """A number attribute."""
    return {"N": str(value)}


def key(pk: str, sk: str) -> Item:
    """A primary key."""
    return {"pk": text(pk), "sk": text(sk)}


class Table:
    """The calls that the ports on DynamoDB share. `sleep` takes seconds."""

    def __init__(self, client: Any, name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self.name = name
        self._sleep = sleep

    def get_many(
        self, keys: Iterable[Item], attributes: Sequence[str], *, consistent: bool
    ) -> Iterator[Item]:
        """The items that exist, in no order, with these attributes; any number of keys, repeats allowed."""
        names = {f"#{position}": name for position, name in enumerate(attributes)}
        options = {
            "ConsistentRead": consistent,
            "ProjectionExpression": ",".join(names),
            "ExpressionAttributeNames": names,
        }
        distinct = {(key["pk"]["S"], key["sk"]["S"]): key for key in keys}
        for some in in_groups(distinct.values(), _GET_AT_ONCE):
            yield from self._get_all({self.name: {"Keys": some, **options}})

    def put_many(self, items: Iterable[Item]) -> None:
        """Put without condition; of two items with one key the later stays. Returns when all are stored."""
        distinct = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
        for some in in_groups(distinct.values(), _PUT_AT_ONCE):
            self._put_all({self.name: [{"PutRequest": {"Item": item}} for item in some]})

    def delete_many(self, keys: Iterable[Item]) -> None:
        """Delete by primary key, whether there or not. Returns when all are gone."""
        distinct = {(key["pk"]["S"], key["sk"]["S"]): key for key in keys}
        for some in in_groups(distinct.values(), _PUT_AT_ONCE):
            self._put_all({self.name: [{"DeleteRequest": {"Key": each}} for each in some]})

    def get(self, key: Item) -> Item | None:
        """One item, consistently, None when there is none."""
        answer = self._client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def put(self, item: Item, condition: Condition) -> None:
        """Conflict when the condition does not hold."""
        with _lost_races_are_conflicts():
            self._client.put_item(**self._put(item, condition))

    def put_together(self, puts: Sequence[tuple[Item, Condition]]) -> None:
        """All (at most 100) or none; Conflict when one of the conditions does not hold."""
        with _lost_races_are_conflicts():
            self._client.transact_write_items(TransactItems=[{"Put": self._put(*put)} for put in puts])

    def update(self, key: Item, expression: str, **parameters: Any) -> None:
        """Conflict when a condition is given and does not hold."""
        with _lost_races_are_conflicts():
            self._client.update_item(TableName=self.name, Key=key, UpdateExpression=expression, **parameters)

    def query(self, **parameters: Any) -> Iterator[Item]:
        """All items of a query; a further page is read only when it is asked for."""
        return self._pages(self._client.query, parameters)

    def scan(self, **parameters: Any) -> Iterator[Item]:
        """All items of the table that pass the filter, page by page."""
        return self._pages(self._client.scan, parameters)

    def scan_page(self, **parameters: Any) -> Any:
        """One answer of a scan, as it is."""
        return self._client.scan(TableName=self.name, **parameters)

    def _pages(self, read: Callable[..., Any], parameters: dict[str, Any]) -> Iterator[Item]:
        while True:
            page = read(TableName=self.name, **parameters)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _put(self, item: Item, condition: Condition) -> dict[str, Any]:
        return {"TableName": self.name, "Item": item, **condition.arguments()}

    def _get_all(self, request: dict[str, Any]) -> Iterator[Item]:
        for _ in self._tries("reads"):
            answer = self._client.batch_get_item(RequestItems=request)
            yield from answer["Responses"].get(self.name, ())
            request = answer.get("UnprocessedKeys") or {}
            if not request:
                return

    def _put_all(self, request: dict[str, Any]) -> None:
        for _ in self._tries("writes"):
            request = self._client.batch_write_item(RequestItems=request).get("UnprocessedItems") or {}
            if not request:
                return

    def _tries(self, what: str) -> Iterator[None]:
        """One try now and one after each pause; whoever is still here then gives up."""
        yield
        for pause in _PAUSES:
            self._sleep(pause)
            yield
        raise Throttled(
            f"The table still defers {what} after {len(_PAUSES) + 1} tries; the caller may repeat the whole."
        )


def in_groups(things: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Lists of at most `size`, in order."""
    rest = iter(things)
    while group := list(islice(rest, size)):
        yield group


@contextmanager
def _lost_races_are_conflicts() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _lost_race(error):
            raise Conflict("Someone else wrote it first.") from error
        raise


def _lost_race(error: ClientError) -> bool:
    reasons: Any = error.response.get("CancellationReasons", ())
    return error.response["Error"]["Code"] in _LOST_RACES or any(
        reason.get("Code") in _LOST_RACES_INSIDE for reason in reasons
    )
