"""The outlook as plain JSON: days, campaigns, what stands in whose way, what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from perennial.deciding.verdicts import Verdict
from perennial.outlook.tally import Tally
from perennial.shop import Shop
from perennial.times import stamp

# US dollars a message. What a text costs depends on the country by a factor of ten: a shop gives its own price.
PRICES: Mapping[str, float] = {"email": 0.0001, "sms": 0.00645, "push": 0.0000005, "bus": 0.000001}
_DIGITS = 6


def told(tally: Tally, shop: Shop, prices: Mapping[str, float] = PRICES) -> dict[str, Any]:
    """For people and programs. Messages of campaigns in dry run are counted apart: nobody would get them."""
    sent: Counter[str] = Counter()
    days: dict[str, Counter[str]] = {}
    for kind, number in sorted(tally.messages.items()):
        if not kind.is_trial:
            sent[kind.channel] += number
            days.setdefault(kind.day, Counter())[kind.campaign] += number
    return {
        "customers": tally.customers,
        "messages": sent.total(),
        "channels": dict(sorted(sent.items())),
        "cost": _cost(sent, prices),
        "busiest_hour": _busiest(tally),
        "days": {day: dict(sorted(by.items())) for day, by in days.items()},
        "campaigns": {each: _campaign(tally, each, shop, prices) for each in shop.campaigns},
    }


def _campaign(tally: Tally, campaign: str, shop: Shop, prices: Mapping[str, float]) -> dict[str, Any]:
    kinds = {kind: number for kind, number in tally.messages.items() if kind.campaign == campaign}
    sent = _sums(kinds, lambda kind: kind.channel, trials=False)
    first = tally.first.get(campaign)
    return {
        "mode": shop.campaigns[campaign].mode.value,
        "customers": tally.reached[campaign],
        "messages": sent.total(),
        "first_at": stamp(first) if first else None,
        "channels": dict(sorted(sent.items())),
        "steps": dict(sorted(_sums(kinds, lambda kind: kind.step, trials=False).items())),
        "variants": dict(sorted(_sums(kinds, lambda kind: kind.variant, trials=False).items())),
        "dry_run": _sums(kinds, lambda kind: kind.step, trials=True).total(),
        "cost": _cost(sent, prices),
        "verdicts": {
            each.value: tally.verdicts[campaign, each] for each in Verdict if tally.verdicts[campaign, each]
        },
        "outranked_by": {
            winner: number
            for (loser, winner), number in sorted(
                tally.outranked.items(), key=lambda each: (-each[1], each[0])
            )
            if loser == campaign
        },
    }


def _sums(kinds: Mapping[Any, int], key: Any, *, trials: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, number in kinds.items():
        if kind.is_trial == trials:
            found[key(kind)] += number
    return found


def _cost(sent: Mapping[str, int], prices: Mapping[str, float]) -> float:
    return round(sum(prices.get(channel, 0.0) * number for channel, number in sent.items()), _DIGITS)


def _busiest(tally: Tally) -> dict[str, Any] | None:
    busiest = tally.busiest
    return {"hour": f"{busiest[0]}:00Z", "messages": busiest[1]} if busiest else None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By campaign what another release changes: messages and customers reached, before and after; unchanged ones left out.

    Both as `told`. A campaign that is not there has none.
    """
    names = ("messages", "customers", "dry_run")
    nothing = dict.fromkeys(names, 0)
    found = {}
    for campaign in sorted(before["campaigns"].keys() | after["campaigns"].keys()):
        old, new = (each["campaigns"].get(campaign, nothing) for each in (before, after))
        if any(old[name] != new[name] for name in names):
            found[campaign] = {name: [old[name], new[name]] for name in names}
    return found
