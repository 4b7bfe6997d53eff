"""Customer documents, their identities and the due index on DynamoDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from perennial.adapters.codec import pack, unpack
from perennial.adapters.layout import due_at, expires_at, mark_expires_at, next_version, shard_of
from perennial.adapters.table import ABSENT, Condition, Item, Table, equals, key, number, text
from perennial.customer import Customer
from perennial.errors import Conflict
from perennial.identities import PERSONAL, Identity, IdentityKeys
from perennial.ports import NOBODY, SHARED_BY
from perennial.times import Stamp, stamp

_CUSTOMER = "CUSTOMER#"


class DynamoDocuments:
    """`ports.Documents`.

    A write whose answer was lost and which the client repeated ends in Conflict although it is stored:
    whoever meets it reads again, and finds their own version there.
    """

    def __init__(self, client: Any, table: str, identity_keys: IdentityKeys) -> None:
        self._table = Table(client, table)
        self._keys = identity_keys

    def load(self, customer_ids: Collection[str]) -> dict[str, Customer]:
        items = self._table.get_many(map(_document_key, customer_ids), ("body",), consistent=True)
        documents = (unpack(item["body"]["B"]) for item in items)
        return {document["id"]: document for document in documents}

    def save(self, customer: Customer) -> Customer:
        stored = next_version(customer)
        self._table.put(document_item(stored), _unchanged_since(customer))
        return stored

    def owners(self, identities: Collection[Identity]) -> dict[Identity, str]:
        by_key = {text(self._identity_pk(identity))["S"]: identity for identity in identities}
        keys = (_identity_key(pk) for pk in by_key)
        items = self._table.get_many(keys, ("pk", "customer", "sharers"), consistent=True)
        return {by_key[item["pk"]["S"]]: _owner(item) for item in items if "customer" in item}

    def claim(self, customer: Customer, identities: Collection[Identity]) -> Customer:
        stored = next_version(customer)
        document = (document_item(stored), _unchanged_since(customer))
        mine = _mine_to_claim(customer)
        pointers = (
            (_identity_key(pk) | {"customer": text(customer["id"])}, mine)
            for pk in dict.fromkeys(map(self._identity_pk, identities))
        )
        self._table.put_together([document, *pointers])
        return stored

    def point(self, identity: Identity, owner: str, to: str) -> None:
        self._table.update(
            _identity_key(self._identity_pk(identity)),
            "SET customer = :to",
            ConditionExpression="customer = :owner",
            ExpressionAttributeValues={":to": text(to), ":owner": text(owner)},
        )

    def share(self, identity: Identity, customer_id: str) -> None:
        self._table.update(
            _identity_key(self._identity_pk(identity)),
            "ADD sharers :one",
            ConditionExpression="attribute_exists(customer)",
            ExpressionAttributeValues={":one": {"SS": [customer_id]}},
        )

    def forget(self, customer_id: str, stored: Collection[Identity], at: Stamp) -> None:
        for identity in stored:
            keep = "" if identity.kind in PERSONAL else ", expires_at = :expires"
            expires = {} if identity.kind in PERSONAL else {":expires": number(mark_expires_at(at))}
            try:
                self._table.update(
                    _identity_key(f"IDENTITY#{identity.kind}#{identity.value}"),
                    f"SET erased_at = :at{keep} REMOVE customer",
                    ConditionExpression="attribute_not_exists(customer) OR customer = :owner",
                    ExpressionAttributeValues={":at": text(at), ":owner": text(customer_id), **expires},
                )
            except Conflict:
                continue  # it leads to somebody else

    def forgotten(self, identities: Collection[Identity]) -> dict[Identity, Stamp]:
        by_key = {text(self._identity_pk(identity))["S"]: identity for identity in identities}
        items = self._table.get_many(map(_identity_key, by_key), ("pk", "erased_at"), consistent=True)
        return {by_key[item["pk"]["S"]]: item["erased_at"]["S"] for item in items if "erased_at" in item}

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

    def _identity_pk(self, identity: Identity) -> str:
        return f"IDENTITY#{identity.kind}#{self._keys.stored(identity)}"


def _owner(item: Item) -> str:
    sharers = item.get("sharers", {"SS": []})["SS"]
    return item["customer"]["S"] if len(sharers) <= SHARED_BY else NOBODY


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


def _mine_to_claim(customer: Customer) -> Condition:
    """One's own claim is no obstacle: it may be the trace of a call whose answer was lost."""
    known = customer.get("erased_at", "0")
    return Condition(
        "(attribute_not_exists(customer) OR customer = :owner)"
        " AND (attribute_not_exists(erased_at) OR erased_at <= :known)",
        values={":owner": text(customer["id"]), ":known": text(known)},
    )


def _unchanged_since(customer: Customer) -> Condition:
    return equals("version", number(customer["version"])) if customer["version"] else ABSENT


def _document_key(customer_id: str) -> Item:
    return key(f"{_CUSTOMER}{customer_id}", "DOC")


def _identity_key(pk: str) -> Item:
    return key(pk, "ID")


def _shard(shard: int) -> dict[str, str]:
    return text(f"{shard:02d}")
