"""The past, let in by portions: when a customer whose moment lay before the campaign went live may enter after all.

No counter is kept, since everybody who decides would have to share it. Each customer has a place of their own in a row as
long as the shop has customers, and the row moves on by so many places a day. How many of those it concerns is chance, so it
moves slowly enough that only a few days in a thousand bring more than `max_per_day` (three standard deviations of a Poisson
count), and none brings many more.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from perennial.campaigns import Campaign
from perennial.deciding.variants import share

_DEVIATIONS = 3


def entry_of(campaign: Campaign, customer_id: str, customers: int) -> datetime | None:
    """When the customer's turn comes; None while nobody has counted the shop's customers, or the past stays shut."""
    if not campaign.backfill or not customers or campaign.live_since is None:
        return None
    days = share("backfill", campaign.id, customer_id) * customers / a_day(campaign.backfill)
    return campaign.live_since + timedelta(days=days)


def a_day(most: int) -> float:
    """How many a day on average, so that `most` is hardly ever exceeded: m + 3 sqrt(m) = most."""
    root = (-_DEVIATIONS + math.sqrt(_DEVIATIONS**2 + 4 * most)) / 2
    return root * root
