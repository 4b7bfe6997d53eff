"""Triggers of what the shop has a name for."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from perennial.events import Name
from perennial.publishing.problems import shown
from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import Days, Duration


def _as_kept(name: object) -> str:
    """Events are kept by their names in lower case, with underscores: only such a name can be met."""
    kept = "_".join(re.findall(r"[^\W_]+", name.casefold())) if isinstance(name, str) else ""
    if not kept:
        raise ValueError(f"{shown(name)} is not the name of an event. Write for example 'workshop_booked'.")
    if name != kept:
        raise ValueError(f"{shown(name)} is kept as {shown(kept)}. Write that.")
    return kept


class Event(Kind):
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


class AccountChange(Kind):
    """Data of a customer's account became other ones."""

    kind: Literal["account_change"]
    fields: list[Literal["email", "phone", "country"]] = Field(
        min_length=1, max_length=3, description="What may have changed.", examples=[["email", "phone"]]
    )
    after: Duration = written("10 minutes", "How long after the change.")


class Sunset(Kind):
    """A subscriber has neither clicked nor ordered for a long time, whatever was sent."""

    kind: Literal["sunset"]
    silence: Days = written("180 days", "How long after the last click or order.")
    unanswered: int = Field(default=5, ge=1, le=20, description="How many mails without an answer, at least.")


KINDS: Kinds = {
    "account_change": (AccountChange, KindDefaults(once_per="1 hour", ends_with=())),
    "event": (Event, KindDefaults(once_per="1 day")),
    "sunset": (
        Sunset,
        KindDefaults("365 days", ends_with=(Name.MESSAGE_CLICKED.value, Name.ORDER_COMPLETED.value)),
    ),
}
