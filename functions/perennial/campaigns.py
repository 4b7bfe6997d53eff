"""Campaigns as the release holds them: checked and compiled by `perennial.publishing`, only read here.

The marketer's grammar, its defaults and its errors live in `publishing.campaign_file`; nothing here forgives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from perennial.deciding.steps import PLAIN, AnyStep, Branch, Offer, Step, Stop, Wait, sends, steps_from
from perennial.times import Span

__all__ = [
    "HOLDOUT", "OPT_IN", "PLAIN", "SUNSET", "AnyStep", "Branch", "Campaign", "Exit", "Experiment", "Mode", "Offer", "Step",
    "Stop", "Wait", "campaign_from",
]  # fmt: skip

OPT_IN = "opt_in"  # the kind of campaign that asks for a confirmation
SUNSET = "sunset"  # the kind that says goodbye
HOLDOUT = "holdout"  # the variant of those who get nothing


class Mode(StrEnum):
    """`dry_run`: everything but the sending."""

    DRAFT = "draft"
    DRY_RUN = "dry_run"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is tried on whom, and how it is measured. holdout: the share that gets nothing.

    variants: shares of the others by name, in the order of the file; they add up to 1. metric: an event's name, counted
    within `window` after entry. length: from the first entry to the planned end.
    """

    holdout: float = 0.0
    variants: Mapping[str, float] = field(default_factory=lambda: {PLAIN: 1.0})
    metric: str = "order_completed"
    window: Span = Span(days=14)
    length: Span = Span(days=84)


@dataclass(frozen=True, slots=True)
class Exit:
    """`event` after entry ends the enrollment.

    same_product, same_order: only if it is about the product or the order that the enrollment is about.
    """

    event: str
    same_product: bool = False
    same_order: bool = False


@dataclass(frozen=True, slots=True)
class Campaign:
    """`audience` and `condition` are compiled expressions (`perennial.deciding.conditions`), None for always.

    trigger: the parameters of its kind, spans as Span. live_since: when it went live; earlier moments are the past.
    once_per: None for always, otherwise the span between first messages to one subject; `never_again` for "never".
    send_between: local clock times ("HH:MM", "HH:MM"), None for the shop's. backfill: how many customers a day may enter
    for moments before live_since.
    """

    id: str
    name: str
    kind: str
    trigger: Mapping[str, Any]
    steps: tuple[AnyStep, ...]
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
    backfill: int = 0
    experiment: Experiment | None = None

    def step(self, step_id: str) -> Step | None:
        """The message of that id, None when an edit removed it."""
        return next((step for step in sends(self.steps) if step.id == step_id), None)

    @property
    def sends(self) -> tuple[Step, ...]:
        """All its messages, in the order of the file."""
        return tuple(sends(self.steps))


def campaign_from(data: Mapping[str, Any]) -> Campaign:
    """A campaign from its JSON in a release (the inverse of `campaign_json`)."""
    fields = dict(data)
    fields["steps"] = steps_from(data["steps"])
    fields["exit_on"] = tuple(Exit(**exit_) for exit_ in data["exit_on"])
    fields["mode"] = Mode(data["mode"])
    fields["live_since"] = datetime.fromisoformat(data["live_since"]) if data["live_since"] else None
    fields["once_per"] = Span(*data["once_per"]) if data["once_per"] else None
    fields["send_by"] = Span(*data["send_by"])
    fields["send_between"] = tuple(data["send_between"]) if data["send_between"] else None
    fields["trigger"] = {key: _parameter(value) for key, value in data["trigger"].items()}
    if experiment := data.get("experiment"):
        spans = {name: Span(*experiment[name]) for name in ("window", "length") if name in experiment}
        fields["experiment"] = Experiment(**{**experiment, **spans})
    return Campaign(**fields)


def _parameter(value: Any) -> Any:
    """A span is a list of two numbers; a list of words stays one."""
    is_span = isinstance(value, list) and all(isinstance(each, int) for each in value)
    return Span(*value) if is_span else value
