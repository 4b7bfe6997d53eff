"""What one segment of the nightly pass has counted: every part can be added to another segment's, and kept as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from perennial.customer import Customer, is_anonymous
from perennial.events import Product
from perennial.folding import orders
from perennial.folding.orders import Purchases
from perennial.forecast.gaps import IntervalTables
from perennial.insight.tables import Tables, Thresholds
from perennial.night.fifths import Histogram
from perennial.night.learning import Sample
from perennial.night.results import Results
from perennial.night.rhythms import Rhythms, by_count
from perennial.night.teaching import LEARNERS
from perennial.night.together import Pairs
from perennial.shop import Shop
from perennial.times import moment

LEAST_BUYERS = 20  # below it fifths say nothing
BESTSELLERS = 50
RELATED_PRODUCTS = 2_000  # those bought most, for which related ones are named
RECENT = timedelta(days=90)  # what sold in it comes first among the bestsellers
_DAY = timedelta(days=1)


class Sums:
    """One segment's, as of `cut`. customers: those who are somebody."""

    def __init__(self, cut: datetime) -> None:
        self.cut = cut
        self.customers = 0
        self.rhythms, self.pairs, self.results = Rhythms(), Pairs(), Results()
        self.recency, self.monetary = Histogram(), Histogram()
        self.recent: Counter[str] = Counter()
        self.cycles: dict[str, int] = {}
        self.category_of: dict[str, str] = {}
        self.samples = {name: Sample() for name in LEARNERS}

    def add(self, customer: Customer, shop: Shop) -> None:
        """One customer. Visitors, and what became part of somebody else, teach nothing."""
        if is_anonymous(customer) or "merged_into" in customer:
            return
        bought = orders.purchases(customer)
        rows = {
            name: learner.rows(customer, shop, self.cut)
            for name, learner in LEARNERS.items()
            if self.samples[name].wants(customer["id"])
        }
        self.results.add(customer, shop, self.cut)
        self.customers += 1
        for name, own in rows.items():
            self.samples[name].add(customer["id"], own)
        if bought:
            self._buyer(customer, bought, shop)

    def _buyer(self, customer: Customer, bought: Mapping[str, Purchases], shop: Shop) -> None:
        self.rhythms.add(customer, bought, self._day(self.cut))
        latest_first = sorted(bought, key=lambda each: (-bought[each].days[-1].toordinal(), each))
        self.pairs.add(latest_first)
        since = self._day(self.cut - RECENT)
        self.recent.update(each for each in bought if bought[each].days[-1] >= since)
        if placed := orders.first_and_last(customer):
            self.recency.add((self.cut - moment(placed[1])) // _DAY)
            self.monetary.add(orders.spent(customer).get(shop.settings.currency, 0))

    def _day(self, at: datetime) -> date:
        return at.date()

    def learn(self, product: Product) -> None:
        """What the catalogue says of a product."""
        if "cycle_days" in product:
            self.cycles[product["id"]] = product["cycle_days"]
        if category := product.get("category"):
            self.category_of[product["id"]] = category

    def merge(self, other: Sums) -> None:
        """All that another segment counted."""
        self.customers += other.customers
        self.rhythms.merge(other.rhythms)
        self.pairs.merge(other.pairs)
        self.results.merge(other.results)
        self.recency.merge(other.recency)
        self.monetary.merge(other.monetary)
        self.recent.update(other.recent)
        self.cycles |= other.cycles
        self.category_of |= other.category_of
        for name, sample in self.samples.items():
            if name in other.samples:
                sample.merge(other.samples[name])

    def tables(self, before: Tables) -> tuple[IntervalTables, Tables]:
        """For the release. before: last night's, which models may go on from."""
        intervals = self.rhythms.tables(self.cycles, self.category_of)
        known = by_count(intervals.buyers)
        recent_first = sorted(known, key=lambda each: (-self.recent[each[0]], -each[1], each[0]))
        often = {product for product, _ in known[:RELATED_PRODUCTS]}
        related = self.pairs.related(intervals.buyers)
        return intervals, Tables(
            bestsellers=tuple(product for product, _ in recent_first[:BESTSELLERS]),
            related={each: others for each, others in related.items() if each in often},
            rfm=self._thresholds(),
            weights={
                name: LEARNERS[name].fit(sample.rows(), intervals, before.weights.get(name))
                for name, sample in sorted(self.samples.items())
            },
            counters=self.results.to_json(),
            customers=self.customers,
        )

    def _thresholds(self) -> Thresholds | None:
        if self.recency.total < LEAST_BUYERS:
            return None
        return Thresholds(self.recency.limits(), self.monetary.limits(), self.recency.total)

    def to_json(self) -> dict[str, Any]:
        """For the state of a segment."""
        return {
            "customers": self.customers,
            "rhythms": self.rhythms.to_json(),
            "pairs": self.pairs.to_json(),
            "results": self.results.to_json(),
            "recency": self.recency.to_json(),
            "monetary": self.monetary.to_json(),
            "recent": dict(self.recent),
            "cycles": self.cycles,
            "category_of": self.category_of,
            "samples": {name: sample.to_json() for name, sample in self.samples.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], cut: datetime) -> Sums:
        """From the state of a segment."""
        held = cls(cut)
        held.customers = data["customers"]
        held.rhythms = Rhythms.from_json(data["rhythms"])
        held.pairs = Pairs.from_json(data["pairs"])
        held.results = Results(data["results"])
        held.recency, held.monetary = (Histogram.from_json(data[each]) for each in ("recency", "monetary"))
        held.recent, held.cycles = Counter(data["recent"]), dict(data["cycles"])
        held.category_of = dict(data["category_of"])
        held.samples |= {name: Sample(rows) for name, rows in data["samples"].items() if name in LEARNERS}
        return held
