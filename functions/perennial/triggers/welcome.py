"""Welcome: somebody subscribed, and the shop introduces itself, going on from what they looked at before."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import ConsentState
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence

PRODUCTS_SHOWN = 10


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The time they last became a subscriber, due `after` it. Key: the channel, and the how manieth time it was."""
    channel: str = campaign.trigger["channel"]
    said = customer["consent"].get(channel)
    if said is None or said["state"] != ConsentState.SUBSCRIBED:
        state = said["state"] if said else ConsentState.NOT_SUBSCRIBED.value
        return Nothing({"why": "they are no subscriber", "channel": channel, "state": state})
    number, since = _last_opt_in(customer, channel, said["at"])
    return [
        Occurrence(
            key=f"{channel}:{number}",
            subject="",
            since=since,
            moment=after(moment(since), campaign.trigger["after"], shop.settings.timezone),
            facts={
                "channel": channel,
                "opt_in": number,
                "subscribed_at": since,
                "source": said["source"],
                "products": _seen_before(customer),
            },
        )
    ]


def _last_opt_in(customer: Customer, channel: str, at: str) -> tuple[int, str]:
    """How many times they became a subscriber, and when they did last: a yes after a yes is no other one."""
    number, since, was = 0, at, False
    for told_at, state in sorted(customer.get("words", {}).get(channel, {}).items()):
        is_subscribed = state == ConsentState.SUBSCRIBED
        if is_subscribed and not was:
            number, since = number + 1, told_at
        was = is_subscribed
    return max(1, number), since


def _seen_before(customer: Customer) -> list[str]:
    """Products of the visits, those as a visitor nobody knew too; the newest first."""
    newest_first = dict.fromkeys(view["product_id"] for view in reversed(customer["views"]))
    return list(newest_first)[:PRODUCTS_SHOWN]
