"""What the catalogue makes of a fact about a product it may know already, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from perennial.adapters.codec import pack, unpack
from perennial.events import Change, Name, Product

SIGNED = 2  # the rank of what a store's product webhook says
_CHANGES = "changes"  # beside the product's own keys in a stored body


class Entry(NamedTuple):
    """A product, and the changes its watchers were not yet told of."""

    product: Product
    changes: tuple[Change, ...] = ()


def merged(known: Product | None, fact: Product) -> Product:
    """Both together: the higher rank's word per field, then the newer's; on a tie what is known stays.

    Returns `known` itself when the fact says nothing new: a later time alone is no news, or each order would
    rewrite the products it names.
    """
    if known is None:
        return fact
    both: Product = {**known, **fact} if _outweighs(fact, known) else {**fact, **known}
    if both.get("deleted"):
        both["available"] = False  # whatever else is told of it: it is never shown again
    return known if {**both, "at": ""} == {**known, "at": ""} else both


def learnt(known: Entry | None, fact: Product) -> Entry:
    """The entry with the fact in it; `known` itself when it says nothing new."""
    if known is None:
        return Entry(fact)
    product = merged(known.product, fact)
    if product is known.product:
        return known
    return Entry(product, (*known.changes, *_changes(known.product, product, fact)))


def without(entry: Entry, told: Iterable[Change]) -> Entry:
    """The entry whose watchers were told of these."""
    told = list(told)
    return Entry(entry.product, tuple(change for change in entry.changes if change not in told))


def packed(entry: Entry) -> bytes:
    """As it is stored."""
    return pack({**entry.product, _CHANGES: entry.changes} if entry.changes else entry.product)


def unpacked(body: bytes) -> Entry:
    """What `packed` was given."""
    product = unpack(body)
    return Entry(product, tuple(product.pop(_CHANGES, ())))


def by_id(products: Iterable[Product]) -> dict[str, list[Product]]:
    """The facts by what they are about, oldest first, so that what changed between two of them is seen."""
    facts: dict[str, list[Product]] = {}
    for product in sorted(products, key=lambda each: each["at"]):
        facts.setdefault(product["id"], []).append(product)
    return facts


def by_product(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """The changes by the product they are of."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change["product_id"], []).append(change)
    return found


def _changes(before: Product, now: Product, fact: Product) -> Iterator[Change]:
    """Only between two words of the store itself: what an order paid for a thing may have been less for its own reasons."""
    if before["rank"] < SIGNED or not _outweighs(fact, before) or not now.get("available", True):
        return
    if not before.get("available", True) and now.get("available"):
        yield _change(Name.PRODUCT_RESTOCKED, now)
    if _is_cheaper(now, before):
        yield _change(Name.PRICE_DROPPED, now) | {"was": before["price"]}


def _is_cheaper(now: Product, before: Product) -> bool:
    if not {"price", "currency"} <= now.keys() & before.keys():
        return False
    return now["currency"] == before["currency"] and now["price"] < before["price"]


def _change(kind: Name, now: Product) -> Change:
    change = Change(product_id=now["id"], kind=kind.value, at=now["at"])
    if "price" in now and "currency" in now:
        change |= {"price": now["price"], "currency": now["currency"]}
    return change


def _outweighs(fact: Product, known: Product) -> bool:
    return (fact["rank"], fact["at"]) > (known["rank"], known["at"])
