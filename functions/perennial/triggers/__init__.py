"""What starts a campaign: one file per kind, each a pure function from a customer to occurrences.

An occurrence is computed from stored facts only, never from now, so whoever computes it gets the same key and moment.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.triggers import (
    account_change,
    anniversary,
    back_in_stock,
    birthday,
    browse,
    bundle,
    cart,
    cart_on_request,
    checkout,
    cross_sell,
    event,
    group,
    loyalty_enrolment,
    opt_in,
    post_purchase,
    price_drop,
    referral_invitation,
    referral_reward,
    replenishment,
    review,
    scheduled,
    segment,
    stage,
    subscription_offer,
    sunset,
    tier,
    visit_summary,
    welcome,
    winback,
)
from perennial.triggers.occurrence import Trigger

TRIGGERS: Mapping[str, Trigger] = {
    "account_change": account_change.occurrences,
    "anniversary": anniversary.occurrences,
    "back_in_stock": back_in_stock.occurrences,
    "birthday": birthday.occurrences,
    "browse": browse.occurrences,
    "bundle": bundle.occurrences,
    "cart": cart.occurrences,
    "cart_on_request": cart_on_request.occurrences,
    "checkout": checkout.occurrences,
    "cross_sell": cross_sell.occurrences,
    "event": event.occurrences,
    "group": group.occurrences,
    "loyalty_enrolment": loyalty_enrolment.occurrences,
    "opt_in": opt_in.occurrences,
    "post_purchase": post_purchase.occurrences,
    "price_drop": price_drop.occurrences,
    "referral_invitation": referral_invitation.occurrences,
    "referral_reward": referral_reward.occurrences,
    "replenishment": replenishment.occurrences,
    "review": review.occurrences,
    "scheduled": scheduled.occurrences,
    "segment": segment.occurrences,
    "stage": stage.occurrences,
    "subscription_offer": subscription_offer.occurrences,
    "sunset": sunset.occurrences,
    "tier": tier.occurrences,
    "visit_summary": visit_summary.occurrences,
    "welcome": welcome.occurrences,
    "winback": winback.occurrences,
}
