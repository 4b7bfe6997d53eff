"""Items of the documents table that lead from identities to customers, and the notes of those a document has no room for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from perennial.adapters.layout import mark_expires_at, pointer_expires_at
from perennial.adapters.table import Condition, Item, Table, key, number, text
from perennial.customer import Customer
from perennial.errors import Conflict
from perennial.people.identities import PERSONAL, Identity, Kind
from perennial.ports.documents import NOBODY, SHARED_BY, Mark, Pointer
from perennial.times import Stamp

_READ = ("pk", "customer", "sharers", "erased_at", "of_store", "former", "moved_at")
_NOTES = "POINTERS#"


class DynamoPointers:
    """The part of `ports.Documents` that is about identities. stored: `IdentityKeys.stored`."""

    def __init__(self, table: Table, stored: Callable[[Identity], str]) -> None:
        self._table = table
        self._keys_value = stored

    def read(self, identities: Collection[Identity]) -> dict[Identity, Pointer]:
        by_pk = {_pk(self.stored(identity))["S"]: identity for identity in identities}
        items = self._table.get_many((key(pk, "ID") for pk in by_pk), _READ, consistent=True)
        return {by_pk[item["pk"]["S"]]: _pointer(item) for item in items}

    def claims(
        self, customer: Customer, identities: Collection[Identity], marks: Mapping[Identity, Mark]
    ) -> Iterator[tuple[Item, Condition]]:
        """What is to be put for a claim, each on its condition."""
        expires = pointer_expires_at(customer)
        lasting = {} if expires is None else {"expires_at": number(expires)}
        for stored, mark in {self.stored(each): marks.get(each) for each in identities}.items():
            item = _key(stored) | {"customer": text(customer["id"])} | _marked(mark) | lasting
            yield item, _mine_to_claim(customer, mark)

    def point(self, stored: Identity, owner: str, to: str, at: Stamp | None = None) -> None:
        moved = {":at": text(at)} if at else {}
        self._table.update(
            _key(stored),
            f"SET customer = :to{', former = :owner, moved_at = :at' if at else ''} REMOVE expires_at",
            ConditionExpression="customer = :owner",
            ExpressionAttributeValues={":to": text(to), ":owner": text(owner), **moved},
        )

    def share(self, identity: Identity, customer_id: str) -> None:
        self._table.update(
            _key(self.stored(identity)),
            "ADD sharers :one",
            ConditionExpression="attribute_exists(customer)",
            ExpressionAttributeValues={":one": {"SS": [customer_id]}},
        )

    def forget(self, customer_id: str, stored: Collection[Identity], mark: Mark) -> None:
        for identity in stored:
            sets = {"erased_at": text(mark.at), "of_store": {"BOOL": mark.of_store}}
            if identity.kind not in PERSONAL:
                sets["expires_at"] = number(mark_expires_at(mark.at))
            drops = "customer, former, moved_at" + (", expires_at" if identity.kind in PERSONAL else "")
            try:
                self._table.update(
                    _key(identity),
                    f"SET {', '.join(f'{name} = :{name}' for name in sets)} REMOVE {drops}",
                    ConditionExpression="(attribute_not_exists(customer) OR customer = :owner)"
                    " AND (attribute_not_exists(erased_at) OR erased_at <= :erased_at)",
                    ExpressionAttributeValues={
                        ":owner": text(customer_id),
                        **{f":{name}": value for name, value in sets.items()},
                    },
                )
            except Conflict:
                continue  # it leads to somebody else, or was let go once more since

    def note(self, customer_id: str, stored: Collection[Identity]) -> None:
        self._table.put_many(_note(customer_id, each) for each in stored)

    def noted(self, customer_id: str) -> list[Identity]:
        items = self._table.query(
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": text(_NOTES + customer_id)},
            ConsistentRead=True,
        )
        kinds_and_values = (item["sk"]["S"].split("#", 1) for item in items)
        return [Identity(Kind(kind), value) for kind, value in kinds_and_values]

    def unnote(self, customer_id: str, stored: Collection[Identity]) -> None:
        self._table.delete_many(_note(customer_id, each) for each in stored)

    def stored(self, identity: Identity) -> Identity:
        """As the table holds it."""
        return Identity(identity.kind, self._keys_value(identity))


def _pointer(item: Item) -> Pointer:
    owner, sharers = item.get("customer", {}).get("S"), item.get("sharers", {"SS": []})["SS"]
    shared = owner is not None and len(sharers) > SHARED_BY
    mark = (
        Mark(item["erased_at"]["S"], bool(item.get("of_store", {}).get("BOOL")))
        if "erased_at" in item
        else None
    )
    former, moved_at = (item.get(name, text(""))["S"] for name in ("former", "moved_at"))
    return Pointer(NOBODY if shared else owner, mark, former, moved_at)


def _marked(mark: Mark | None) -> Item:
    return {"erased_at": text(mark.at), "of_store": {"BOOL": mark.of_store}} if mark else {}


def _mine_to_claim(customer: Customer, mark: Mark | None) -> Condition:
    """One's own claim is no obstacle: it may be the trace of a call whose answer was lost."""
    return Condition(
        "(attribute_not_exists(customer) OR customer = :owner)"
        " AND (attribute_not_exists(erased_at) OR erased_at <= :known)",
        values={":owner": text(customer["id"]), ":known": text(mark.at if mark else "0")},
    )


def _pk(stored: Identity) -> dict[str, Any]:
    return text(f"IDENTITY#{stored.kind}#{stored.value}")


def _key(stored: Identity) -> Item:
    return key(_pk(stored)["S"], "ID")


def _note(customer_id: str, stored: Identity) -> Item:
    return key(_NOTES + customer_id, f"{stored.kind}#{stored.value}")
