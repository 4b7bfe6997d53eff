"""The customer document: everything needed to decide about one customer. `perennial.apply` folds events into it.

It is plain JSON, typed here as TypedDicts, so that keys written by a newer version survive being read and written by this
one, and reading costs no conversion. Times are stamps (`perennial.times`).
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict, cast

from perennial.events import Cart, CartChange, ConsentEvidence, Order
from perennial.folding.account import Tellings
from perennial.folding.happenings import Happenings
from perennial.folding.visits import Reading
from perennial.insight.standing import Lifecycle, Referred, Subscription
from perennial.messaging.messages import Enrollment, Planned, Returned, Settled, Trial
from perennial.people.identities import KNOWN, Kind

SCHEMA = 1


class View(TypedDict):
    """One product seen. `id` is the event's."""

    product_id: str
    at: str
    id: str


class Suppression(TypedDict):
    """Why nobody writes to a channel's address ever again: `reason` is bounce, complaint or erased."""

    reason: str
    at: str


class SoftBounces(TypedDict):
    """at: stamps of the newest bounces of a channel that were not for good. delivered_at: when a message last arrived."""

    at: list[str]
    delivered_at: NotRequired[str]


class Engagement(TypedDict):
    """What a customer does with the messages of a channel. Opens are none of it: machines open mails.

    clicked_at: stamp of the beginning of the day of the newest click.
    """

    clicked_at: str


class Device(TypedDict):
    """Where the shop's app runs. platform: ios or android. at: when the app last told of it.

    dead_at: when the provider refused it for good.
    """

    token: str
    platform: str
    at: str
    dead_at: NotRequired[str]


class Closed(TypedDict):
    """Orders that left the open window, in sums. `through`: placed_at of the newest one closed, counted or not.

    first_at, last_at: placed_at of the first and last that counted. gaps, log_sum, log_sum_sq: of the days between them.
    months: what was spent in each of the last 13 months ("2026-11"), by currency.
    """

    orders: int
    spent: dict[str, int]
    through: str
    first_at: str
    last_at: str
    gaps: int
    log_sum: float
    log_sum_sq: float
    months: NotRequired[dict[str, dict[str, int]]]


class ClosedPurchases(TypedDict):
    """Purchases of one product in closed orders: the last 8 days (YYYY-MM-DD), and sums of the log gaps before them."""

    days: list[str]
    count: int
    gaps: int
    log_sum: float
    log_sum_sq: float


class Wish(TypedDict):
    """A customer's word on one topic. at: stamp of when they said so."""

    wanted: bool
    at: str


class Pause(TypedDict):
    """No marketing until then; "" once it was ended. at: stamp of when they said so."""

    until: str
    at: str


class Preferences(TypedDict):
    """What a customer chose on the preference page, beside consent. A topic of which they said nothing is wanted."""

    topics: dict[str, Wish]
    pause: NotRequired[Pause]


class Opinion(TypedDict):
    """A customer's answer on the feedback page, from 1 to 5. at: stamp."""

    score: int
    at: str


class Erasing(TypedDict):
    """What is left to erase. stage: first or again. identities: kind and stored value. look_at: when to go on.

    of_store: the store knew them by an id of its own.
    """

    stage: str
    identities: list[tuple[str, str]]
    look_at: str
    of_store: NotRequired[bool]


class Customer(TypedDict):
    """One customer, everything needed to decide about them. `version` 0: never stored.

    events: how many were folded while anonymous (bounded). absorbed: ids of documents merged into this one, newest last.
    merged_into, frozen_at: this one is frozen, and everything belongs to that customer now; folded: nothing is left in it.
    erased_at: what was received until then is forgotten; erasing: while that is under way (`perennial.people.erasing`).
    engagement: by channel, as far as anything is known.
    consent: the word that counts, by channel. consent_beside: the one that may count again (`perennial.folding.consent`).
    returned: codes of messages that were not sent, until the sweep has given them back.
    words: by channel, the last yeses and noes by when they were said. checkout: the newest one; `cart` may be newer.
    cart: the newest that was told as a whole under a name of its own; cart_viewed: without one; cart_changes: told piece by
    piece. What lies in the cart by all of them says `carts.present`, and nobody else.
    happened, readings: what is remembered event by event (`perennial.folding.happenings`, `perennial.folding.visits`).
    opinions: by the stage that was asked about, "" for none. referred: by whose code they came.
    subscriptions: by product id. changes: when each of some fields was told what (`perennial.folding.account`).
    """

    schema: int
    id: str
    version: int
    wake_at: str | None
    identities: dict[str, list[str]]
    traits: dict[str, str]
    told: dict[str, str]
    consent: dict[str, ConsentEvidence]
    suppressed: dict[str, Suppression]
    cart: Cart | None
    views: list[View]
    orders: list[Order]
    closed: Closed | None
    products: dict[str, ClosedPurchases]
    seen: dict[str, str]
    enrollments: dict[str, dict[str, Enrollment]]
    outbox: dict[str, Planned]
    settled: list[Settled]
    ids: dict[str, str]
    floor: str
    refold: bool
    consent_beside: NotRequired[dict[str, ConsentEvidence]]
    soft_bounces: NotRequired[dict[str, SoftBounces]]
    words: NotRequired[dict[str, dict[str, str]]]
    checkout: NotRequired[Cart]
    cart_viewed: NotRequired[Cart]
    cart_changes: NotRequired[list[CartChange]]
    happened: NotRequired[Happenings]
    readings: NotRequired[list[Reading]]
    subscriptions: NotRequired[dict[str, Subscription]]
    changes: NotRequired[dict[str, Tellings]]
    engagement: NotRequired[dict[str, Engagement]]
    devices: NotRequired[list[Device]]
    trials: NotRequired[dict[str, Trial]]
    lifecycle: NotRequired[Lifecycle]
    returned: NotRequired[list[Returned]]
    preferences: NotRequired[Preferences]
    referred: NotRequired[Referred]
    opinions: NotRequired[dict[str, Opinion]]
    events: NotRequired[int]
    absorbed: NotRequired[list[str]]
    merged_into: NotRequired[str]
    frozen_at: NotRequired[str]
    folded: NotRequired[bool]
    erased_at: NotRequired[str]
    erasing: NotRequired[Erasing]


def new(customer_id: str) -> Customer:
    """A document about which nothing is known yet."""
    return Customer(
        schema=SCHEMA,
        id=customer_id,
        version=0,
        wake_at=None,
        identities={},
        traits={},
        told={},
        consent={},
        suppressed={},
        cart=None,
        views=[],
        orders=[],
        closed=None,
        products={},
        seen={},
        enrollments={},
        outbox={},
        settled=[],
        ids={},
        floor="",
        refold=False,
    )


def copied(customer: Customer) -> Customer:
    """A copy that shares nothing with the original but what cannot change."""
    return cast("Customer", _copied(customer))


def _copied(value: Any) -> Any:
    # Many times as fast as `copy.deepcopy`, and made for each event, plan and claim. Most values are texts and stay.
    if isinstance(value, dict):
        copy = value.copy()
        for key, each in value.items():
            if each.__class__ is dict or each.__class__ is list:
                copy[key] = _copied(each)
        return copy
    return [_copied(each) if isinstance(each, (dict, list)) else each for each in value]


def is_anonymous(customer: Customer) -> bool:
    """Known by a device or a cart only: never decided, never written to."""
    return not any(customer["identities"].get(kind) for kind in KNOWN)


def is_guest(customer: Customer) -> bool:
    """Not (yet) a customer of the store by id: a device, a cart, or an address alone. May be merged into one who is."""
    return not customer["identities"].get(Kind.STORE)
