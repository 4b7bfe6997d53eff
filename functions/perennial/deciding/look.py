"""One look at a customer: what follows from the document and the release, derived once for all campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from perennial.customer import Customer
from perennial.deciding.conditions import Condition, holds
from perennial.insight.profile import Known
from perennial.shop import Shop
from perennial.times import zone_of


class Look:
    """Neither document nor release may change while it is used. judged: ids of campaigns that came as far as the gates."""

    __slots__ = ("_profile", "_zone", "customer", "judged", "now", "shop")

    def __init__(self, customer: Customer, shop: Shop, now: datetime) -> None:
        self.customer, self.shop, self.now = customer, shop, now
        self.judged: set[str] = set()
        self._profile: Mapping[str, Any] | None = None
        self._zone: ZoneInfo | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The customer's, or the shop's."""
        if self._zone is None:
            self._zone = zone_for(self.customer, self.shop)
        return self._zone

    def holds(self, condition: Condition, facts: Mapping[str, Any]) -> bool:
        """Whether a compiled condition is true of the customer and the facts of an occurrence; None always is."""
        if condition is None:
            return True
        if self._profile is None:
            self._profile = Known(self.customer, self.shop.settings.currency)
        return holds(condition, {"customer": self._profile, "event": facts})


def zone_for(customer: Customer, shop: Shop) -> ZoneInfo:
    """The customer's zone, or the shop's where it is unknown or no zone."""
    try:
        return zone_of(customer["traits"].get("timezone") or shop.settings.timezone)
    except (KeyError, ValueError, OSError):
        return zone_of(shop.settings.timezone)
