"""What a marketer writes under `trigger`: one model per kind, and what each kind implies elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
)

from perennial.events import Name
from perennial.publishing import expressions
from perennial.publishing.problems import did_you_mean, known_are, one_of, refusal, shown
from perennial.publishing.values import Days, Duration, HalfHourOrMore, Percentage

Condition = Annotated[
    Any,
    WithJsonSchema({"type": ["string", "boolean"], "examples": ["customer.orders_count >= 1"]}),
]
Audience = Annotated[
    Condition, PlainValidator(partial(expressions.compile_condition, scope=expressions.AUDIENCE))
]
TriggerIf = Annotated[
    Condition, PlainValidator(partial(expressions.compile_condition, scope=expressions.TRIGGER))
]


def written(default: object, description: str) -> Any:
    """A key that may be left out; its default is written as a marketer would write it."""
    return Field(default=default, description=description)


class Strict(BaseModel):
    """Base of all models of files. `not_yet`: keys of the full language that this version does not act on."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, validate_default=True)
    not_yet: ClassVar[frozenset[str]] = frozenset()


class _Trigger(Strict):
    if_: TriggerIf = Field(
        default=True,
        alias="if",
        description="A condition on the event; beside customer and shop it may name event.",
    )


class Browse(_Trigger):
    """A customer viewed products and left with nothing in the cart."""

    kind: Literal["browse"]
    after: HalfHourOrMore = written("4 hours", "How long after the last view of the visit.")


def _as_kept(name: object) -> str:
    """Events are kept by their names in lower case, with underscores: only such a name can be met."""
    kept = "_".join(re.findall(r"[^\W_]+", name.casefold())) if isinstance(name, str) else ""
    if not kept:
        raise ValueError(f"{shown(name)} is not the name of an event. Write for example 'workshop_booked'.")
    if name != kept:
        raise ValueError(f"{shown(name)} is kept as {shown(kept)}. Write that.")
    return kept


class Event(_Trigger):
    """A customer did something that the shop sends by this name."""

    kind: Literal["event"]
    name: Annotated[
        str, PlainValidator(_as_kept), WithJsonSchema({"type": "string", "pattern": "^[^A-Z\\s-]{1,100}$"})
    ] = Field(
        description="The event's name as it is kept: workshop_booked for 'Workshop Booked'.",
        examples=["workshop_booked"],
    )
    after: Duration = written(
        "1 minute", "How long after it happened; when it happens again before that, after the last time."
    )


class OptIn(_Trigger):
    """A customer asked to hear from the shop, and has yet to confirm it (double_opt_in in shop.yaml)."""

    kind: Literal["opt_in"]


class Replenishment(_Trigger):
    """A product bought before is about to run out, by the customer's own rhythm."""

    kind: Literal["replenishment"]
    before: Days = written("5 days", "How long before the day it is expected to run out.")
    default_cycle: Days = written("45 days", "How long the product lasts, until purchases have shown it.")


def _probable(share: float) -> float:
    if not 0.5 <= share <= 0.99:
        raise ValueError("this must lie between '50%' and '99%'. Write for example '90%'.")
    return share


class Winback(_Trigger):
    """A customer has been silent for longer than their own rhythm explains."""

    kind: Literal["winback"]
    silence: Annotated[Percentage, AfterValidator(_probable)] = written(
        "90%", "The share of this customer's gaps between orders that would have ended by now."
    )
    default_rhythm: Days = written(
        "60 days", "The usual time between two orders, until orders have shown it."
    )
    at_least: Days = written("45 days", "Never earlier than this after the last order.")


@dataclass(frozen=True, slots=True)
class KindDefaults:
    """What holds where the file says nothing. about_a_product: each enrollment is about one product. ends_with: an event."""

    once_per: str
    about_a_product: bool
    ends_with: str = Name.ORDER_COMPLETED.value


DEFAULTS = {
    "browse": KindDefaults(once_per="3 days", about_a_product=False),
    "event": KindDefaults(once_per="1 day", about_a_product=False),
    "opt_in": KindDefaults(once_per="1 day", about_a_product=False, ends_with=Name.CONSENT_CHANGED.value),
    "replenishment": KindDefaults(once_per="14 days", about_a_product=True),
    "winback": KindDefaults(once_per="90 days", about_a_product=False),
}
_LATER = (
    "anniversary", "back_in_stock", "birthday", "cart", "checkout", "cross_sell", "post_purchase",
    "price_drop", "referral", "review", "scheduled", "segment", "stage", "sunset", "tier", "welcome",
)  # fmt: skip


def tag(name: object) -> str:
    """How a branch of a union appears in pydantic's error paths, so that it can be told from a key."""
    return f"<{name}>"


def _known_kind(value: Any) -> Any:
    if not isinstance(value, dict):
        raise refusal(
            f"{shown(value)} is not a trigger. Write for example '{{kind: browse, after: 4 hours}}'."
        )
    kind = value.get("kind")
    if kind in tuple(DEFAULTS):
        return value
    if kind is None:
        raise refusal(f"this key is missing. Write {one_of(DEFAULTS)}.", at="kind")
    if kind in _LATER:
        text = f"{shown(kind)} is not possible in this version yet. Write {one_of(DEFAULTS)}."
        raise refusal(text, at="kind")
    raise refusal(
        f"there is no trigger {shown(kind)}.{did_you_mean(kind, DEFAULTS) or known_are(DEFAULTS)}", at="kind"
    )


Trigger = Annotated[
    Annotated[Browse, Tag("<browse>")]
    | Annotated[Event, Tag("<event>")]
    | Annotated[OptIn, Tag("<opt_in>")]
    | Annotated[Replenishment, Tag("<replenishment>")]
    | Annotated[Winback, Tag("<winback>")],
    Discriminator(lambda value: tag(value["kind"])),
    BeforeValidator(_known_kind),
]
