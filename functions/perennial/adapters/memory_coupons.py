"""Pools of unique codes, in memory. What a test must see or provoke is public."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from perennial.adapters.coupons import place_of, sort_key, without_repeats


class MemoryCoupons:
    """`ports.Coupons`. taken: by pool and code as it is kept, the message that has it."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = defaultdict(dict)
        self.taken: dict[tuple[str, str], str] = {}

    def add(self, pool: str, codes: Sequence[str]) -> list[str]:
        new, repeated = without_repeats(codes)
        there = [code for code in new if sort_key(code) in self._codes[pool]]
        self._codes[pool] = {sort_key(code): code for code in new} | self._codes[pool]
        return repeated + there

    def find(self, pool: str, message_id: str, without: Collection[str] = ()) -> str | None:
        left_out, start = set(map(sort_key, without)), place_of(message_id)
        places = sorted((place_of(kept), kept) for kept in self._free(pool) if kept not in left_out)
        following = [kept for place, kept in places if place >= start] + [kept for _, kept in places]
        return self._codes[pool][following[0]] if following else None

    def claim(self, pool: str, code: str, message_id: str) -> bool:
        kept = sort_key(code)
        if kept not in self._codes[pool]:
            return False
        return self.taken.setdefault((pool, kept), message_id) == message_id

    def release(self, pool: str, code: str, message_id: str) -> None:
        if self.taken.get((pool, sort_key(code))) == message_id:
            del self.taken[pool, sort_key(code)]

    def free(self, pool: str, at_most: int | None = None) -> int:
        count = len(self._free(pool))
        return count if at_most is None else min(count, at_most)

    def claimed(self, pool: str) -> int:
        return sum(1 for each, _ in self.taken if each == pool)

    def _free(self, pool: str) -> list[str]:
        return [kept for kept in self._codes[pool] if (pool, kept) not in self.taken]
