"""The steps of a campaign file as marketers write them: send, wait, if, exit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, PlainValidator, Tag

from perennial.publishing import expressions
from perennial.publishing.problems import did_you_mean, one_of, refusal
from perennial.publishing.step_values import Coupon, TemplateChoice, Until, WaitText
from perennial.publishing.triggers import Condition, Strict, tag
from perennial.publishing.values import Duration, Id
from perennial.times import Span

MOST_STEPS = 20
_KINDS = ("send", "wait", "if", "exit")
StepIf = Annotated[
    Condition, PlainValidator(partial(expressions.compile_condition, scope=expressions.TRIGGER))
]


class OfferFile(Strict):
    """What the message offers; the template prints it as offer.code, offer.expires_at and so on."""

    coupon: Coupon = Field(description="The coupon, as offers.yaml names it.", examples=["REFILL15"])
    expires: Duration | None = Field(
        default=None,
        description="How long after the sending it can be used. Where this is left out, as offers.yaml says.",
        examples=["7 days"],
    )


class SendStep(Strict):
    """Send one message."""

    send: Literal["email", "sms", "push", "best", "bus"] = Field(
        description="The channel. best: the consented channel the customer last answered on. "
        "bus: an event for the shop's own systems, which bring it to a messenger, to print, to ads.",
        examples=["email"],
    )
    id: Id = Field(
        description="Names the step in reports. It never changes: a new id is a new step.",
        examples=["reminder"],
    )
    template: TemplateChoice = Field(
        description="The template's path below templates/, without the ending; or one for each variant of the experiment.",
        examples=["browse/reminder", {"plain": "browse/reminder", "story": "browse/story"}],
    )
    offer: OfferFile | None = Field(
        default=None, description="What the message offers.", examples=[{"coupon": "REFILL15"}]
    )

    @property
    def templates(self) -> dict[str, str]:
        """Every template it may use, by variant; by "" where it is the same for all."""
        return {"": self.template} if isinstance(self.template, str) else dict(self.template)


class WaitStep(Strict):
    """Wait before the next message, counted from the message before."""

    wait: WaitText = Field(
        description="How long to wait; or until a time on the customer's clock; or until predicted, the moment "
        "the forecast expects the next purchase.",
        examples=["3 days", "until 18:00", "until monday 09:00", "until predicted"],
    )

    @property
    def is_duration(self) -> bool:
        """It names how long, not until when."""
        return isinstance(self.wait, Span)

    @property
    def until(self) -> Until:
        """Until when; nothing for a duration."""
        return self.wait if isinstance(self.wait, Until) else Until()


class ExitStep(Strict):
    """The campaign ends here for whoever comes by."""

    exit: str = Field(
        min_length=1, max_length=100, description="Why, for the explanation.", examples=["bought enough"]
    )


def _step_tag(value: Any) -> str:
    return tag(next(kind for kind in _KINDS if kind in value))


def _known(kinds: Iterable[str], value: Any) -> Any:
    keys = value if isinstance(value, dict) else {}
    if keys.keys() & set(kinds):
        return value
    if "if" in keys:
        raise refusal("an 'if' inside an 'if' is not possible. Put both conditions into one, with 'and'.")
    meant = next(filter(None, (did_you_mean(key, kinds) for key in keys)), "")
    forms = one_of(_FORMS[kind] for kind in kinds)
    raise refusal(f"this is not a step. Write {forms}.{meant}")


_FORMS = {
    "send": "{send: ..., id: ..., template: ...}",
    "wait": "{wait: ...}",
    "if": "{if: ..., then: [...]}",
    "exit": "{exit: ...}",
}
_SIMPLE = ("send", "wait", "exit")
SimpleStep = Annotated[
    Annotated[SendStep, Tag("<send>")]
    | Annotated[WaitStep, Tag("<wait>")]
    | Annotated[ExitStep, Tag("<exit>")],
    Discriminator(_step_tag),
    BeforeValidator(partial(_known, _SIMPLE)),
]


class IfStep(Strict):
    """One way or the other, decided when it is reached."""

    if_: StepIf = Field(
        alias="if",
        description="A condition; beside customer and shop it may name event, the facts of the trigger.",
        examples=["customer.orders_count >= 3"],
    )
    then: list[SimpleStep] = Field(
        min_length=1,
        max_length=MOST_STEPS,
        description="The steps for whom it is true.",
        examples=[[{"exit": "bought enough"}]],
    )
    else_: list[SimpleStep] = Field(
        default=[],
        max_length=MOST_STEPS,
        alias="else",
        description="The steps for the others; then both go on behind it.",
    )


StepFile = Annotated[
    Annotated[SendStep, Tag("<send>")]
    | Annotated[WaitStep, Tag("<wait>")]
    | Annotated[IfStep, Tag("<if>")]
    | Annotated[ExitStep, Tag("<exit>")],
    Discriminator(_step_tag),
    BeforeValidator(partial(_known, _KINDS)),
]
AnyStepFile = SendStep | WaitStep | IfStep | ExitStep
_MODELS: dict[tuple[str, ...], type[Strict]] = {
    ("<send>",): SendStep,
    ("<send>", "offer"): OfferFile,
    ("<wait>",): WaitStep,
    ("<exit>",): ExitStep,
}
# By the path in pydantic's errors without positions in lists.
MODELS: dict[tuple[str, ...], type[Strict]] = {
    ("steps", "<if>"): IfStep,
    **{("steps", *path): model for path, model in _MODELS.items()},
    **{("steps", "<if>", way, *path): model for way in ("then", "else") for path, model in _MODELS.items()},
}
