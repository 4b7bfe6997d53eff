"""Triggers of signing up: to be asked whether one meant it, and to be welcomed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from perennial.events import Name
from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import Duration


class OptIn(Kind):
    """A customer asked to hear from the shop, and has yet to confirm it (double_opt_in in shop.yaml)."""

    kind: Literal["opt_in"]


class Welcome(Kind):
    """A customer subscribed, and confirmed it where the shop asks for that."""

    kind: Literal["welcome"]
    after: Duration = written("5 minutes", "How long after they subscribed.")
    channel: Literal["email", "sms"] = Field(default="email", description="What they subscribed to.")


KINDS: Kinds = {
    "opt_in": (OptIn, KindDefaults(once_per="1 day", ends_with=(Name.CONSENT_CHANGED.value,))),
    "welcome": (Welcome, KindDefaults(once_per="30 days")),
}
