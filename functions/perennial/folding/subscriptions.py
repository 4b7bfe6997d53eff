"""Products that a customer gets again and again without ordering: told by a trusted sender, by product."""

from __future__ import annotations

from perennial.customer import Customer
from perennial.events import Event, Name
from perennial.insight.standing import Subscription
from perennial.times import stamp

KEPT = 20


def fold(draft: Customer, event: Event) -> None:
    """The newest word on a product counts; of two equally new ones the end."""
    if event.trusted:
        word = Subscription(active=event.name == Name.SUBSCRIPTION_STARTED, at=stamp(event.occurred_at))
        _keep(draft, event.properties["product_id"], word)


def join(draft: Customer, other: Customer) -> None:
    """What is known of both, once they turn out to be one person."""
    for product_id, word in other.get("subscriptions", {}).items():
        _keep(draft, product_id, word)


def active(customer: Customer) -> set[str]:
    """Ids of the products that come by themselves."""
    return {product for product, word in customer.get("subscriptions", {}).items() if word["active"]}


def _keep(draft: Customer, product_id: str, word: Subscription) -> None:
    held = draft.setdefault("subscriptions", {})
    known = held.get(product_id)
    if known is None or _weight(word) > _weight(known):
        held[product_id] = word
    if len(held) > KEPT:
        del held[min(held, key=lambda product: (held[product]["at"], product))]


def _weight(word: Subscription) -> tuple[str, bool]:
    return word["at"], not word["active"]
