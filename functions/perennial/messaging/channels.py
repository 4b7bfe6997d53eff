"""Which channel a step uses for a customer."""

from __future__ import annotations

from datetime import timedelta

from perennial.customer import Customer
from perennial.deciding.look import Look
from perennial.deciding.steps import Step
from perennial.events import ConsentState
from perennial.folding import consent, orders
from perennial.folding.feedback import suppression
from perennial.gates.address import address
from perennial.messaging.outbox import WENT_OUT
from perennial.times import moment

BEST = "best"
CHANNELS = {
    "email": "html",
    "sms": "sms",
    "push": "push",
}  # that "best" chooses from, and the part each needs of a template
_ANSWERED_WITHIN = {"push": timedelta(days=1)}
_FIVE_DAYS = timedelta(days=5)


def choose(look: Look, step: Step, variant: str) -> str:
    """The channel itself, or for "best" the open one that the customer last answered on, the first where they never did.

    Where none is open, the first one, so that the refusal is named. Open: subscribed, not suppressed, with an address, and
    the template can speak it.
    """
    if step.channel != BEST:
        return step.channel
    parts = look.shop.templates.get(step.template_for(variant), {})
    possible = [channel for channel, part in CHANNELS.items() if part in parts] or list(CHANNELS)
    customer = look.customer
    usable = [channel for channel in possible if _is_open(customer, channel)]
    if len(usable) < 2:
        return (usable or possible)[0]
    return max(usable, key=lambda channel: answered_at(customer, channel))


def answered_at(customer: Customer, channel: str) -> str:
    """When the customer last answered on a channel, "" for never: a click, or an order soon after a message there.

    An order counts for the last message before it, if that went out within five days, for push within one.
    """
    engaged = customer.get("engagement", {}).get(channel)
    clicked = engaged.get("clicked_at", "") if engaged else ""
    return max([clicked, *_orders_after(customer, channel)])


def _orders_after(customer: Customer, channel: str) -> list[str]:
    out = [each for each in customer["settled"] if each["status"] in WENT_OUT]
    found = []
    for order in orders.counted(customer):
        last = next((each for each in reversed(out) if each["at"] <= order["placed_at"]), None)
        within = _ANSWERED_WITHIN.get(channel, _FIVE_DAYS)
        if last and last["channel"] == channel and moment(order["placed_at"]) - moment(last["at"]) <= within:
            found.append(order["placed_at"])
    return found


def _is_open(customer: Customer, channel: str) -> bool:
    said = consent.standing(customer, channel)
    subscribed = said is not None and said["state"] == ConsentState.SUBSCRIBED
    return subscribed and suppression(customer, channel) is None and address(customer, channel) is not None
