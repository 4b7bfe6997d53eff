"""Browse follow-up: somebody looked at products or read about them, nothing went into the cart, and they left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import Name
from perennial.folding.visits import PAGE
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence
from perennial.triggers.visiting import Seen, facts, last_visit

PRODUCTS_SHOWN = 4
PAGES_OF_INTEREST = 2  # whoever read fewer, and looked at nothing else, may have come by chance
_WENT_ON = (Name.PRODUCT_ADDED, Name.CART_UPDATED, Name.CHECKOUT_STARTED, Name.CHECKOUT_UPDATED)


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The last visit, due `after` its end. Key: when the visit began."""
    visit = last_visit(customer)
    if not _shows_interest(visit):
        return Nothing({"why": "nothing was looked at"})
    began, ended = visit[0].at, visit[-1].at
    went_on = next((name for name in _WENT_ON if customer["seen"].get(name, "") >= began), None)
    if went_on:
        return Nothing({"why": "the visit went on to the cart", "event": str(went_on), "visit": began})
    return [
        Occurrence(
            key=began,
            subject="",
            since=began,
            moment=after(moment(ended), campaign.trigger["after"], shop.settings.timezone),
            facts={"visit": began, "last_view": ended, **facts(visit, PRODUCTS_SHOWN)},
        )
    ]


def _shows_interest(visit: Sequence[Seen]) -> bool:
    pages = {each.value for each in visit if each.kind == PAGE}
    return len(pages) >= PAGES_OF_INTEREST or any(each.kind != PAGE for each in visit)
