"""`absorb`: what a customer is once a visitor or guest turns out to be the same person.

Pure. Every part is joined so that the order of several merges does not matter; consent takes the stricter word.
"""

from __future__ import annotations

from datetime import datetime

from perennial.apply import VALUES_KEPT, VIEWS_KEPT, newer_cart
from perennial.customer import Customer, copied, is_anonymous
from perennial.deciding import enrolling
from perennial.folding import (
    account,
    carts,
    closing,
    consent,
    devices,
    feedback,
    happenings,
    opinions,
    orders,
    preferences,
    subscriptions,
    visits,
)
from perennial.insight import referrals
from perennial.messaging import outbox
from perennial.messaging.outbox import WENT_OUT, Status
from perennial.times import moment

ABSORBED_KEPT = 20


def absorb(customer: Customer, other: Customer) -> Customer:
    """`customer` with everything `other` held; unchanged when it was absorbed before."""
    if other["id"] in customer.get("absorbed", []):
        return customer
    draft, other = copied(customer), copied(other)
    _identities(draft, other)
    _traits(draft, other)
    _consent(draft, other)
    _history(draft, other)
    _orders(draft, other)
    _messages(draft, other)
    draft["ids"] |= other["ids"]
    draft["floor"] = max(draft["floor"], other["floor"])
    both = [*draft.get("absorbed", []), *other.get("absorbed", []), other["id"]]
    draft["absorbed"] = list(dict.fromkeys(both))[-ABSORBED_KEPT:]
    return draft


def _identities(draft: Customer, other: Customer) -> None:
    for kind, values in other["identities"].items():
        both = {*draft["identities"].get(kind, []), *values}
        draft["identities"][kind] = sorted(both)[:VALUES_KEPT]


def _traits(draft: Customer, other: Customer) -> None:
    if changes := account.joined(draft.get("changes", {}), other.get("changes", {})):
        draft["changes"] = changes
    for field, value in other["traits"].items():
        mine = draft["told"].get(field, ""), draft["traits"].get(field, "")
        if (other["told"][field], value) > mine:
            draft["told"][field], draft["traits"][field] = other["told"][field], value


def _consent(draft: Customer, other: Customer) -> None:
    consent.join(draft, other)
    if not is_anonymous(other):  # a visitor has no address whose closing could be meant
        feedback.join(draft, other)
    preferences.join(draft, other)
    devices.join(draft, other)


def _history(draft: Customer, other: Customer) -> None:
    views = {view["id"]: view for view in [*draft["views"], *other["views"]]}
    draft["views"] = sorted(views.values(), key=lambda view: (view["at"], view["id"]))[-VIEWS_KEPT:]
    for name, at in other["seen"].items():
        draft["seen"][name] = max(draft["seen"].get(name, ""), at)
    if "lifecycle" in other and "lifecycle" not in draft:
        draft["lifecycle"] = other["lifecycle"]
    if happened := happenings.joined(draft.get("happened", {}), other.get("happened", {})):
        draft["happened"] = happened
    if readings := visits.joined(draft.get("readings", []), other.get("readings", [])):
        draft["readings"] = readings
    subscriptions.join(draft, other)
    referrals.join(draft, other)
    opinions.join(draft, other)
    if other["cart"]:
        draft["cart"] = newer_cart(draft["cart"], other["cart"])
    if "checkout" in other:
        draft["checkout"] = newer_cart(draft.get("checkout"), other["checkout"])
    if "cart_viewed" in other:
        draft["cart_viewed"] = newer_cart(draft.get("cart_viewed"), other["cart_viewed"])
    if changes := carts.joined(draft.get("cart_changes", []), other.get("cart_changes", [])):
        draft["cart_changes"] = changes


def _orders(draft: Customer, other: Customer) -> None:
    """Open orders are folded like any others; sums of closed ones cannot be joined exactly and wait for the refold."""
    if other["closed"]:
        closing.join_closed(draft, other)
    for order in other["orders"]:
        orders.fold(draft, order)
    draft["refold"] = draft["refold"] or other["refold"]


def _messages(draft: Customer, other: Customer) -> None:
    """What the guest was sent, or may have been sent, counts as sent here; what was only planned is planned anew."""
    for message, entry in list(other["outbox"].items()):
        if entry["status"] == Status.SENDING:
            at = moment(entry["claimed_at"])
            outbox.settle(other, message, Status.UNCONFIRMED, at, reason="sent as a guest")
    for settled in other["settled"]:
        outbox.keep(draft, settled)
    for campaign, trial in other.get("trials", {}).items():
        mine_there = draft.setdefault("trials", {}).get(campaign, trial)
        draft["trials"][campaign] = min(mine_there, trial, key=lambda each: (each["at"], each["variant"]))
    if "returned" in other:
        draft["returned"] = [*draft.get("returned", []), *other["returned"]]
    for campaign, inside in other["enrollments"].items():
        mine = draft["enrollments"].setdefault(campaign, {})
        for subject, enrollment in inside.items():
            held = mine.get(subject)
            if enrollment["state"] == "planned":
                continue  # its message was dropped when the guest was frozen
            went_out = enrollment.get("outcome") in WENT_OUT
            same = held is not None and held["key"] == enrollment["key"]
            if held is None or held["since"] < enrollment["since"] or (same and went_out):
                _cancel(draft, campaign, subject, at=enrollment.get("settled_at"))
                mine[subject] = enrollment
        enrolling.forget_oldest(mine)


def _cancel(draft: Customer, campaign: str, subject: str, at: str | None) -> None:
    """The guest was spoken to about the same or something newer: what is queued here is not sent as well."""
    for message, entry in list(draft["outbox"].items()):
        same = (entry["campaign"], entry["subject"]) == (campaign, subject)
        if same and entry["status"] == Status.QUEUED:
            when: datetime = moment(at or entry["planned_at"])
            outbox.settle(draft, message, Status.SKIPPED, when, reason="sent as a guest")
