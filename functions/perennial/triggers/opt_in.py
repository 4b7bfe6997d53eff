"""Opt-in: somebody asked to hear from the shop, and the owner of the address has yet to confirm it."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.events import ConsentEvidence
from perennial.folding.consent import is_wanted
from perennial.shop import Shop
from perennial.times import moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """One per channel that waits for a confirmation, due at once. Key: the channel and when it was asked for."""
    channels = shop.settings.double_opt_in
    if not channels:
        return Nothing({"why": "the shop asks for no confirmation"})
    told = ((channel, customer["consent"].get(channel)) for channel in channels)
    found = [_occurrence(channel, said) for channel, said in told if said and is_wanted(said)]
    return found or Nothing({"why": "no confirmation is waited for"})


def _occurrence(channel: str, said: ConsentEvidence) -> Occurrence:
    return Occurrence(
        key=f"{channel}:{said['at']}",
        subject=channel,
        since=said["at"],
        moment=moment(said["at"]),
        facts={"channel": channel, "asked_at": said["at"], "source": said["source"]},
    )
