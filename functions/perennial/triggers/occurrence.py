"""What a trigger answers: occurrences, or nothing and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.shop import Shop


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One reason to write to a customer.

    key: entered once, ever. subject: what it is about (a product id; "" for the customer): one enrollment at a time.
    since: stamp of the fact that caused it; exits count from there. moment: when the first step is due.
    facts: plain JSON for the template and the explanation; `products` lists product ids.
    """

    key: str
    subject: str
    since: str
    moment: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No occurrence, and why not (plain JSON facts); `until`: when time alone may change that."""

    facts: dict[str, Any]
    until: datetime | None = None


Trigger = Callable[[Customer, Campaign, Shop], "list[Occurrence] | Nothing"]
