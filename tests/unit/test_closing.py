"""Orders that leave the open window."""

from __future__ import annotations

import pytest

from perennial.folding import closing
from perennial.folding.refunds import kept_products
from tests.making import NOON, customer, days, ordered


def test_which_products_are_summed_up_does_not_depend_on_the_process(monkeypatch: pytest.MonkeyPatch):
    """The products of an order are a set, and each process walks through a set in an order of its own."""
    bought = [
        ordered(NOON + days(n), *(f"p{30 * n + each}" for each in range(120)), order_id=f"o{n}")
        for n in range(24)
    ]
    documents = []
    for step in (1, -1):
        monkeypatch.setattr(
            closing, "kept_products", lambda order, step=step: sorted(kept_products(order))[::step]
        )
        documents.append(customer(*bought))
    assert documents[0] == documents[1]
    assert documents[0]["products"][closing.OTHERS]["count"]
