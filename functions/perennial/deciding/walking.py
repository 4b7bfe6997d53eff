"""The way through a campaign's steps: from where somebody stands to the next message, through waits, branches and exits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from perennial.customer import Customer
from perennial.deciding.look import Look
from perennial.deciding.steps import AnyStep, Branch, Step, Stop, Wait
from perennial.folding import orders
from perennial.forecast.gaps import order_rhythm
from perennial.shop import Shop
from perennial.times import after, moment

USUAL_DAYS = 60  # between two orders, until orders have shown it
_WEEK = 7
Settle = Callable[[str, datetime], datetime]  # of a step or branch: when it is due, given when it would be


@dataclass(slots=True)
class Arrival:
    """Where the way leads. at: when. step: the next message; None where it ends or is undecided yet.

    name: of the step, or the branch that is waited for; "" at the end. exit: the reason of an exit step.
    turns: of the branches decided on the way, whether their `then` was taken.
    """

    at: datetime
    step: Step | None = None
    name: str = ""
    exit: str = ""
    turns: dict[str, bool] = field(default_factory=dict)


def rest_after(steps: Sequence[AnyStep], step_id: str) -> tuple[AnyStep, ...] | None:
    """What comes after a message; None when there is none of that id (any more)."""
    for place, step in enumerate(steps):
        behind = tuple(steps[place + 1 :])
        if isinstance(step, Step) and step.id == step_id:
            return behind
        if isinstance(step, Branch):
            for way in (step.then, step.otherwise):
                inside = rest_after(way, step_id)
                if inside is not None:
                    return inside + behind
    return None


def walk(
    look: Look,
    rest: Sequence[AnyStep],
    at: datetime,
    facts: Mapping[str, Any],
    turns: Mapping[str, bool],
    settle: Settle = lambda _, at: at,
) -> Arrival:
    """On from `at` to the next message or the end; a branch whose time has not come is as far as it goes."""
    ahead, decided = list(rest), dict(turns)
    while ahead:
        step = ahead.pop(0)
        match step:
            case Step():
                return Arrival(settle(step.id, at), step, step.id, turns=decided)
            case Wait():
                at = ends(step, at, look, facts)
            case Stop(reason):
                return Arrival(at, name="exit", exit=reason, turns=decided)
            case Branch(name, condition, then, otherwise):
                at = settle(name, at)
                if look.now < at:
                    return Arrival(at, name=name, turns=decided)
                if name not in decided:
                    decided[name] = look.holds(condition, facts)
                ahead = [*(then if decided[name] else otherwise), *ahead]
    return Arrival(at, turns=decided)


def ends(wait: Wait, at: datetime, look: Look, facts: Mapping[str, Any]) -> datetime:
    """When a wait that begins at `at` is over: a function of stored facts, whenever it is asked."""
    if wait.predicted:
        expected = _expected(look.customer, look.shop, facts, at)
        return max(at, expected) if expected else at
    if wait.clock:
        return next_time(at, wait.clock, wait.weekday, look.zone)
    return after(at, wait.span, look.zone.key)


def _expected(customer: Customer, shop: Shop, facts: Mapping[str, Any], at: datetime) -> datetime | None:
    """By the trigger's own forecast where it made one, else of the next order; None when nothing was bought."""
    if told := facts.get("expected_at"):
        return moment(told)
    last = orders.last(customer)
    if last is None:
        return None
    rhythm = order_rhythm(orders.gaps_between(customer), shop.intervals.orders, USUAL_DAYS)
    placed = moment(last["placed_at"])
    passed = max(0.0, (at - placed).total_seconds() / 86400)
    return placed + timedelta(days=rhythm.expected_total(passed) if passed else rhythm.usual_days)


def next_time(at: datetime, clock: str, weekday: int | None, zone: ZoneInfo) -> datetime:
    """The first time, not before `at`, that the clock of that zone shows it, on that weekday (0 is Monday) if one is given.

    A time that is skipped in spring is taken an hour later; of one that comes twice in autumn the first counts.
    """
    wanted, local = time.fromisoformat(clock), at.astimezone(zone)
    day = local.date()
    if weekday is not None:
        day += timedelta(days=(weekday - day.weekday()) % _WEEK)
    found = datetime.combine(day, wanted, zone).astimezone(UTC)
    if found >= at:
        return found
    later = day + timedelta(days=1 if weekday is None else _WEEK)
    return datetime.combine(later, wanted, zone).astimezone(UTC)
