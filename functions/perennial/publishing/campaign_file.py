"""The campaign file as marketers write it: `content/campaigns/<id>.yaml`. Unknown keys are errors."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from perennial.publishing.problems import did_you_mean, one_of, refusal, shown
from perennial.publishing.triggers import (
    Audience,
    Browse,
    Event,
    OptIn,
    Replenishment,
    Strict,
    Trigger,
    Winback,
    tag,
    written,
)
from perennial.publishing.values import ClockWindow, Duration, Id, OncePer, TemplateName

CHANNELS = ("email", "sms", "best")
_LATER_CHANNELS = ("push", "bus")
_LATER_STEPS = frozenset({"if", "then", "else", "exit"})
MOST_STEPS = 20


def _known_channel(value: Any) -> Any:
    if value in _LATER_CHANNELS:
        raise ValueError(f"{shown(value)} is not possible in this version yet. Write {one_of(CHANNELS)}.")
    return value


class SendStep(Strict):
    """Send one message."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"offer"})
    send: Annotated[Literal["email", "sms", "best"], BeforeValidator(_known_channel)] = Field(
        description="The channel; best is the consented channel the customer last answered on.",
        examples=["email"],
    )
    id: Id = Field(description="Names the step in reports. It never changes: a new id is a new step.")
    template: TemplateName = Field(description="The template's path below templates/, without the ending.")


def _fixed_wait(value: Any) -> Any:
    if isinstance(value, str) and value.strip().startswith("until"):
        raise ValueError(
            f"{shown(value)} is not possible in this version yet. Write a duration such as '3 days'."
        )
    return value


class WaitStep(Strict):
    """Wait before the next message, counted from the message before."""

    wait: Annotated[Duration, BeforeValidator(_fixed_wait)] = Field(
        description="How long to wait.", examples=["3 days"]
    )


def _step_tag(value: Any) -> str:
    return tag("wait" if "wait" in value else "send")


def _known_step(value: Any) -> Any:
    keys = value if isinstance(value, dict) else {}
    if keys.keys() & {"send", "wait"}:
        return value
    if later := keys.keys() & _LATER_STEPS:
        raise refusal(f"'{min(later)}' steps are not possible in this version yet. Write send and wait.")
    meant = next(filter(None, (did_you_mean(key, ("send", "wait")) for key in keys)), "")
    raise refusal(f"this is not a step. Write {{send: ..., id: ..., template: ...}} or {{wait: ...}}.{meant}")


Step = Annotated[
    Annotated[SendStep, Tag("<send>")] | Annotated[WaitStep, Tag("<wait>")],
    Discriminator(_step_tag),
    BeforeValidator(_known_step),
]


class ExitRule(Strict):
    """An event that ends the campaign for a customer."""

    event: Id = Field(description="The event's name.", examples=["order_completed"])
    same: Literal["product"] | None = Field(
        default=None, description="product: only an event about the same product counts."
    )


class CampaignFile(Strict):
    """One campaign: whom it concerns, what is sent, and when it stays silent."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"experiment", "backfill"})

    name: str = Field(
        min_length=1, max_length=100, description="What people call it.", examples=["Browse reminder"]
    )
    description: str = Field(
        default="", max_length=1000, description="What it is for.", examples=["Follows up on a visit."]
    )
    stage: Literal["reach", "acquisition", "development", "retention", "advocacy"] | None = Field(
        default=None,
        description="The stage of the customer lifecycle it serves: a label.",
        examples=["retention"],
    )
    type: Literal["marketing", "transactional"] = Field(
        default="marketing", description="Transactional messages need no consent and count for no cap."
    )
    topic: Id = Field(default="news", description="The topic customers can choose or leave.")
    mode: Literal["draft", "dry_run", "live"] = Field(
        default="draft",
        description="draft: nothing happens. dry_run: everything but the sending. live: it sends.",
    )
    priority: int = Field(
        default=50, ge=0, le=100, description="Who goes first when a cap leaves room for one.", examples=[60]
    )
    trigger: Trigger = Field(
        description="What starts it, with the parameters of its kind.",
        examples=[{"kind": "browse", "after": "4 hours"}],
    )
    audience: Audience = Field(default=True, description="Who may get it: a condition on customer and shop.")
    exit_on: Annotated[list[ExitRule], Field(max_length=10)] | None = Field(
        default=None,
        description="Events that end it. Where this is left out: an order (replenishment: its product; opt_in: the answer).",
        examples=[[{"event": "order_completed"}]],
    )
    steps: list[Step] = Field(
        min_length=1,
        max_length=MOST_STEPS,
        description="Messages, and waits between them. The first message is due when the trigger fires.",
        examples=[[{"send": "email", "id": "reminder", "template": "browse/reminder"}]],
    )
    once_per: OncePer | None = Field(
        default=None,
        description="Time from the last first message until the next may come, or never, or always. "
        "Where this is left out: browse 3 days, event 1 day, opt_in 1 day, replenishment 14 days, winback 90 days.",
    )
    send_between: ClockWindow | None = Field(
        default=None, description="Times of day in the customer's zone; where this is left out, the shop's."
    )
    send_by: Duration = written("3 days", "A message later than this after its moment is not sent.")
    on_doubt: Literal["resend"] | None = Field(
        default=None,
        description="resend: a mail of which nobody knows whether it went out is sent again a day later. "
        "For transactional mails that customers wait for. Where this is left out, no mail is ever sent twice.",
    )


# Which keys belong where, by the path in pydantic's errors without positions in lists.
MODELS: dict[tuple[str, ...], type[Strict]] = {
    (): CampaignFile,
    ("trigger", "<browse>"): Browse,
    ("trigger", "<event>"): Event,
    ("trigger", "<opt_in>"): OptIn,
    ("trigger", "<replenishment>"): Replenishment,
    ("trigger", "<winback>"): Winback,
    ("steps", "<send>"): SendStep,
    ("steps", "<wait>"): WaitStep,
    ("exit_on",): ExitRule,
}
