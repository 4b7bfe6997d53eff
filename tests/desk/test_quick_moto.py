"""What the desk wraps of moto changes how long it takes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from infra.desk.desk import Desk


@pytest.fixture
def table(desk: Desk) -> str:
    """The name of the desk's table."""
    return desk.template.tables["Table"].name


def put(key: str, value: str, condition: str | None = None, table: str = "") -> dict[str, Any]:
    """One put of a transaction."""
    item = {"pk": {"S": key}, "sk": {"S": "DOC"}, "value": {"S": value}}
    return {
        "Put": {"TableName": table, "Item": item, **({"ConditionExpression": condition} if condition else {})}
    }


def values(desk: Desk, table: str) -> dict[str, str]:
    """What is stored."""
    items = desk.client("dynamodb").scan(TableName=table)["Items"]
    return {item["pk"]["S"]: item["value"]["S"] for item in items}


def test_a_transaction_is_all_or_nothing(desk: Desk, table: str) -> None:
    """A failed condition restores what was overwritten and removes what was new, and leaves the rest."""
    dynamodb = desk.client("dynamodb")
    dynamodb.transact_write_items(TransactItems=[put("a", "1", table=table), put("b", "1", table=table)])
    new, over = put("c", "2", table=table), put("a", "2", table=table)
    taken = put("b", "2", "attribute_not_exists(pk)", table)
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[new, over, taken])
    reasons = [each["Code"] for each in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "None", "ConditionalCheckFailed"]
    assert values(desk, table) == {"a": "1", "b": "1"}


def test_an_updated_item_is_restored(desk: Desk, table: str) -> None:
    """An update changes the item in place; the old state comes back all the same."""
    dynamodb = desk.client("dynamodb")
    dynamodb.transact_write_items(TransactItems=[put("a", "1", table=table)])
    key = {"pk": {"S": "a"}, "sk": {"S": "DOC"}}
    update = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET #v = :v",
        "ExpressionAttributeNames": {"#v": "value"},
        "ExpressionAttributeValues": {":v": {"S": "2"}},
    }
    taken = put("a2", "2", "attribute_exists(pk)", table)
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}, taken])
    assert values(desk, table) == {"a": "1"}


def test_queries_see_their_partition_in_order(desk: Desk, table: str) -> None:
    """Of the table and of the index, page by page."""
    dynamodb = desk.client("dynamodb")
    for number in range(6):
        shard = {"due_shard": {"S": str(number % 2)}, "wake_at": {"S": str(9 - number)}}
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "p"}, "sk": {"S": str(number)}, **shard})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "q"}, "sk": {"S": "0"}})
    of_table = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    of_index = {
        "IndexName": "due",
        "KeyConditionExpression": "due_shard = :p AND wake_at <= :w",
        "ExpressionAttributeValues": {":p": {"S": "1"}, ":w": {"S": "7"}},
    }
    paginate = dynamodb.get_paginator("query").paginate
    pages = [list(paginate(TableName=table, Limit=2, **query)) for query in (of_table, of_index)]
    keys = [[item["sk"]["S"] for page in each for item in page["Items"]] for each in pages]
    assert keys == [["0", "1", "2", "3", "4", "5"], ["5", "3"]]


def test_a_condition_that_was_seen_before_is_judged_by_its_own_values(desk: Desk, table: str) -> None:
    """The same words with another value are another condition; and a wrong one is refused each time."""
    dynamodb = desk.client("dynamodb")

    def put_if(wanted: str, condition: str = "#value = :wanted") -> None:
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "a"}, "sk": {"S": "DOC"}, "value": {"S": "1"}},
            ConditionExpression=condition,
            ExpressionAttributeNames={"#value": "value"},
            ExpressionAttributeValues={":wanted": {"S": wanted}},
        )

    dynamodb.transact_write_items(TransactItems=[put("a", "1", table=table)])
    for _ in range(2):
        put_if("1")
        with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
            put_if("2")
        with pytest.raises(ValueError, match="Bad AND expression"):  # moto's own way of refusing it
            put_if("1", "#value = :wanted AND")


def test_a_condition_holds_with_the_values_of_its_own_call(desk: Desk, table: str) -> None:
    """One condition, asked with other values each time, is judged by those, wherever they stand in it."""
    dynamodb = desk.client("dynamodb")

    def replaced(held: str, other: str, by: str) -> bool:
        try:
            dynamodb.put_item(
                TableName=table,
                Item={"pk": {"S": "a"}, "sk": {"S": "DOC"}, "value": {"S": by}},
                ConditionExpression="attribute_not_exists(pk) OR #v = :held OR #v IN (:other, :held)",
                ExpressionAttributeNames={"#v": "value"},
                ExpressionAttributeValues={":held": {"S": held}, ":other": {"S": other}},
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    tried = [("x", "x", "1"), ("2", "3", "2"), ("1", "3", "2"), ("9", "2", "3"), ("2", "1", "4")]
    assert [replaced(*each) for each in tried] == [True, False, True, True, False]
    assert values(desk, table) == {"a": "3"}


def test_the_short_way_gives_back_what_was_put(desk: Desk, table: str) -> None:
    """Bytes, numbers and flags come back as they were, singly and in batches, and are the item's own."""
    dynamodb = desk.client("dynamodb")
    item = {
        "pk": {"S": "a"},
        "sk": {"S": "DOC"},
        "b": {"B": b"\x00\xff"},
        "n": {"N": "12"},
        "f": {"BOOL": False},
    }
    key = {name: item[name] for name in ("pk", "sk")}
    dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}}]})
    item["n"] = {"N": "13"}
    read = dynamodb.get_item(TableName=table, Key=key)["Item"]
    batch = dynamodb.batch_get_item(RequestItems={table: {"Keys": [key], "ProjectionExpression": "b,n"}})
    assert (read["b"]["B"], read["n"], read["f"]) == (b"\x00\xff", {"N": "12"}, {"BOOL": False})
    assert batch["Responses"][table] == [{"b": {"B": b"\x00\xff"}, "n": {"N": "12"}}]


def test_a_refusal_is_worded_as_by_the_service(desk: Desk, table: str) -> None:
    """Whether the short way or the long one was taken cannot be seen in an error."""
    dynamodb = desk.client("dynamodb")
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.put_item(TableName="nowhere", Item={"pk": {"S": "a"}, "sk": {"S": "DOC"}})
    with pytest.raises(dynamodb.exceptions.ClientError) as caught:
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}})
    assert caught.value.response["Error"]["Code"] == "ValidationException"
