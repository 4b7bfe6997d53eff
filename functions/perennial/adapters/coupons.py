"""Pools of unique codes on DynamoDB: an item for each code, and a sparse index of those that are free.

In the index each code has a place, by its hash, and a message begins to look at the hash of its own id: so senders that
work at the same moment seldom meet, and a code that is taken is never read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any

from perennial.adapters.table import ABSENT, Condition, Item, Table, in_groups, key, text
from perennial.errors import Conflict

_AT_ONCE = 100  # codes added in one transaction: all of them, or none
_LOOKED_AT = 5  # codes read to find a free one
_FREE_OR_MINE = "attribute_exists(pk) AND (attribute_not_exists(taken_by) OR taken_by = :message)"


class DynamoCoupons:
    """`ports.Coupons`."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table)

    def add(self, pool: str, codes: Sequence[str]) -> list[str]:
        new, repeated = without_repeats(codes)
        for some in in_groups(new, _AT_ONCE):
            repeated += self._add(pool, some)
        return repeated

    def _add(self, pool: str, codes: Sequence[str]) -> list[str]:
        """Those that were there. Whoever adds the same at the same moment makes this look again."""
        while True:
            keys = [_key(pool, code) for code in codes]
            there = {item["sk"]["S"] for item in self._table.get_many(keys, ("sk",), consistent=True)}
            puts = [(coupon_item(pool, code), ABSENT) for code in codes if sort_key(code) not in there]
            try:
                if puts:
                    self._table.put_together(puts)
            except Conflict:
                continue
            return [code for code in codes if sort_key(code) in there]

    def find(self, pool: str, message_id: str, without: Collection[str] = ()) -> str | None:
        start, left_out = text(place_of(message_id)), set(map(sort_key, without))
        for side in ("place >= :start", "place < :start"):
            for item in self._free(pool, _LOOKED_AT, f" AND {side}", {":start": start}):
                if item["sk"]["S"] not in left_out:
                    code: str = item["code"]["S"]
                    return code
        return None

    def claim(self, pool: str, code: str, message_id: str) -> bool:
        condition = Condition(_FREE_OR_MINE, values={":message": text(message_id)})
        return self._update(pool, code, "SET taken_by = :message REMOVE free_in, place", condition)

    def release(self, pool: str, code: str, message_id: str) -> None:
        place = _place(pool, code)
        values = {":message": text(message_id), ":pool": place["free_in"], ":place": place["place"]}
        condition = Condition("taken_by = :message", values=values)
        self._update(pool, code, "SET free_in = :pool, place = :place REMOVE taken_by", condition)

    def _update(self, pool: str, code: str, change: str, condition: Condition) -> bool:
        try:
            self._table.update(_key(pool, code), change, **condition.arguments())
        except Conflict:
            return False
        return True

    def free(self, pool: str, at_most: int | None = None) -> int:
        return sum(1 for _ in islice(self._free(pool, at_most), at_most))

    def claimed(self, pool: str) -> int:
        items = self._table.query(
            KeyConditionExpression="pk = :pool",
            FilterExpression="attribute_exists(taken_by)",
            ExpressionAttributeValues={":pool": text(_partition(pool))},
            ProjectionExpression="sk",
        )
        return sum(1 for _ in items)

    def _free(
        self, pool: str, page: int | None, side: str = "", values: dict[str, Any] | None = None
    ) -> Iterator[Item]:
        return self._table.query(
            IndexName="free",
            KeyConditionExpression=f"free_in = :pool{side}",
            ExpressionAttributeValues={":pool": text(_partition(pool)), **(values or {})},
            **({"Limit": page} if page else {}),
        )


def coupon_item(pool: str, code: str) -> Item:
    """The whole item of a code that is free."""
    return _key(pool, code) | _place(pool, code) | {"code": text(code)}


def sort_key(code: str) -> str:
    """What makes codes the same: stores do not mind capitals."""
    return text(code)["S"].casefold()


def without_repeats(codes: Sequence[str]) -> tuple[list[str], list[str]]:
    """The first of each code, and what repeats one of them."""
    first: dict[str, str] = {}
    repeated = []
    for code in codes:
        if sort_key(code) in first:
            repeated.append(code)
        first.setdefault(sort_key(code), code)
    return list(first.values()), repeated


def place_of(value: str) -> str:
    """A place in the index, anywhere and always the same."""
    return blake2b(value.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _place(pool: str, code: str) -> Item:
    return {"free_in": text(_partition(pool)), "place": text(place_of(sort_key(code)))}


def _key(pool: str, code: str) -> Item:
    return key(_partition(pool), sort_key(code))


def _partition(pool: str) -> str:
    return f"COUPON#{pool}"
