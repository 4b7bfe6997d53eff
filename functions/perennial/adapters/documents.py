"""Customer documents, their identities and the due index on DynamoDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from perennial.adapters.codec import pack, unpack
from perennial.adapters.layout import due_at, expires_at, next_version, shard_of
from perennial.adapters.pointers import DynamoPointers
from perennial.adapters.table import ABSENT, Condition, Item, Table, equals, key, number, text
from perennial.customer import Customer
from perennial.people.identities import Identity, IdentityKeys
from perennial.ports.documents import Mark, Pointer
from perennial.times import Stamp, stamp

_CUSTOMER = "CUSTOMER#"


class DynamoDocuments:
    """`ports.Documents`.

    A write whose answer was lost and which the client repeated ends in Conflict although it is stored:
    whoever meets it reads again, and finds their own version there.
    """

    def __init__(self, client: Any, table: str, identity_keys: IdentityKeys) -> None:
        self._table = Table(client, table)
        self._pointers = DynamoPointers(self._table, identity_keys.stored)

    def load(self, customer_ids: Collection[str]) -> dict[str, Customer]:
        items = self._table.get_many(map(_document_key, customer_ids), ("body",), consistent=True)
        documents = (unpack(item["body"]["B"]) for item in items)
        return {document["id"]: document for document in documents}

    def save(self, customer: Customer) -> Customer:
        stored = next_version(customer)
        self._table.put(document_item(stored), _unchanged_since(customer))
        return stored

    def pointers(self, identities: Collection[Identity]) -> dict[Identity, Pointer]:
        return self._pointers.read(identities)

    def owners(self, identities: Collection[Identity]) -> dict[Identity, str]:
        found = self._pointers.read(identities).items()
        return {each: pointer.owner for each, pointer in found if pointer.owner is not None}

    def claim(
        self, customer: Customer, identities: Collection[Identity], marks: Mapping[Identity, Mark] = {}
    ) -> Customer:
        stored = next_version(customer)
        document = (document_item(stored), _unchanged_since(customer))
        self._table.put_together([document, *self._pointers.claims(customer, identities, marks)])
        return stored

    def point(self, stored: Identity, owner: str, to: str, at: Stamp | None = None) -> None:
        self._pointers.point(stored, owner, to, at)

    def share(self, identity: Identity, customer_id: str) -> None:
        self._pointers.share(identity, customer_id)

    def note(self, customer_id: str, stored: Collection[Identity]) -> None:
        self._pointers.note(customer_id, stored)

    def noted(self, customer_id: str) -> list[Identity]:
        return self._pointers.noted(customer_id)

    def unnote(self, customer_id: str, stored: Collection[Identity]) -> None:
        self._pointers.unnote(customer_id, stored)

    def forget(self, customer_id: str, stored: Collection[Identity], mark: Mark) -> None:
        self._pointers.forget(customer_id, stored, mark)

    def due(self, shard: int, until: datetime, limit: int) -> list[str]:
        if limit < 1:
            return []
        items = self._table.query(
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND wake_at <= :until",
            ExpressionAttributeValues={":shard": _shard(shard), ":until": text(stamp(until))},
            Limit=limit,
        )
        return [item["pk"]["S"].removeprefix(_CUSTOMER) for item in islice(items, limit)]

    def scan(self) -> Iterator[Customer]:
        items = self._table.scan(
            FilterExpression="begins_with(pk, :customer)",
            ExpressionAttributeValues={":customer": text(_CUSTOMER)},
            ProjectionExpression="body",
        )
        yield from (unpack(item["body"]["B"]) for item in items)


def document_item(customer: Customer) -> Item:
    """The whole item of a document as it stands (its version included)."""
    item = _document_key(customer["id"]) | {
        "body": {"B": pack(customer)},
        "version": number(customer["version"]),
    }
    wake_at, expires = due_at(customer), expires_at(customer)
    if wake_at is not None:
        item |= {"due_shard": _shard(shard_of(customer["id"])), "wake_at": text(wake_at)}
    if expires is not None:
        item["expires_at"] = number(expires)
    return item


def _unchanged_since(customer: Customer) -> Condition:
    return equals("version", number(customer["version"])) if customer["version"] else ABSENT


def _document_key(customer_id: str) -> Item:
    return key(f"{_CUSTOMER}{customer_id}", "DOC")


def _shard(shard: int) -> dict[str, str]:
    return text(f"{shard:02d}")
