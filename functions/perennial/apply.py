"""`apply`: what a customer is after one more event.

Pure: no AWS, no clock, no environment. Every part is folded so that order and repetition of events do not matter inside
the open window: sets cut to their newest, the newest word per field, the newest `updated_at` per order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from perennial.customer import Customer, View, copied, is_anonymous
from perennial.events import Cart, Event, Name, Order
from perennial.folding import (
    account,
    carts,
    consent,
    devices,
    feedback,
    happenings,
    opinions,
    orders,
    preferences,
    refunds,
    subscriptions,
    visits,
)
from perennial.messaging import outbox
from perennial.people.identities import Kind
from perennial.times import stamp

VIEWS_KEPT = 30
NAMES_KEPT = 64  # distinct event names remembered with their last time
VALUES_KEPT = 20  # identities of one kind


def apply(customer: Customer, event: Event) -> Customer:
    """The customer after the event; the same object when it was applied before, or is news that changes no decision.

    Any exception means that the event cannot be folded; the given document is untouched.
    """
    if event.id in customer["ids"] or not feedback.matters(customer, event):
        return customer
    draft = copied(customer)
    fold(draft, event)
    return draft


def fold(draft: Customer, event: Event) -> None:
    """`apply` in place, for a batch of events that shares one copy; an exception leaves the draft half changed."""
    if event.id in draft["ids"] or not feedback.matters(draft, event):
        return
    draft["ids"][event.id] = stamp(event.sent_at) if event.sent_at else ""
    _fold_identities(draft, event)
    if is_anonymous(draft):
        draft["events"] = draft.get("events", 0) + 1
    _fold_traits(draft, event)
    _fold_consent(draft, event)
    devices.fold(draft, event)
    if not is_test_order(event):
        _fold_seen(draft, event)
    _fold_happening(draft, event)
    part = _FOLDS.get(event.name)
    if part is not None:
        part(draft, event)


def apply_all(customer: Customer, events: Sequence[Event]) -> tuple[Customer, list[tuple[Event, Exception]]]:
    """A copy after all events, and those that could not be folded: only if there are any, each is folded on its own."""
    draft = copied(customer)
    try:
        for event in events:
            fold(draft, event)
    except Exception:  # noqa: BLE001 - whatever it is, only the event that causes it may fail
        return _apply_singly(customer, events)
    return draft, []


def _apply_singly(
    customer: Customer, events: Sequence[Event]
) -> tuple[Customer, list[tuple[Event, Exception]]]:
    failed: list[tuple[Event, Exception]] = []
    draft = customer
    for event in events:
        try:
            draft = apply(draft, event)
        except Exception as error:  # noqa: BLE001 - as above
            failed.append((event, error))
    return (draft if draft is not customer else copied(customer)), failed


def is_test_order(event: Event) -> bool:
    """A store's trial order: it teaches who the customer is, and is no purchase."""
    return bool(event.properties.get("order", {}).get("status") == "test")


def _fold_identities(draft: Customer, event: Event) -> None:
    for kind, value in event.identities:
        values = draft["identities"].setdefault(kind, [])
        if value not in values:
            draft["identities"][kind] = sorted([*values, value])[:VALUES_KEPT]


def _fold_traits(draft: Customer, event: Event) -> None:
    """The newest word per field wins, and a trusted word wins over any browser's."""
    word = f"{int(event.trusted)} {stamp(event.occurred_at)}"
    for field, value in event.properties.get("traits", {}).items():
        if field in ("email", "phone") and not (event.trusted or _gives_own_address(field, event)):
            continue  # an address comes from a trusted source only
        if (word, value) > (draft["told"].get(field, ""), draft["traits"].get(field, "")):
            draft["told"][field] = word
            draft["traits"][field] = value
        if event.trusted and field in account.WATCHED:
            changes = draft.setdefault("changes", {})
            changes[field] = account.told(changes.get(field, {}), value, stamp(event.occurred_at))


def _gives_own_address(field: str, event: Event) -> bool:
    """A form names nobody but an address: whom the event belongs to is whom it is about. Any trusted word outranks it."""
    return field == "email" and [identity.kind for identity in event.identities] == [Kind.EMAIL]


def _fold_consent(draft: Customer, event: Event) -> None:
    """A public sender's word is no evidence; it may only ask us to ask."""
    for channel, said in event.properties.get("consent", {}).items():
        if event.trusted or consent.is_wanted(said):
            consent.fold(draft, channel, said)
            consent.remember(draft, channel, said)


def _fold_seen(draft: Customer, event: Event) -> None:
    seen = draft["seen"]
    seen[event.name] = max(seen.get(event.name, ""), stamp(event.occurred_at))
    if len(seen) > NAMES_KEPT:
        del seen[min(seen, key=lambda name: (seen[name], name))]


def _fold_happening(draft: Customer, event: Event) -> None:
    if happened := happenings.fold(draft.get("happened", {}), event):
        draft["happened"] = happened
    if reading := visits.reading_of(event):
        draft["readings"] = visits.joined(draft.get("readings", []), [reading])


def _fold_view(draft: Customer, event: Event) -> None:
    view = View(product_id=event.properties["product_id"], at=stamp(event.occurred_at), id=event.id)
    views = sorted([*draft["views"], view], key=lambda each: (each["at"], each["id"]))
    draft["views"] = views[-VIEWS_KEPT:]


def _fold_cart(draft: Customer, event: Event) -> None:
    """The newest state of any cart; an order placed later is what closes it, so nothing is cleared here."""
    if "cart" in event.properties:  # else a browser that does not say what lies in it; `seen` knows when
        draft["cart"] = newer_cart(draft["cart"], event.properties["cart"])


def _fold_cart_view(draft: Customer, event: Event) -> None:
    """A browser that knows no name for the cart still tells what lies in it; without a list it tells nothing."""
    if "cart" in event.properties:
        draft["cart_viewed"] = newer_cart(draft.get("cart_viewed"), event.properties["cart"])


def _fold_cart_change(draft: Customer, event: Event) -> None:
    if change := carts.change_of(event):
        draft["cart_changes"] = carts.joined(draft.get("cart_changes", []), [change])


def _fold_checkout(draft: Customer, event: Event) -> None:
    """Kept apart too: stores tell of the cart behind a checkout as well, before it and after it."""
    _fold_cart(draft, event)
    if "cart" in event.properties:
        draft["checkout"] = newer_cart(draft.get("checkout"), event.properties["cart"])


def newer_cart(held: Cart | None, told: Cart) -> Cart:
    """The one changed last; of two tellings equally new always the same one."""
    if held is None:
        return told
    return max(held, told, key=lambda cart: (cart["at"], cart["token"], json.dumps(cart, sort_keys=True)))


def _fold_order(draft: Customer, event: Event) -> None:
    if event.trusted:  # a browser's order only silences follow-ups, through `seen`
        orders.fold(draft, event.properties["order"])


def _fold_fulfilment(draft: Customer, event: Event) -> None:
    if event.trusted:
        told: Order = event.properties["order"]
        orders.fold(draft, {**told, "fulfilled_at": stamp(event.occurred_at)})


def _fold_delivery(draft: Customer, event: Event) -> None:
    if event.trusted:
        orders.fold(draft, refunds.of_delivery(event.properties["order_id"], stamp(event.occurred_at)))


def _fold_refund(draft: Customer, event: Event) -> None:
    told = event.properties
    if event.trusted and "refund" in told:  # a Segment server tells of refunds in its own words
        orders.fold(draft, refunds.of_refund(told["order_id"], told["refund_id"], told["refund"]))


def _fold_deletion(draft: Customer, event: Event) -> None:
    if event.trusted:
        orders.fold(draft, refunds.of_deletion(event.properties["order_id"], stamp(event.occurred_at)))


def _fold_sent(draft: Customer, event: Event) -> None:
    message_id = event.properties.get("message_id")
    if message_id:
        outbox.confirm(draft, message_id, event.occurred_at)


_FOLDS: dict[str, Callable[[Customer, Event], None]] = {
    Name.PRODUCT_VIEWED: _fold_view,
    Name.PRODUCT_ADDED: _fold_cart_change,
    Name.PRODUCT_REMOVED: _fold_cart_change,
    Name.CART_VIEWED: _fold_cart_view,
    Name.CART_UPDATED: _fold_cart,
    Name.CHECKOUT_STARTED: _fold_checkout,
    Name.CHECKOUT_UPDATED: _fold_checkout,
    Name.ORDER_COMPLETED: _fold_order,
    Name.ORDER_PAID: _fold_order,
    Name.ORDER_UPDATED: _fold_order,
    Name.ORDER_CANCELLED: _fold_order,
    Name.ORDER_FULFILLED: _fold_fulfilment,
    Name.ORDER_DELIVERED: _fold_delivery,
    Name.SUBSCRIPTION_STARTED: subscriptions.fold,
    Name.SUBSCRIPTION_CANCELLED: subscriptions.fold,
    Name.ORDER_REFUNDED: _fold_refund,
    Name.ORDER_DELETED: _fold_deletion,
    Name.PREFERENCES_CHANGED: preferences.fold,
    Name.FEEDBACK_GIVEN: opinions.fold,
    Name.MESSAGE_SENT: _fold_sent,
    Name.MESSAGE_BOUNCED: feedback.fold_bounce,
    Name.MESSAGE_COMPLAINED: feedback.fold_complaint,
    Name.MESSAGE_DELIVERED: feedback.fold_delivery,
    Name.MESSAGE_CLICKED: feedback.fold_click,
}
