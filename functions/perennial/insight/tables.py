"""What the nightly pass counts over all customers for the release: plain numbers, nothing personal.

The interval tables stand beside them in the release (`Shop.intervals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self


class Thresholds(NamedTuple):
    """The last value of each fifth of the shop's buyers but the fifth one, ascending.

    recency: whole days since the last order. monetary: total spent, in minor units of the shop's currency. buyers: how
    many customers are behind them.
    """

    recency: tuple[int, ...]
    monetary: tuple[int, ...]
    buyers: int


@dataclass(frozen=True, slots=True)
class Tables:
    """bestsellers: product ids, the most bought first. related: by product id, what was bought by the same customers.

    customers: how many the shop knows, those without an order too; 0 before the first pass.
    rfm: None while there are too few buyers. weights: of the forecast's models, JSON. counters: by campaign id, then by
    measure, then by variant, reason or currency (`perennial.night.results`).
    """

    bestsellers: tuple[str, ...] = ()
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rfm: Thresholds | None = None
    weights: Mapping[str, Any] = field(default_factory=dict)
    counters: Mapping[str, Any] = field(default_factory=dict)
    customers: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """From the release; one of before knows none of them."""
        rfm = data.get("rfm")
        return cls(
            bestsellers=tuple(data.get("bestsellers", ())),
            related={product: tuple(others) for product, others in data.get("related", {}).items()},
            rfm=Thresholds(tuple(rfm["recency"]), tuple(rfm["monetary"]), rfm["buyers"]) if rfm else None,
            weights=data.get("weights", {}),
            counters=data.get("counters", {}),
            customers=data.get("customers", 0),
        )

    def to_json(self) -> dict[str, Any]:
        """For the release."""
        return {
            "bestsellers": list(self.bestsellers),
            "related": {product: list(others) for product, others in self.related.items()},
            "rfm": {name: _plain(value) for name, value in self.rfm._asdict().items()} if self.rfm else None,
            "weights": dict(self.weights),
            "counters": dict(self.counters),
            "customers": self.customers,
        }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
