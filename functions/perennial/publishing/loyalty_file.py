"""`content/loyalty.yaml`: tiers by what a customer spent within twelve months, and points."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from perennial.money import minor_units
from perennial.publishing.offers_file import Spend
from perennial.publishing.triggers import Strict
from perennial.publishing.values import Id

LOYALTY = "loyalty.yaml"


class TierFile(Strict):
    """One tier."""

    title: str = Field(min_length=1, max_length=60, description="As customers read it.", examples=["Oak"])
    from_: Spend = Field(
        alias="from",
        description="What must have been spent within twelve months, in the shop's currency.",
        examples=[400],
    )


class LoyaltyFile(Strict):
    """The whole file."""

    tiers: dict[Id, TierFile] = Field(
        default={}, max_length=10, examples=[{"oak": {"title": "Oak", "from": 400}}]
    )
    points: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="For each whole unit of the shop's currency spent within twelve months; "
        "where the shop counts them itself, what it tells as the trait loyalty_points.",
    )

    @field_validator("tiers")
    @classmethod
    def _each_its_own(cls, tiers: dict[str, TierFile]) -> dict[str, TierFile]:
        beginnings: dict[float, str] = {}
        for name, tier in tiers.items():
            if tier.from_ in beginnings:
                raise ValueError(
                    f"'{name}' and '{beginnings[tier.from_]}' begin at the same amount. Give each tier its own 'from'."
                )
            beginnings[tier.from_] = name
        return tiers

    def packed(self, currency: str) -> dict[str, Any]:
        """As `perennial.insight.loyalty.loyalty_from` reads it: the lowest tier first."""
        tiers = sorted(self.tiers.items(), key=lambda each: each[1].from_)
        return {
            "tiers": [
                {"name": name, "title": tier.title, "least": minor_units(tier.from_, currency)}
                for name, tier in tiers
            ],
            "points": self.points,
        }


MODELS: dict[tuple[str, ...], type[Strict]] = {(): LoyaltyFile}
