"""The customer document: its shape, and `apply`, which folds one event into it.

Pure: no AWS, no clock, no environment. The document is plain JSON (typed here as TypedDicts), so that keys written by a
newer version survive being read and written by this one, and reading costs no conversion. Times are stamps
(`perennial.times`). Every part is folded so that order and repetition of events do not matter inside the open window:
sets cut to their newest, the newest word per field, the newest `updated_at` per order.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from perennial.events import Cart, ConsentEvidence, Order


class View(TypedDict):
    """One product seen. `id` is the event's."""

    product_id: str
    at: str
    id: str


class Suppression(TypedDict):
    """Why a channel's address is dead for ever: `reason` is bounce or complaint."""

    reason: str
    at: str


class Closed(TypedDict):
    """Orders that left the open window of 20, in sums. `through`: placed_at of the newest one closed."""

    orders: int
    spent: dict[str, int]
    through: str
    first_at: str


class ClosedPurchases(TypedDict):
    """Purchases of one product in closed orders: the last 8 days (YYYY-MM-DD), and sums of the log gaps before them."""

    days: list[str]
    count: int
    gaps: int
    log_sum: float
    log_sum_sq: float


class Enrollment(TypedDict):
    """The memory of a campaign about one subject (a product id, or "" for the customer): the newest occurrence entered.

    since: stamp of the fact that caused it; what exits counts from there. moment: when the first step was due.
    state: planned (message in the outbox), waiting (for the next step), ended.
    settled_at: when the last step settled. first_sent_at: last first message sent, for once_per; survives the next entry.
    """

    key: str
    since: str
    moment: str
    entered_at: str
    variant: str
    step: str
    state: str
    facts: dict[str, Any]
    settled_at: NotRequired[str]
    first_sent_at: NotRequired[str]
    reason: NotRequired[str]


class Planned(TypedDict):
    """An outbox entry: a message planned and not yet settled.

    status: queued or sending. due_at, send_by, retry_at, doubt_until: stamps. token: of the sender that claimed it.
    """

    campaign: str
    subject: str
    key: str
    step: str
    variant: str
    channel: str
    status: str
    planned_at: str
    due_at: str
    send_by: str
    enqueues: int
    retry_at: str
    facts: dict[str, Any]
    token: NotRequired[str]
    doubt_until: NotRequired[str]
    claimed_at: NotRequired[str]


class Settled(TypedDict):
    """A message that is done. status: sent, unconfirmed or skipped (with `reason`). `at`: the stamp that counts for caps."""

    id: str
    campaign: str
    subject: str
    key: str
    step: str
    variant: str
    channel: str
    status: str
    at: str
    marketing: bool
    reason: NotRequired[str]
    provider_id: NotRequired[str]


class Customer(TypedDict):
    """One customer, everything needed to decide about them. `version` 0: never stored."""

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
