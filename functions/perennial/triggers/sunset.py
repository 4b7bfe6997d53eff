"""Sunset: a subscriber who answers to nothing any more is asked, and then left in peace."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import ConsentState
from perennial.insight.sunsetting import CHANNEL, last_sign
from perennial.messaging.messages import Settled
from perennial.messaging.outbox import WENT_OUT
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The silence since the last click or order, and so many unanswered mails. Key: that last sign of life.

    Opens are no sign: programs open mails.
    """
    said = customer["consent"].get(CHANNEL)
    if said is None or said["state"] != ConsentState.SUBSCRIBED:
        return Nothing({"why": "they are no subscriber"})
    since = last_sign(customer)
    unanswered = [each["at"] for each in customer["settled"] if _is_unanswered(each, since)]
    wanted: int = campaign.trigger["unanswered"]
    if len(unanswered) < wanted:
        return Nothing({"why": "too few mails without an answer", "mails": len(unanswered), "since": since})
    silent = after(moment(since), campaign.trigger["silence"], shop.settings.timezone)
    return [
        Occurrence(
            key=since,
            subject="",
            since=since,
            moment=max(silent, moment(unanswered[wanted - 1])),
            facts={"silent_since": since, "silent_days": campaign.trigger["silence"].days},
        )
    ]


def _is_unanswered(settled: Settled, since: str) -> bool:
    went_out = settled["status"] in WENT_OUT and settled["channel"] == CHANNEL and settled["marketing"]
    return went_out and settled["at"] > since
