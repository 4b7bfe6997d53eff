"""AWS without its work: clients that keep items and bodies in plain dicts, so that what is measured is our own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

Item = dict[str, dict[str, Any]]
Key = tuple[str, str]

_QUERY = frozenset({"TableName", "IndexName", "KeyConditionExpression", "ExpressionAttributeValues", "Limit"})
ENTRY = ("pk", "sk", "due_shard", "wake_at")  # what the keys-only index holds


class Tables:
    """A `dynamodb` client that holds its items and checks no condition.

    The hooks `_read` and `_wrote` say what a bill would be about.
    """

    def __init__(self) -> None:
        self.items: dict[str, dict[Key, Item]] = defaultdict(dict)
        self._due: dict[str, dict[str, Item]] = defaultdict(dict)

    def filled_like(self, other: Tables) -> None:
        """Holds from now on what `other` holds; the items themselves are shared, since nobody changes one."""
        self.items = defaultdict(dict, {name: dict(items) for name, items in other.items.items()})
        self._due = defaultdict(dict, {shard: dict(entries) for shard, entries in other._due.items()})

    def get_item(self, **request: Any) -> dict[str, Any]:
        item = self._held(request["TableName"], request["Key"])
        self._read([item or {}], consistent=request["ConsistentRead"])
        return {"Item": item} if item else {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        answers = {}
        for table, wanted in request["RequestItems"].items():
            held = (self._held(table, key) for key in wanted["Keys"])
            found = [item for item in held if item]
            for item in found:
                self._read([item], consistent=wanted["ConsistentRead"])
            names = list(wanted["ExpressionAttributeNames"].values())
            answers[table] = [{name: item[name] for name in names if name in item} for item in found]
        return {"Responses": answers, "UnprocessedKeys": {}}

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._put(request["TableName"], request["Item"])
        return {}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        for each in request["TransactItems"]:
            self._put(each["Put"]["TableName"], each["Put"]["Item"], transactional=True)
        return {}

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        for table, writes in request["RequestItems"].items():
            for write in writes:
                self._put(table, write["PutRequest"]["Item"])
        return {"UnprocessedItems": {}}

    def query(self, **request: Any) -> dict[str, Any]:
        """Of the due index alone; anything that would read more than its key condition says is refused."""
        if request.keys() != _QUERY or request["IndexName"] != "due":
            raise NotImplementedError(f"a query with {sorted(request)}")
        values = request["ExpressionAttributeValues"]
        found = list(islice(self._until(values[":shard"]["S"], values[":until"]["S"]), request["Limit"]))
        self._read(found, consistent=False)
        return {"Items": found}

    def _held(self, table: str, key: Mapping[str, Any]) -> Item | None:
        return self.items[table].get((key["pk"]["S"], key["sk"]["S"]))

    def _until(self, shard: str, until: str) -> Iterator[Item]:
        """Entries of the index up to then, earliest first."""
        entries = (entry for entry in self._due[shard].values() if entry["wake_at"]["S"] <= until)
        return iter(sorted(entries, key=lambda entry: entry["wake_at"]["S"]))

    def _put(self, table: str, item: Item, *, transactional: bool = False) -> None:
        self._wrote(table, item, self._held(table, item), transactional=transactional)
        key = item["pk"]["S"], item["sk"]["S"]
        before = self.items[table].get(key)
        self.items[table][key] = item
        if before and "due_shard" in before:
            del self._due[before["due_shard"]["S"]][key[0]]
        if "due_shard" in item:
            self._due[item["due_shard"]["S"]][key[0]] = {name: item[name] for name in ENTRY}

    def _read(self, items: Sequence[Item], *, consistent: bool) -> None:
        """One read operation that found these."""

    def _wrote(self, table: str, item: Item, before: Item | None, *, transactional: bool) -> None:
        """One put."""


class Queues:
    """An `sqs` client. bodies: by queue URL, until somebody takes them."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[str]] = defaultdict(list)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.bodies[request["QueueUrl"]] += [entry["MessageBody"] for entry in request["Entries"]]
        taken = [
            {"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""} for entry in request["Entries"]
        ]
        return {"Successful": taken, "Failed": []}

    def take(self) -> list[str]:
        """All bodies of all queues; they are empty then."""
        taken = [body for bodies in self.bodies.values() for body in bodies]
        self.bodies.clear()
        return taken


class Mails:
    """A `sesv2` client that accepts everything, and an `ses` client with a large quota."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send_email(self, **request: Any) -> dict[str, Any]:
        self.sent.append(request["Content"]["Raw"]["Data"])
        return {"MessageId": f"0102019aa0000000-{len(self.sent):08d}-000000"}

    def get_send_quota(self, **_: Any) -> dict[str, Any]:
        return {"Max24HourSend": 1e6, "MaxSendRate": 1000.0, "SentLast24Hours": 0.0}


class Objects:
    """An `s3` client."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        return {"Body": _Body(self.objects[request["Key"]])}


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        return self._data


class Services:
    """All of them; `client` stands in for `boto3.client`."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.dynamodb = tables or Tables()
        self.sqs = Queues()
        self.sesv2 = self.ses = Mails()
        self.s3 = Objects()

    def client(self, service: str, **_: Any) -> Any:
        return getattr(self, service)
