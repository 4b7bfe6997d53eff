"""Campaigns as the release holds them: checked and compiled by `perennial.publishing`, only read here.

The marketer's grammar, its defaults and its errors live in `publishing.campaign_file`; nothing here forgives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from perennial.times import Span

OPT_IN = "opt_in"  # the kind of campaign that asks for a confirmation


class Mode(StrEnum):
    """`dry_run`: everything but the sending."""

    DRAFT = "draft"
    DRY_RUN = "dry_run"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a campaign. `wait` counts from the settling of the step before; the first step has none.

    channel: email, sms or best (the consented channel the customer last answered on).
    """

    id: str
    channel: str
    template: str
    wait: Span = Span()


@dataclass(frozen=True, slots=True)
class Exit:
    """`event` after entry ends the enrollment; `same_product`: only if it is about the enrollment's product."""

    event: str
    same_product: bool = False


@dataclass(frozen=True, slots=True)
class Campaign:
    """`audience` and `condition` are compiled expressions (`perennial.conditions`), None for always.

    trigger: the parameters of its kind, spans as Span. live_since: when it went live; earlier moments are the past.
    once_per: None for always, otherwise the span between first messages to one subject; `never_again` for "never".
    send_between: local clock times ("HH:MM", "HH:MM"), None for the shop's.
    """

    id: str
    name: str
    kind: str
    trigger: Mapping[str, Any]
    steps: tuple[Step, ...]
    mode: Mode
    live_since: datetime | None
    description: str = ""
    stage: str = ""
    topic: str = "news"
    transactional: bool = False
    priority: int = 50
    condition: Any = None
    audience: Any = None
    exit_on: tuple[Exit, ...] = ()
    once_per: Span | None = None
    never_again: bool = False
    send_between: tuple[str, str] | None = None
    send_by: Span = Span(days=3)
    on_doubt_resend: bool = False

    def step(self, step_id: str) -> Step | None:
        """The step of that id, None when an edit removed it."""
        return next((step for step in self.steps if step.id == step_id), None)


def campaign_from(data: Mapping[str, Any]) -> Campaign:
    """A campaign from its JSON in a release (the inverse of `campaign_json`)."""
    fields = dict(data)
    fields["steps"] = tuple(Step(**{**step, "wait": Span(*step["wait"])}) for step in data["steps"])
    fields["exit_on"] = tuple(Exit(**exit_) for exit_ in data["exit_on"])
    fields["mode"] = Mode(data["mode"])
    fields["live_since"] = datetime.fromisoformat(data["live_since"]) if data["live_since"] else None
    fields["once_per"] = Span(*data["once_per"]) if data["once_per"] else None
    fields["send_by"] = Span(*data["send_by"])
    fields["send_between"] = tuple(data["send_between"]) if data["send_between"] else None
    fields["trigger"] = {
        key: Span(*value) if isinstance(value, list) else value for key, value in data["trigger"].items()
    }
    return Campaign(**fields)
