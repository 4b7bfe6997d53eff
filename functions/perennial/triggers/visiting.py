"""What is said of a visit: shared by the triggers about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from perennial.customer import Customer
from perennial.folding.visits import CATEGORY, PAGE, SEARCH
from perennial.times import moment

SESSION_GAP = timedelta(minutes=30)  # silence that ends a visit (the convention of web analytics)
WORDS_SHOWN = 3
_WHEN = itemgetter("at", "id")


class Seen(NamedTuple):
    """One thing of a visit. kind: product, page, category or search."""

    at: str
    id: str
    kind: str
    value: str
    title: str = ""


def last_visit(customer: Customer, until: str = "9") -> list[Seen]:
    """What was seen without a gap of half an hour, up to the newest thing not later than `until`; oldest first."""
    everything: list[Any] = [*customer["views"], *customer.get("readings", ())]
    everything.sort(key=_WHEN, reverse=True)
    visit: list[Seen] = []
    began: datetime | None = None
    for each in everything:
        if each["at"] > until:
            continue
        at = moment(each["at"])
        if began is not None and began - at >= SESSION_GAP:
            break
        began = at
        visit.append(_seen(each))
    visit.reverse()
    return visit


def _seen(each: Mapping[str, Any]) -> Seen:
    """A view or a reading."""
    if "product_id" in each:
        return Seen(each["at"], each["id"], "product", each["product_id"])
    return Seen(each["at"], each["id"], each["kind"], each["value"], each.get("title", ""))


def facts(visit: Sequence[Seen], products: int) -> dict[str, Any]:
    """For templates: the newest of everything first."""
    pages = {each.value: each.title for each in reversed(visit) if each.kind == PAGE}
    return {
        "products": _newest(visit, "product")[:products],
        "categories": _newest(visit, CATEGORY)[:WORDS_SHOWN],
        "searches": _newest(visit, SEARCH)[:WORDS_SHOWN],
        "pages": [{"path": path, "title": title} for path, title in pages.items()][:WORDS_SHOWN],
    }


def _newest(visit: Sequence[Seen], kind: str) -> list[str]:
    return list(dict.fromkeys([each.value for each in reversed(visit) if each.kind == kind]))
