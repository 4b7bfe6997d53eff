"""What starts a campaign: one file per kind, each a pure function from a customer to occurrences.

An occurrence is computed from stored facts only, never from now, so whoever computes it gets the same key and moment.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.triggers import (
    browse,
    cart,
    checkout,
    event,
    opt_in,
    post_purchase,
    replenishment,
    welcome,
    winback,
)
from perennial.triggers.occurrence import Trigger

TRIGGERS: Mapping[str, Trigger] = {
    "browse": browse.occurrences,
    "cart": cart.occurrences,
    "checkout": checkout.occurrences,
    "event": event.occurrences,
    "opt_in": opt_in.occurrences,
    "post_purchase": post_purchase.occurrences,
    "replenishment": replenishment.occurrences,
    "welcome": welcome.occurrences,
    "winback": winback.occurrences,
}
