"""What the catalogue makes of a fact about a product it may know already."""

from __future__ import annotations

from collections.abc import Iterable

from perennial.events import Product


def merged(known: Product | None, fact: Product) -> Product:
    """Both together: the higher rank's word per field, then the newer's; on a tie what is known stays.

    Returns `known` itself when the fact says nothing new: a later time alone is no news, or each order would
    rewrite the products it names.
    """
    if known is None:
        return fact
    fact_wins = (fact["rank"], fact["at"]) > (known["rank"], known["at"])
    both: Product = {**known, **fact} if fact_wins else {**fact, **known}
    return known if {**both, "at": ""} == {**known, "at": ""} else both


def by_id(products: Iterable[Product]) -> dict[str, Product]:
    """One fact per product, those about the same one merged."""
    facts: dict[str, Product] = {}
    for product in products:
        facts[product["id"]] = merged(facts.get(product["id"]), product)
    return facts
