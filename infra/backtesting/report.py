"""A backtest from beginning to end, and what it found, as plain figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from infra.backtesting.outcomes import (
    FAR,
    SOON,
    Bought,
    Outcome,
    Rules,
    fixed,
    of_customers,
    of_products,
    own_mean_gap,
    practised,
    surest,
)
from infra.backtesting.past import campaign_file, shop_of
from infra.backtesting.replaying import Message
from infra.backtesting.sharing import replay_all
from infra.forecasting.book import Book, until
from perennial.campaigns import Campaign
from perennial.errors import PerennialError
from perennial.forecast.models import LOST, REPLENISHMENT

LONGEST = 90  # days of messages, unless asked otherwise
WEEKS = ((0, 6), (7, 13), (14, 27), (28, 90))  # days from a message to the purchase
_PRACTICES = {
    "own mean gap": own_mean_gap,
    "fixed 60 days": fixed(60),
    "fixed 90 days": fixed(90),
}
Advance = Callable[[int, int], None]  # customers done, of how many


class Row(NamedTuple):
    """One who decides: the campaign, or a practice. outcomes: those of which the file shows what followed.

    good: whether a message was worth it. share: of good ones.
    """

    who: str
    outcomes: list[Outcome]
    good: Callable[[Outcome], bool]

    @property
    def share(self) -> float:
        return share(self.outcomes, self.good)

    def weeks(self) -> list[float]:
        """Shares of the messages after which a purchase came in each of `WEEKS`, and after which none came by then."""
        whole = max(1, len(self.outcomes))
        came = [
            sum(each.bought_in is not None and low <= each.bought_in <= high for each in self.outcomes)
            / whole
            for low, high in WEEKS
        ]
        return [*came, max(0.0, 1 - sum(came))]

    def median_days(self) -> float | None:
        """From the message to the purchase, of those who bought."""
        came = [each.bought_in for each in self.outcomes if each.bought_in is not None]
        return median(came) if came else None


@dataclass(frozen=True, slots=True)
class Backtest:
    """first, last: the days of messages, ordinals. customers: who had ordered by the last one. rows: the campaign's first.

    fitted: examples that its model was fitted on, 0 where the shipped weights stood.
    """

    campaign: Campaign
    first: int
    last: int
    customers: int
    fitted: int
    messages: list[Message]
    outcomes: list[Outcome]
    rows: list[Row]

    @property
    def first_step(self) -> str:
        """The message that practices are compared with."""
        return self.campaign.sends[0].id


def share(outcomes: Sequence[Outcome], good: Callable[[Outcome], bool]) -> float:
    """Of the good ones."""
    return sum(map(good, outcomes)) / len(outcomes) if outcomes else 0.0


def compared(one: Row, other: Row) -> tuple[int, float, float]:
    """How many both sent at least; and the shares of good ones among as many that each is surest of."""
    number = min(len(one.outcomes), len(other.outcomes))
    return (
        number,
        share(surest(one.outcomes, number), one.good),
        share(surest(other.outcomes, number), other.good),
    )


def days_of(book: Book, kind: str, first: int | None, last: int | None) -> tuple[int, int]:
    """What was asked for; else the newest days of which the file shows what followed, after two thirds of it at least."""
    followed = FAR if kind == "winback" else SOON
    last = book.last - followed if last is None else last
    first = max(last - LONGEST + 1, book.first + (last - book.first) // 3) if first is None else first
    if not book.first < first <= last:
        raise PerennialError(
            "There is too little before or after these days. Name others with --from and --to, or give a longer file."
        )
    return first, last


def backtest(
    book: Book,
    file: Path,
    first: int | None = None,
    last: int | None = None,
    processes: int | None = None,
    advance: Advance = lambda done, known: None,
) -> Backtest:
    """Replay a campaign over the orders. first, last: ordinals, None for what `days_of` says."""
    kind = _kind(file)
    first, last = days_of(book, kind, first, last)
    shop = shop_of(file, until(book, first - 1), first)
    (campaign,) = shop.campaigns.values()
    customers = sum(person.days[0] <= last for person in book.people.values())
    messages = replay_all(book, shop, first, last, processes, lambda done: advance(done, customers))
    bought, beginning = Bought(book), campaign.sends[0].id
    judge = of_products if kind == REPLENISHMENT else of_customers
    outcomes = judge(messages, bought)
    own = judge([each for each in messages if each.step == beginning], bought)
    rules = Rules(first, last, campaign.once_per.days if campaign.once_per else 0)
    rows = [_row("this campaign", own, kind)]
    if kind in (REPLENISHMENT, "winback"):
        rows += [
            _row(name, practised(book, practice, rules, products=kind == REPLENISHMENT), kind)
            for name, practice in _PRACTICES.items()
        ]
    fitted = shop.models[REPLENISHMENT if kind == REPLENISHMENT else LOST].rows
    return Backtest(campaign, first, last, customers, fitted, messages, outcomes, rows)


def _row(who: str, outcomes: list[Outcome], kind: str) -> Row:
    if kind == "winback":
        return Row(who, [each for each in outcomes if each.is_known(FAR)], lambda each: each.is_lost)
    return Row(who, [each for each in outcomes if each.is_known(SOON)], lambda each: each.is_answered)


def _kind(file: Path) -> str:
    return str(campaign_file(file).trigger.kind)
