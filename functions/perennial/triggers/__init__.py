"""What starts a campaign: one file per kind, each a pure function from a customer to occurrences.

An occurrence is computed from stored facts only, never from now, so whoever computes it gets the same key and moment.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.triggers import (
    back_in_stock,
    browse,
    cart,
    cart_on_request,
    checkout,
    event,
    opt_in,
    post_purchase,
    price_drop,
    replenishment,
    visit_summary,
    welcome,
    winback,
)
from perennial.triggers.occurrence import Trigger

TRIGGERS: Mapping[str, Trigger] = {
    "back_in_stock": back_in_stock.occurrences,
    "browse": browse.occurrences,
    "cart": cart.occurrences,
    "cart_on_request": cart_on_request.occurrences,
    "checkout": checkout.occurrences,
    "event": event.occurrences,
    "opt_in": opt_in.occurrences,
    "post_purchase": post_purchase.occurrences,
    "price_drop": price_drop.occurrences,
    "replenishment": replenishment.occurrences,
    "visit_summary": visit_summary.occurrences,
    "welcome": welcome.occurrences,
    "winback": winback.occurrences,
}
