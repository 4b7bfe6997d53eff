"""Where a customer stands, as the document holds it. Brought up to date by `perennial.insight.lifecycle`."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

StageName = Literal["reach", "acquisition", "development", "retention", "advocacy"]


class Stage(TypedDict):
    """name: a `StageName`. since: stamp of the fact that led there, `fact`: which one.

    previous: the stage before, "" for none.
    """

    name: str
    since: str
    previous: str
    fact: str


class Rfm(TypedDict):
    """Scores from 1 to 5, 0 without an order. since: when the group was met; previous: the one before, "" for none."""

    recency: int
    frequency: int
    monetary: int
    group: str
    since: str
    previous: str


class Tiered(TypedDict):
    """A tier of `loyalty.yaml`, "" for none. since: when it was reached, or lost; previous: the one before, "" for none.

    spent: within twelve months, in minor units of the shop's currency.
    """

    name: str
    since: str
    previous: str
    spent: int
    points: NotRequired[int]


class Membership(TypedDict):
    """Whether a customer is in a segment. since: stamp of when they came in or left, "" while nobody saw either happen."""

    inside: bool
    since: str


class Referred(TypedDict):
    """Whose code this customer's first order carried. order: its id. look_at: stamp of the end of the refund window.

    outcome, in its place, once the customer behind the code was looked for: told, self or nobody.
    """

    code: str
    order: str
    look_at: NotRequired[str]
    outcome: NotRequired[str]


class Subscription(TypedDict):
    """Whether a product comes by itself; at: stamp of when it began or ended."""

    active: bool
    at: str


class Lifecycle(TypedDict, total=False):
    """Where a customer stands (`perennial.insight.lifecycle`). segments: by name, of those in `shop.yaml`."""

    stage: Stage
    rfm: Rfm
    tier: Tiered
    segments: dict[str, Membership]
