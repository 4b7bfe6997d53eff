"""Coming somewhere and leaving it: shared by the triggers about where a customer stands."""

from __future__ import annotations

from typing import Any

from perennial.campaigns import Campaign
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    campaign: Campaign, shop: Shop, here: str, before: str, since: str, facts: dict[str, Any]
) -> list[Occurrence] | Nothing:
    """The last change, if it is one that the campaign is about, due `after` it. Key: the name and the day.

    here, before: where the customer stands, and stood; since: stamp of the change, "" while it is not known.
    """
    enters, leaves = campaign.trigger["enters"], campaign.trigger["leaves"]
    wanted = enters or leaves
    if wanted != (here if enters else before):
        return Nothing({"why": "they stand elsewhere" if enters else "they did not leave it", **facts})
    if not since:
        return Nothing({"why": "nobody knows since when", **facts})
    return [occurrence(wanted, since, campaign, shop, facts)]


def occurrence(name: str, since: str, campaign: Campaign, shop: Shop, facts: dict[str, Any]) -> Occurrence:
    """Key: the name, and the day of the change."""
    return Occurrence(
        key=f"{name}:{since[:10]}",
        subject="",
        since=since,
        moment=after(moment(since), campaign.trigger["after"], shop.settings.timezone),
        facts=facts,
    )
