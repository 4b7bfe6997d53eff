"""Canonical events: what every source is translated to, and the only thing `customer.apply` knows.

Names follow the Segment e-commerce specification (object, past verb), in snake case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from perennial.people.identities import Identity


class Name(StrEnum):
    """Events that change more than the timeline. Any other name is kept there and in `seen`."""

    PRODUCT_VIEWED = "product_viewed"  # {product_id, url?}
    PRODUCT_ADDED = "product_added"  # {product_id, quantity, price?, currency?, cart_id?}
    PRODUCT_REMOVED = "product_removed"  # the same; no quantity: all of it
    CART_VIEWED = "cart_viewed"  # {cart?: Cart, without a token}: what lay in it when it was looked at
    PRODUCT_WISHED = "product_added_to_wishlist"  # {product_id}: the customer asks to be told of it
    PRODUCT_REVIEWED = "product_reviewed"  # {product_id?}: the customer spoke of it to others
    PRODUCT_RESTOCKED = "product_restocked"  # {product_id, price?, currency?}: to each who watches it
    PRICE_DROPPED = "price_dropped"  # {product_id, was, price, currency}: to each who watches it
    CART_UPDATED = "cart_updated"  # {cart: Cart}; no lines: the cart was emptied
    CHECKOUT_STARTED = "checkout_started"  # {cart: Cart}
    CHECKOUT_UPDATED = "checkout_updated"  # {cart: Cart}
    ORDER_COMPLETED = "order_completed"  # {order: Order}
    ORDER_PAID = "order_paid"  # {order: Order}
    ORDER_UPDATED = "order_updated"  # {order: Order}
    ORDER_CANCELLED = "order_cancelled"  # {order: Order}
    ORDER_FULFILLED = "order_fulfilled"  # {order: Order}
    ORDER_DELIVERED = "order_delivered"  # {order_id}: it reached the customer
    ORDER_REFUNDED = "order_refunded"  # {order_id, refund_id, refund: Refund}: all of it or a part
    ORDER_DELETED = "order_deleted"  # {order_id}
    CART_REQUESTED = "cart_requested"  # the customer asks for a mail with their cart
    VISIT_SUMMARY_REQUESTED = "visit_summary_requested"  # the same, with what they looked at
    SUBSCRIPTION_STARTED = "subscription_started"  # {product_id}: it is delivered again and again from now on
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"  # {product_id}
    CUSTOMER_REFERRED = "customer_referred"  # {code}: a friend's first order with the customer's code stands
    CUSTOMER_CREATED = "customer_created"
    CUSTOMER_UPDATED = "customer_updated"
    CUSTOMER_DELETED = "customer_deleted"
    CUSTOMERS_MERGED = "customers_merged"  # the store: all its customer ids among the identities are one
    DATA_REQUESTED = "data_requested"  # {request?, orders}: the customer asks what is known of them
    ERASE_REQUESTED = "erase_requested"  # {orders}: the customer is to be forgotten
    IDENTIFIED = "identified"
    CONSENT_CHANGED = "consent_changed"  # {consent: {channel: ConsentEvidence}}
    PREFERENCES_CHANGED = (
        "preferences_changed"  # {topics?: {topic: wanted}, pause_until?: a stamp, "" to end it}
    )
    FEEDBACK_GIVEN = (
        "feedback_given"  # {stage, score, text, campaign, message_id}: an answer to a message of ours
    )
    MESSAGE_SENT = "message_sent"  # {message_id, provider_id}: the provider says it took it
    MESSAGE_BOUNCED = "message_bounced"  # {message_id?, channel, permanent, detail}
    MESSAGE_COMPLAINED = "message_complained"  # {message_id?, channel, detail}
    MESSAGE_DELIVERED = "message_delivered"  # {message_id?, channel}: the recipient's server took it
    MESSAGE_DELAYED = "message_delayed"  # {message_id?, channel, detail}: the provider goes on trying
    MESSAGE_FAILED = (
        "message_failed"  # {message_id?, channel, detail}: the provider gave it up after taking it
    )
    MESSAGE_OPENED = "message_opened"  # {message_id?, channel, machine}
    MESSAGE_CLICKED = "message_clicked"  # {message_id?, channel, machine, host}
    MESSAGE_ANSWERED = "message_answered"  # {channel, text}: a customer wrote back


class Line(TypedDict):
    """One line of an order or cart. `price` is one unit's, in minor units of the order's currency."""

    product_id: str
    quantity: int
    price: int
    variant_id: NotRequired[str]


class OrderStatus(StrEnum):
    """Only `open` and `paid` orders count; of two tellings equally new the later member wins.

    `pending`: begun and not paid, as a customer leaves it at the till; also an order that only a refund was told of so far.
    `open`: placed, to be paid by transfer or on delivery.
    """

    PENDING = "pending"
    OPEN = "open"
    PAID = "paid"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    TEST = "test"


class Refund(TypedDict):
    """Money given back, in minor units; `returned`: pieces by product id. `updated_at`: stamp of this telling of it."""

    updated_at: str
    amount: int
    currency: str
    returned: dict[str, int]


class Order(TypedDict):
    """`placed_at` and `updated_at` are stamps; `total` is in minor units; `trusted`: told by a signed source.

    total: before any refund. refunds: by their id. refunds_at: stamp as of which `refunds` is the whole list, when the store
    tells whole lists. deleted_at: stamp of its deletion, undone by a telling that is newer. fulfilled_at, delivered_at:
    stamps of the first word that it left the shop, and that it arrived. referral: a code that a friend had handed on.
    """

    id: str
    placed_at: str
    updated_at: str
    status: str
    total: int
    currency: str
    trusted: bool
    lines: list[Line]
    refunds: NotRequired[dict[str, Refund]]
    refunds_at: NotRequired[str]
    deleted_at: NotRequired[str]
    fulfilled_at: NotRequired[str]
    delivered_at: NotRequired[str]
    referral: NotRequired[str]


class Cart(TypedDict):
    """`at` is the stamp of its last change; `url` leads back to it, when the store gives one."""

    token: str
    at: str
    currency: str
    lines: list[Line]
    url: NotRequired[str]


class CartChange(TypedDict):
    """One product put into a cart, or taken out of it: `quantity` is negative then. `id` is the event's, `at` its stamp.

    price: one unit's, in minor units of `currency`, where it is told. cart_id: what the sender calls the cart, if anything.
    """

    id: str
    at: str
    product_id: str
    quantity: int
    price: NotRequired[int]
    currency: NotRequired[str]
    cart_id: NotRequired[str]


class ConsentState(StrEnum):
    """From the most to the least permission; on equal evidence the later member wins (the stricter)."""

    SUBSCRIBED = "subscribed"
    PENDING = "pending"
    NOT_SUBSCRIBED = "not_subscribed"
    UNSUBSCRIBED = "unsubscribed"


class Confirmation(StrEnum):
    """Whether whoever reads the address has said yes there (double opt-in): `wanted` is ours to ask for."""

    WANTED = "wanted"
    GIVEN = "given"


class ConsentEvidence(TypedDict):
    """`at` is a stamp: when the customer said so. `evidence`: what shows it (a form, an order, a link), never free text.

    confirmation: given beside `subscribed` that the owner of the address confirmed, wanted beside a `pending` that we shall
    ask about, absent otherwise.
    """

    state: str
    at: str
    source: str
    evidence: NotRequired[str]
    confirmation: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one customer.

    id: eight-byte digest over what the sender calls it (`identities.short_id`), equal for every copy of it.
    occurred_at: corrected and clamped; sent_at: the sender's own time exactly as given ("body time"), None if none.
    trusted: signed by the store, made with the server key, or ours. A browser key is not.
    identities: strongest first; empty only for feedback that names `customer_id`.
    properties: canonical, as `Name` says, and in any event beside them `traits` ({first_name, last_name, email, phone,
    locale, timezone, country, birthday}, only those known) and `consent` ({channel: ConsentEvidence}).
    """

    id: str
    name: str
    occurred_at: datetime
    received_at: datetime
    source: str
    trusted: bool
    identities: tuple[Identity, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    sent_at: datetime | None = None
    customer_id: str | None = None


class Product(TypedDict):
    """A catalogue entry, from trusted sources only. `rank` 2: product webhook, 1: order line or server key.

    title: absent only of a product of which nothing but its deletion is known. deleted: never to be shown again; the store
    tells `False` of one that it took back out of the bin. cycle_days: how long one lasts, by the merchant's own word.
    """

    id: str
    title: NotRequired[str]
    at: str
    rank: int
    url: NotRequired[str]
    image: NotRequired[str]
    price: NotRequired[int]
    currency: NotRequired[str]
    category: NotRequired[str]
    available: NotRequired[bool]
    deleted: NotRequired[bool]
    cycle_days: NotRequired[int]


class Change(TypedDict):
    """What a store told of a product that those who watch it want to know.

    kind: PRODUCT_RESTOCKED or PRICE_DROPPED. at: stamp of the telling, the same each time the change is found.
    price: now, in minor units; was: before, of a price that dropped.
    """

    product_id: str
    kind: str
    at: str
    price: NotRequired[int]
    was: NotRequired[int]
    currency: NotRequired[str]
