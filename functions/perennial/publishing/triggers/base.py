"""What all models of the marketers' files share, and what a kind of trigger implies elsewhere in its campaign."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from perennial.events import Name
from perennial.publishing import expressions

Condition = Annotated[
    Any,
    WithJsonSchema({"type": ["string", "boolean"], "examples": ["customer.orders_count >= 1"]}),
]
Audience = Annotated[
    Condition, PlainValidator(partial(expressions.compile_condition, scope=expressions.AUDIENCE))
]
InSegment = Annotated[
    Condition, PlainValidator(partial(expressions.compile_condition, scope=expressions.SEGMENT))
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


class Kind(Strict):
    """Base of the models of triggers: `kind` names one, and every kind takes a condition."""

    kind: str
    if_: TriggerIf = Field(
        default=True,
        alias="if",
        description="A condition on the event; beside customer and shop it may name event.",
    )


@dataclass(frozen=True, slots=True)
class KindDefaults:
    """What holds where the file says nothing, and what its occurrences are about.

    about: what each occurrence is about one of, None for the customer. ends_with: events that end it,
    about the same where they are about one.
    """

    once_per: str
    about: Literal["product", "order"] | None = None
    ends_with: tuple[str, ...] = (Name.ORDER_COMPLETED.value,)


Kinds = dict[str, tuple[type[Kind], KindDefaults]]


def tag(name: object) -> str:
    """How a branch of a union appears in pydantic's error paths, so that it can be told from a key."""
    return f"<{name}>"
