"""Triggers of friends: who is asked to hand the shop on, and who did."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import Duration


class ReferralInvitation(Kind):
    """A customer has ordered so often that they may know somebody who would like the shop."""

    kind: Literal["referral_invitation"]
    orders: int = Field(default=2, ge=1, le=50, description="After which order.")
    after: Duration = written("14 days", "How long after it.")


class ReferralReward(Kind):
    """A friend's first order stands, and the refund window is over."""

    kind: Literal["referral_reward"]
    after: Duration = written("1 hour", "How long after the window ended.")


KINDS: Kinds = {
    "referral_invitation": (ReferralInvitation, KindDefaults(once_per="never", ends_with=())),
    "referral_reward": (ReferralReward, KindDefaults(once_per="always", ends_with=())),
}
