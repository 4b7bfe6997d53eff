"""The campaign file as marketers write it: `content/campaigns/<id>.yaml`. Unknown keys are errors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from perennial.publishing import step_file, triggers
from perennial.publishing.step_file import MOST_STEPS, StepFile
from perennial.publishing.step_values import Backfill, Holdout, Variants
from perennial.publishing.triggers import Audience, Strict, Trigger, tag, written
from perennial.publishing.values import ClockWindow, Duration, Id, OncePer


class ExitRule(Strict):
    """An event that ends the campaign for a customer."""

    event: Id = Field(description="The event's name.", examples=["order_completed"])
    same: Literal["product", "order"] | None = Field(
        default=None, description="product, order: only an event about the same product or order counts."
    )


_EVERYBODY: Any = {"plain": "100%"}  # as a marketer would write it


class ExperimentFile(Strict):
    """Who gets which variant is fixed by the customer and the campaign; some get nothing, to measure the effect by."""

    holdout: Holdout = written("0%", "The share of customers who get nothing and are measured all the same.")
    variants: Variants = Field(
        default=_EVERYBODY,
        description="What the others get, with their shares. They add up to 100%.",
        examples=[{"plain": "50%", "bundle": "50%"}],
    )
    metric: Id = written("order_completed", "The event that counts as success.")
    window: Duration = written("14 days", "How long after entry it is counted.")
    length: Duration = written(
        "12 weeks", "How long it runs; it is looked at in tenths of that, and ends with the last."
    )


class CampaignFile(Strict):
    """One campaign: whom it concerns, what is sent, and when it stays silent."""

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
        description="Events that end it. Where this is left out: what the kind of trigger implies, mostly an order.",
        examples=[[{"event": "order_completed"}]],
    )
    steps: list[StepFile] = Field(
        min_length=1,
        max_length=MOST_STEPS,
        description="Messages, with waits, branches and exits between them. "
        "The first message is due when the trigger fires.",
        examples=[[{"send": "email", "id": "reminder", "template": "browse/reminder"}]],
    )
    once_per: OncePer | None = Field(
        default=None,
        description="Time from the last first message until the next may come, or never, or always. "
        "Where this is left out: what the kind of trigger implies.",
    )
    send_between: ClockWindow | None = Field(
        default=None, description="Times of day in the customer's zone; where this is left out, the shop's."
    )
    send_by: Duration = written("3 days", "A message later than this after its moment is not sent.")
    backfill: Backfill = written(
        "none",
        "Whether moments before it went live are caught up with: none, or so many customers a day.",
    )
    experiment: ExperimentFile | None = Field(
        default=None,
        description="What is tried on whom, and how it is measured.",
        examples=[{"holdout": "10%", "variants": {"plain": "50%", "bundle": "50%"}}],
    )
    on_doubt: Literal["resend"] | None = Field(
        default=None,
        description="resend: a mail of which nobody knows whether it went out is sent again a day later. "
        "For transactional mails that customers wait for. Where this is left out, no mail is ever sent twice.",
    )


# Which keys belong where, by the path in pydantic's errors without positions in lists.
MODELS: dict[tuple[str, ...], type[Strict]] = {
    (): CampaignFile,
    **{("trigger", tag(kind)): model for kind, model in triggers.MODELS.items()},
    ("experiment",): ExperimentFile,
    **step_file.MODELS,
    ("exit_on",): ExitRule,
}
