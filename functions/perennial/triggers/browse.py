"""Browse follow-up: products were viewed, nothing went into the cart, and the visitor left."""

from __future__ import annotations

from datetime import datetime, timedelta

from perennial.campaigns import Campaign
from perennial.customer import Customer, View
from perennial.events import Name
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence

SESSION_GAP = timedelta(minutes=30)  # silence that ends a visit (the convention of web analytics)
PRODUCTS_SHOWN = 4
_WENT_ON = (Name.PRODUCT_ADDED, Name.CART_UPDATED, Name.CHECKOUT_STARTED, Name.CHECKOUT_UPDATED)


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The last visit, due `after` its last view. Key: when the visit began."""
    visit = last_visit(customer["views"])
    if not visit:
        return Nothing({"why": "no product was viewed"})
    began, ended = visit[0]["at"], visit[-1]["at"]
    went_on = next((name for name in _WENT_ON if customer["seen"].get(name, "") >= began), None)
    if went_on:
        return Nothing({"why": "the visit went on to the cart", "event": str(went_on), "visit": began})
    return [
        Occurrence(
            key=began,
            subject="",
            since=began,
            moment=after(moment(ended), campaign.trigger["after"], shop.settings.timezone),
            facts={"visit": began, "last_view": ended, "products": _products(visit)},
        )
    ]


def last_visit(views: list[View]) -> list[View]:
    """The newest views without a gap of half an hour between them."""
    start = len(views) - 1
    while start > 0 and moment(views[start]["at"]) - moment(views[start - 1]["at"]) < SESSION_GAP:
        start -= 1
    return views[max(0, start) :]


def _products(visit: list[View]) -> list[str]:
    newest_first = dict.fromkeys(view["product_id"] for view in reversed(visit))
    return list(newest_first)[:PRODUCTS_SHOWN]
