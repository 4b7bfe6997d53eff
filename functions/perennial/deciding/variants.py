"""Who gets which variant: a stable function of customer and campaign, so that it needs no memory and no counter."""

from __future__ import annotations

from hashlib import blake2b
from itertools import accumulate

from perennial.campaigns import HOLDOUT, PLAIN, Campaign

_RANGE = 1 << 64


def variant_of(campaign: Campaign, customer_id: str) -> str:
    """The variant a customer gets who enters now.

    Being held out is drawn apart from the variant, from below: a larger holdout takes in more customers, lets go of none and
    changes nobody's variant.
    """
    experiment = campaign.experiment
    if experiment is None:
        return PLAIN
    if share("holdout", campaign.id, customer_id) < experiment.holdout:
        return HOLDOUT
    drawn = share("variant", campaign.id, customer_id)
    names = sorted(experiment.variants)
    ends = accumulate(experiment.variants[name] for name in names)
    return next((name for name, end in zip(names, ends, strict=True) if drawn < end), names[-1])


def share(*parts: str) -> float:
    """A number from 0 to below 1: always the same for the same parts, evenly spread over different ones."""
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / _RANGE
