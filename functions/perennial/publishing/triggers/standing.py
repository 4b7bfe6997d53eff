"""Triggers of where a customer stands: stage, group, segment, tier, and what regulars get."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from perennial.events import Name
from perennial.insight.standing import StageName
from perennial.publishing.problems import refusal
from perennial.publishing.triggers.base import Kind, KindDefaults, Kinds, written
from perennial.publishing.values import Duration, Id

GroupName = Literal[
    "Active", "Almost lost", "At risk", "Champions", "Dormant", "Loyal", "Needs attention", "New",
    "Previously loyal", "Promising", "Prospects",
]  # fmt: skip


class _Change(Kind):
    """One of the two says which change it is about."""

    enters: str | None = None
    leaves: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.enters) == bool(self.leaves):
            raise refusal("write one of 'enters' and 'leaves': which change this is about.")
        return self


class Stage(_Change):
    """A customer has come to a stage of their life with the shop, or left it."""

    kind: Literal["stage"]
    enters: StageName | None = Field(
        default=None, description="The stage they came to.", examples=["retention"]
    )
    leaves: StageName | None = Field(default=None, description="The stage they left.", examples=["reach"])
    after: Duration = written("1 day", "How long after the fact that led there.")


class Group(_Change):
    """Recency, frequency and money have brought a customer into another group."""

    kind: Literal["group"]
    enters: GroupName | None = Field(
        default=None, description="The group they came to.", examples=["At risk"]
    )
    leaves: GroupName | None = Field(default=None, description="The group they left.", examples=["Champions"])
    after: Duration = written("1 hour", "How long after the change was seen.")


class Segment(_Change):
    """A customer has come into a segment of shop.yaml, or left it."""

    kind: Literal["segment"]
    enters: Id | None = Field(default=None, description="The segment they came into.", examples=["regulars"])
    leaves: Id | None = Field(default=None, description="The segment they left.", examples=["regulars"])
    after: Duration = written("1 hour", "How long after the change was seen.")


class Tier(Kind):
    """With an order a customer has reached a tier of loyalty.yaml."""

    kind: Literal["tier"]
    tiers: Annotated[list[Id], Field(min_length=1, max_length=20)] | None = Field(
        default=None, description="Which tiers; all of them where this is left out.", examples=[["oak"]]
    )
    after: Duration = written("1 day", "How long after the order.")


class LoyaltyEnrolment(Kind):
    """A customer has ordered so often that they are a regular now."""

    kind: Literal["loyalty_enrolment"]
    orders: int = Field(default=3, ge=2, le=50, description="The order that makes them one.")
    after: Duration = written("2 days", "How long after it.")


class Bundle(Kind):
    """A customer has a part of a bundle of bundles.yaml."""

    kind: Literal["bundle"]
    bundles: Annotated[list[Id], Field(min_length=1, max_length=20)] | None = Field(
        default=None,
        description="Which bundles; all of them where this is left out.",
        examples=[["breakfast"]],
    )
    after: Duration = written("10 days", "How long after they last bought of it.")


_CANCELLED = Name.ORDER_CANCELLED.value
KINDS: Kinds = {
    "stage": (Stage, KindDefaults(once_per="30 days")),
    "group": (Group, KindDefaults(once_per="90 days")),
    "segment": (Segment, KindDefaults(once_per="30 days", ends_with=())),
    "tier": (Tier, KindDefaults(once_per="1 day", ends_with=())),
    "loyalty_enrolment": (LoyaltyEnrolment, KindDefaults(once_per="never", ends_with=())),
    "bundle": (Bundle, KindDefaults(once_per="90 days")),
}
