"""The merchant's own word on how long a product lasts: a beginning, until purchases show it."""

from __future__ import annotations

from perennial.forecast.gaps import Gaps, IntervalTables, Rhythm
from perennial.forecast.goods import Goods
from perennial.publishing import interval_tables
from perennial.triggers.occurrence import Nothing, Occurrence
from perennial.triggers.replenishment import occurrences
from tests.making import NOON, customer, days, ordered, replenishment, shop, signed_up

SHOP_GAPS = Gaps.of_days([20.0] * 500)


def found(tables: IntervalTables) -> list[Occurrence] | Nothing:
    """For somebody who bought tea once."""
    the_shop = shop(replenishment(), intervals=tables)
    document = customer(signed_up(NOON), ordered(NOON, "tea"))
    return occurrences(document, the_shop.campaigns["replenishment"], the_shop, NOON)


def test_a_product_that_lasts_for_so_long_is_bought_again() -> None:
    """Nobody has come back for it yet: the word alone says when it runs out."""
    assert isinstance(found(IntervalTables()), Nothing)
    (occurrence,) = found(IntervalTables(cycles={"tea": 90}, repurchases=SHOP_GAPS))  # type: ignore[misc]
    assert occurrence.moment == NOON + days(85)
    assert occurrence.facts["usual_days"] == 90


def test_real_purchases_outweigh_the_word() -> None:
    """A customer's own gaps most of all, then other buyers' of the same product; the word stands in for other products."""

    def rhythm(own: Gaps, others: Gaps) -> Rhythm:
        tables = IntervalTables(products={"tea": others}, repurchases=SHOP_GAPS, cycles={"tea": 90})
        return Goods(tables).rhythm("tea", own, 45)

    nobody = Gaps()
    assert round(rhythm(nobody, nobody).usual_days) == 90
    others = rhythm(nobody, Gaps.of_days([30.0] * 50)).usual_days
    assert 30 < others < 31
    own = rhythm(Gaps.of_days([30.0, 30.0]), nobody).usual_days
    assert 30 < own < 40


def test_the_release_knows_the_cycles_of_the_catalogue() -> None:
    """Of those products that have one; and a release of before, which knows none, is still read."""
    tables = interval_tables(
        [],
        [
            {"id": "tea", "title": "Tea", "at": "", "rank": 2, "cycle_days": 45},
            {"id": "cup", "title": "Cup", "at": "", "rank": 2},
        ],
    )
    assert tables == IntervalTables(cycles={"tea": 45})
    assert IntervalTables.from_json(tables.to_json()) == tables
    before = {key: value for key, value in tables.to_json().items() if key != "cycles"}
    assert IntervalTables.from_json(before) == IntervalTables()
