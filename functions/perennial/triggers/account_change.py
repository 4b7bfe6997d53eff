"""Account change: the address or the number that the shop knows of a customer is another one now."""

from __future__ import annotations

from datetime import datetime

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.folding.account import changed_at
from perennial.shop import Shop
from perennial.times import after, moment
from perennial.triggers.occurrence import Nothing, Occurrence


def occurrences(
    customer: Customer, campaign: Campaign, shop: Shop, _now: datetime
) -> list[Occurrence] | Nothing:
    """The newest change of any of the stated fields, due `after` it. Key: the fields and when."""
    told = customer.get("changes", {})
    watched: list[str] = list(campaign.trigger["fields"])
    changed = {field: at for field in watched if field in told and (at := changed_at(told[field]))}
    if not changed:
        return Nothing({"why": "none of these changed", "fields": watched})
    since = max(changed.values())
    fields = sorted(field for field, at in changed.items() if at == since)
    return [
        Occurrence(
            key=f"{'+'.join(fields)}:{since}",
            subject="",
            since=since,
            moment=after(moment(since), campaign.trigger["after"], shop.settings.timezone),
            facts={"fields": fields, "at": since},
        )
    ]
