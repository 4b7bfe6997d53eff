"""When a customer's account data changed, as far as a shop may want to tell them so.

Stores tell all of it with every order, so a telling is no change. For each field it is remembered when each of its last
values was told first and last (values as digests): whatever the order of events, the same follows from that.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.people.identities import short_id

WATCHED = ("email", "phone", "country")
VALUES_KEPT = 4

Tellings = dict[str, list[str]]  # by digest of the value: stamps of the first and the last telling


def told(held: Tellings, value: str, at: str) -> Tellings:
    """With one more telling of a field."""
    return _joined(held, {short_id(value): [at, at]})


def joined(mine: Mapping[str, Tellings], theirs: Mapping[str, Tellings]) -> dict[str, Tellings]:
    """What is known of both, once they turn out to be one person."""
    return {field: _joined(mine.get(field, {}), theirs.get(field, {})) for field in (*mine, *theirs)}


def changed_at(held: Tellings) -> str | None:
    """When the value changed last: the first telling of what holds now. None if it never did.

    Of a value that came back after another one nobody remembers the first telling; there the last one of the other counts.
    """
    if len(held) < 2:
        return None
    before, now = sorted(held.values(), key=lambda stamps: stamps[1])[-2:]
    return max(before[1], now[0])


def _joined(one: Tellings, other: Tellings) -> Tellings:
    both = {value: list(stamps) for value, stamps in one.items()}
    for value, (first, last) in other.items():
        known = both.get(value, [first, last])
        both[value] = [min(first, known[0]), max(last, known[1])]
    if len(both) <= VALUES_KEPT:
        return both
    newest = sorted(both.items(), key=lambda each: (each[1][1], each[0]))[-VALUES_KEPT:]
    return dict(newest)
