"""Why a customer got a message, in words: one sentence or two for each kind of trigger, from the facts of its occurrence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from infra.demo.telling import Telling
from infra.demo.watch import Letter
from perennial.money import major_units

Reason = Callable[[Telling, Letter], Iterator[str]]


def reasons(words: Telling, letter: Letter) -> list[str]:
    """What is said of its trigger; of one without words here, what its campaign is for."""
    campaign = words.campaign(letter)
    told = _BY_KIND.get(campaign.kind)
    return list(told(words, letter)) if told else [campaign.description]


def _welcome(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    at = words.clock(facts["subscribed_at"], words.zone(letter))
    looked = f", having looked at {words.titles(facts['products'])}" if facts["products"] else ""
    yield f"Agreed to get mails ({at}){looked}."


def _browse(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    at = words.clock(facts["last_view"], words.zone(letter))
    yield f"Looked at {words.titles(facts['products'])} ({at}), and left with nothing in the cart."


def _cart(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    at = words.clock(facts["changed_at"], words.zone(letter))
    yield f"Left {words.titles(facts['products'])} in the cart ({at}), worth {_money(facts['total'])}."
    yield from _once_more(words, letter)


def _checkout(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    at = words.clock(facts["changed_at"], words.zone(letter))
    yield f"Began to pay for {words.titles(facts['products'])} ({at}), and no order came of it."
    yield from _once_more(words, letter)


def _once_more(words: Telling, letter: Letter) -> Iterator[str]:
    if words.is_later(letter):
        yield "The first message was not answered; this one speaks of what goes with it."


def _post_purchase(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    at = words.clock(facts["ordered_at"], words.zone(letter))
    yield f"Placed their order number {facts['number']}, {words.titles(facts['products'])} ({at})."
    if words.is_later(letter):
        yield "They were thanked then; this is how to get the most out of it."


def _review(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    yield f"{words.titles(facts['products'])} arrived about {day(facts['arrived_at'])}. A week later we ask how it is."


def _cross_sell(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    yield f"Bought {words.titles(facts['products'])} two weeks ago."
    yield f"Others who did came back for {words.titles(facts['suggested'])}."


def _replenishment(words: Telling, letter: Letter) -> Iterator[str]:
    facts, (first, *others) = letter.facts, letter.facts["products"]
    often = "once" if facts["times_bought"] == 1 else f"{facts['times_bought']} times"
    yield f"Bought {words.titles([first])} {often}, last on {day(facts['last_bought'])}."
    whose = "Usually every" if facts["times_bought"] > 1 else "Customers usually buy it every"
    yield (
        f"{whose} {facts['usual_days']} days, {facts['days_passed']} passed. "
        f"{percent(facts['chance_within_14_days'])} likely to buy it within 14 days."
    )
    if others:
        yield f"{words.titles(others)} will run out within the same week, and shares this message."


def _winback(_: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    yield f"Last ordered on {day(facts['last_order_at'])}."
    yield (
        f"Usually every {facts['usual_days']} days; silent for {facts['silent_days']}, longer than nearly all pauses "
        f"of this customer. {percent(facts['chance_within_30_days'])} likely to order within 30 days."
    )


def _tier(_: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    yield f"Reached the tier {facts['title']} with the order of {day(facts['since'])}."


def _back_in_stock(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    yield f"Had looked at {words.titles(facts['products'])}, which can be bought again since {day(facts['since'])}."


def _price_drop(words: Telling, letter: Letter) -> Iterator[str]:
    facts = letter.facts
    what = words.titles(facts["products"])
    yield f"Had looked at {what}, which costs {facts['percent']}\u00a0% less since {day(facts['since'])}."


def day(text: str) -> str:
    """`25 August 2026` of a day or a stamp."""
    return f"{date.fromisoformat(text[:10]):%-d %B %Y}"


def percent(share: float) -> str:
    """`64 %`, with a space that does not break."""
    return f"{round(share * 100)}\u00a0%"


def _money(total: Mapping[str, Any]) -> str:
    return f"{major_units(total['amount'], total['currency'])} {total['currency']}"


_BY_KIND: Mapping[str, Reason] = {
    "welcome": _welcome,
    "browse": _browse,
    "cart": _cart,
    "checkout": _checkout,
    "post_purchase": _post_purchase,
    "review": _review,
    "cross_sell": _cross_sell,
    "replenishment": _replenishment,
    "winback": _winback,
    "tier": _tier,
    "back_in_stock": _back_in_stock,
    "price_drop": _price_drop,
}
