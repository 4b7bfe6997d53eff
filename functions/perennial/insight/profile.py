"""The customer as marketers name it: what `customer.…` means in templates and conditions alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from perennial.customer import Customer
from perennial.folding import opinions, orders
from perennial.insight.standing import Lifecycle
from perennial.money import Money
from perennial.times import moment

TRAITS = ("first_name", "last_name", "email", "phone", "locale", "timezone", "country", "birthday")
DERIVED = ("id", "orders_count", "total_spent", "first_order_at", "last_order_at")
STANDING = (
    "stage",
    "stage_since",
    "previous_stage",
    "rfm_group",
    "rfm_group_since",
    "previous_rfm_group",
    "recency",
    "frequency",
    "monetary",
)
LOYALTY = ("tier", "tier_since", "previous_tier", "spent_12_months", "loyalty_points", "segments")
FEEDBACK = ("feedback_score", "feedback_at", "feedback_stage")
NAMES = TRAITS + DERIVED + STANDING + LOYALTY + FEEDBACK
POINTS = "loyalty_points"  # a trait where the shop counts them itself


class Known(Mapping[str, Any]):
    """What `profile` says, each part worked out when a name of it is asked for. The document may not change meanwhile."""

    __slots__ = ("_currency", "_customer", "_held")

    def __init__(self, customer: Customer, currency: str) -> None:
        self._customer, self._currency = customer, currency
        self._held: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._held:
            self._held |= _PART_OF[name](self._customer, self._currency)
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


def profile(customer: Customer, currency: str) -> dict[str, Any]:
    """Every name of `NAMES`; None for what is not known. Times are aware datetimes.

    total_spent: a Money in the shop's `currency`; orders in other currencies are left out of it.
    """
    return {name: value for part in _PARTS for name, value in part(customer, currency).items()}


def _traits(customer: Customer, _currency: str) -> dict[str, Any]:
    traits = customer["traits"]
    return {name: traits.get(name) for name in TRAITS}


def _derived(customer: Customer, currency: str) -> dict[str, Any]:
    placed = orders.first_and_last(customer)
    return {
        "id": customer["id"],
        "orders_count": orders.count(customer),
        "total_spent": Money(amount=orders.spent(customer).get(currency, 0), currency=currency),
        "first_order_at": moment(placed[0]) if placed else None,
        "last_order_at": moment(placed[1]) if placed else None,
    }


def _standing(customer: Customer, _currency: str) -> dict[str, Any]:
    """As of the last plan."""
    held = customer.get("lifecycle", Lifecycle())
    stage, rfm = held.get("stage"), held.get("rfm")
    return {
        "stage": stage["name"] if stage else None,
        "stage_since": moment(stage["since"]) if stage and stage["since"] else None,
        "previous_stage": (stage["previous"] or None) if stage else None,
        "rfm_group": rfm["group"] if rfm else None,
        "rfm_group_since": moment(rfm["since"]) if rfm else None,
        "previous_rfm_group": (rfm["previous"] or None) if rfm else None,
        **{name: (rfm[name] or None) if rfm else None for name in ("recency", "frequency", "monetary")},
    }


def _loyalty(customer: Customer, currency: str) -> dict[str, Any]:
    held = customer.get("lifecycle", Lifecycle())
    tier, told = held.get("tier"), customer["traits"].get(POINTS)
    return {
        "tier": (tier["name"] or None) if tier else None,
        "tier_since": moment(tier["since"]) if tier and tier["since"] else None,
        "previous_tier": (tier["previous"] or None) if tier else None,
        "spent_12_months": Money(amount=tier["spent"], currency=currency) if tier else None,
        POINTS: int(told) if told else tier.get("points") if tier else None,
        "segments": sorted(name for name, each in held.get("segments", {}).items() if each["inside"]),
    }


def _feedback(customer: Customer, _currency: str) -> dict[str, Any]:
    """The last answer on the feedback page."""
    stage, told = opinions.newest(customer) or ("", None)
    return {
        "feedback_score": told["score"] if told else None,
        "feedback_at": moment(told["at"]) if told else None,
        "feedback_stage": stage or None,
    }


_Part = Callable[[Customer, str], dict[str, Any]]
_PARTS: Mapping[_Part, tuple[str, ...]] = {
    _traits: TRAITS,
    _derived: DERIVED,
    _standing: STANDING,
    _loyalty: LOYALTY,
    _feedback: FEEDBACK,
}
_PART_OF: Mapping[str, _Part] = {name: part for part, names in _PARTS.items() for name in names}
