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
    facts: plain JSON for the template and the explanation; `products` lists product ids, `order` is the id of the one it is
    about. joins: it shares the message of another one that is due a little earlier.
    """

    key: str
    subject: str
    since: str
    moment: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """No occurrence, and why not (plain JSON facts); `until`: when time alone may change that."""

    facts: dict[str, Any]
    until: datetime | None = None


# The time only chooses which of an endless row of occurrences (each year's birthday) is looked at: no key, moment or fact
# may depend on it.
Trigger = Callable[[Customer, Campaign, Shop, datetime], "list[Occurrence] | Nothing"]
