"""The page of costs says what its figures and prices come to."""

from __future__ import annotations

import json
from itertools import pairwise

from infra.bench.cost import CUSTOMERS, FIGURES, PAGE, bill, page


def test_the_page_of_costs_is_what_the_figures_come_to() -> None:
    """Whoever changes a figure or a price runs `make cost`."""
    assert PAGE.read_text(encoding="utf-8") == page(json.loads(FIGURES.read_text(encoding="utf-8")))


def test_a_bill_grows_with_the_customers_and_no_faster() -> None:
    """What is fixed is paid once, all else by what happens."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    totals = [bill(figures, customers).total for customers in CUSTOMERS]
    assert all(small < large < 10 * small for small, large in pairwise(totals))
