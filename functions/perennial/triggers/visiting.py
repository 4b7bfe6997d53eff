"""What is said of a visit: shared by the triggers about one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from perennial.customer import Customer
from perennial.folding.visits import CATEGORY, PAGE, SEARCH
from perennial.times import moment

SESSION_GAP = timedelta(minutes=30)  # silence that ends a visit (the convention of web analytics)
WORDS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing of a visit. kind: product, page, category or search."""

    at: str
    id: str
    kind: str
    value: str
    title: str = ""


def last_visit(customer: Customer, until: str = "9") -> list[Seen]:
    """What was seen without a gap of half an hour, up to the newest thing not later than `until`; oldest first."""
    everything = [
        *(Seen(view["at"], view["id"], "product", view["product_id"]) for view in customer["views"]),
        *(
            Seen(each["at"], each["id"], each["kind"], each["value"], each.get("title", ""))
            for each in customer.get("readings", [])
        ),
    ]
    seen = sorted((each for each in everything if each.at <= until), key=lambda each: (each.at, each.id))
    start = len(seen) - 1
    while start > 0 and moment(seen[start].at) - moment(seen[start - 1].at) < SESSION_GAP:
        start -= 1
    return seen[max(0, start) :]


def facts(visit: Sequence[Seen], products: int) -> dict[str, Any]:
    """For templates: the newest of everything first."""
    pages = {each.value: each.title for each in reversed(visit) if each.kind == PAGE}
    return {
        "products": _newest(visit, "product")[:products],
        "categories": _newest(visit, CATEGORY)[:WORDS_SHOWN],
        "searches": _newest(visit, SEARCH)[:WORDS_SHOWN],
        "pages": [{"path": path, "title": title} for path, title in pages.items()][:WORDS_SHOWN],
    }


def _newest(visit: Iterable[Seen], kind: str) -> list[str]:
    return list(dict.fromkeys(each.value for each in reversed(list(visit)) if each.kind == kind))
