"""What an experiment says so far, and no more than it may say.

It runs for the length its campaign states and is looked at ten times, in equal steps. At a look a difference counts when
its z passes O'Brien and Fleming's limit; what is between two looks waits for the next. When the split is not the planned
one, something is broken, and there is no verdict at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import NormalDist

from perennial.campaigns import HOLDOUT
from perennial.experiments.looks import LOOKS, limit
from perennial.experiments.measuring import Arm
from perennial.experiments.shares import (
    LEVEL,
    Interval,
    Share,
    detectable,
    difference,
    p_value,
    split_p_value,
    z_of,
)

BROKEN_SPLIT = 0.001  # the usual alarm for a sample-ratio mismatch


class Answer(StrEnum):
    """What may be said of one variant against the one it is compared with."""

    NOT_STARTED = "not_started"
    TOO_EARLY = "too_early"  # before the first look
    KEEP_WAITING = "keep_waiting"
    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE_SHOWN = "no_difference_shown"  # at the planned end; which is not "no difference"
    BROKEN_SPLIT = "broken_split"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`variant` against `control`. interval: of the difference of conversion. z, limit: at this look.

    revenue: the difference per customer in minor units, and its interval. incremental: what the variant's customers brought
    beyond what the control's rate would have, in conversions and in minor units.
    """

    variant: str
    control: str
    answer: Answer
    z: float
    limit: float
    p: float
    interval: Interval
    revenue: float
    revenue_interval: Interval
    incremental: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """number: 0 before the first, LOOKS at the planned end. at: the moment of its figures. next_at: of the next look."""

    number: int
    at: datetime
    next_at: datetime | None


def look_at(started_at: datetime, length: timedelta, now: datetime) -> Look:
    """The last look that has come. Before the first: `at` is now, with nothing to be said."""
    step = length / LOOKS
    number = min(LOOKS, int((now - started_at) / step)) if now >= started_at else 0
    next_at = started_at + step * (number + 1) if number < LOOKS else None
    return Look(number, started_at + step * number if number else now, next_at)


def compare(
    arms: Mapping[str, Arm], shares: Mapping[str, float], control: str, look: Look
) -> list[Comparison]:
    """Each other arm with the control, the level divided among them (Bonferroni). arms: those measured at the look."""
    others = [name for name in shares if name != control]
    level = LEVEL / max(1, len(others))
    broken = split(arms, shares) < BROKEN_SPLIT
    nobody = Arm()
    return [
        _comparison(
            name, control, arms.get(name, nobody), arms.get(control, nobody), look, level, broken=broken
        )
        for name in others
    ]


def split(arms: Mapping[str, Arm], shares: Mapping[str, float]) -> float:
    """How often chance alone divides the customers this far from the plan."""
    numbers = [arms[name].customers if name in arms else 0 for name in shares]
    return split_p_value(numbers, list(shares.values()))


def smallest_effects(
    shares: Mapping[str, float], control: str, customers: int, base: float
) -> dict[str, float]:
    """By variant, the smallest rise of conversion that so many customers in all would show (four times out of five)."""
    others = [name for name in shares if name != control]
    level = LEVEL / max(1, len(others))
    of_control = int(customers * shares[control])
    return {name: detectable(base, int(customers * shares[name]), of_control, level) for name in others}


def _comparison(
    name: str, control: str, arm: Arm, base: Arm, look: Look, level: float, *, broken: bool
) -> Comparison:
    z = z_of(arm.share, base.share)
    asked = limit(look.number, LOOKS, level) if look.number else math.inf
    revenue = arm.mean_revenue - base.mean_revenue
    half = _half(arm, base, level)
    return Comparison(
        variant=name,
        control=control,
        answer=Answer.BROKEN_SPLIT if broken else _answer(z, asked, look, arm.share, base.share),
        z=z,
        limit=asked,
        p=p_value(z),
        interval=difference(arm.share, base.share, level),
        revenue=revenue,
        revenue_interval=Interval(revenue - half, revenue + half),
        incremental=(arm.converted - base.share.value * arm.customers, revenue * arm.customers),
    )


def _half(arm: Arm, base: Arm, level: float) -> float:
    """Half the interval of the difference of two means (Welch, by the normal limit: arms have hundreds of customers)."""
    if arm.customers < 2 or base.customers < 2:
        return math.inf
    error = math.sqrt(arm.revenue_variance / arm.customers + base.revenue_variance / base.customers)
    return NormalDist().inv_cdf(1 - level / 2) * error


def _answer(z: float, asked: float, look: Look, *shares: Share) -> Answer:
    if not any(share.number for share in shares):
        return Answer.NOT_STARTED
    if look.number == 0:
        return Answer.TOO_EARLY
    if abs(z) >= asked:
        return Answer.BETTER if z > 0 else Answer.WORSE
    return Answer.NO_DIFFERENCE_SHOWN if look.number == LOOKS else Answer.KEEP_WAITING


def control_of(shares: Mapping[str, float]) -> str:
    """The arm that the others are compared with: the holdout, or else the first variant."""
    return HOLDOUT if HOLDOUT in shares else next(iter(shares))
