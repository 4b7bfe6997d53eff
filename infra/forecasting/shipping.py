"""`python -m infra.forecasting.shipping`: fit the shipped weights anew, to made-up shops of many kinds.

For a shop that knows too little of itself, and as the point that every fit is pulled to. Takes a minute; the same each time.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from infra.forecasting.looking_back import Lookout
from infra.forecasting.ordering import CUTS, cuts_of_lost
from infra.forecasting.ordering import examples as customer_examples
from infra.forecasting.replenishing import examples as pair_examples
from infra.forecasting.simulated import KINDS, shop
from perennial.forecast.logistic import Line
from perennial.forecast.models import LOST, NAMES, ORDER, REPLENISHMENT, Model
from perennial.forecast.timing import PairExample
from perennial.forecast.training import CustomerExample, fit_lost, fit_order, fit_replenishment
from perennial.forecast.views import FAR

OF_EACH = 2_500  # examples of a shop
_MODULE = '''"""Weights for a shop that knows too little of itself. Written by `python -m infra.forecasting.shipping`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHIPPED: Mapping[str, Any] = {}
'''
_PLACE = Path(__file__).parents[2] / "functions/perennial/forecast/defaults.py"


def shipped() -> dict[str, object]:
    """By model, as they lie in a release."""
    pairs: list[PairExample] = []
    orders: list[CustomerExample] = []
    losses: list[CustomerExample] = []
    for seed, kind in enumerate(KINDS):
        book = shop(kind, seed)
        lookout = Lookout(book, book.last)
        pairs += pair_examples(lookout, OF_EACH)
        orders += customer_examples(lookout, CUTS, OF_EACH)
        losses += customer_examples(lookout, cuts_of_lost(FAR), OF_EACH)
    fitted = {
        REPLENISHMENT: fit_replenishment(pairs, _nothing(REPLENISHMENT)),
        ORDER: fit_order(orders, _nothing(ORDER)),
        LOST: fit_lost(losses, prior=_nothing(LOST)),
    }
    return {name: each._replace(rows=0).to_json(name) for name, each in fitted.items()}


def _nothing(name: str) -> Model:
    return Model(Line(0.0, (0.0,) * len(NAMES[name])), 0.5)


if __name__ == "__main__":
    _PLACE.write_text(_MODULE.format(json.dumps(shipped(), indent=4)), encoding="utf-8")
    click.echo(f"Written: {_PLACE.name}")
