"""The words that everything said of a message is made of: names of products, times on somebody's clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from infra.demo.watch import Letter
from perennial.campaigns import Campaign
from perennial.deciding.steps import sends
from perennial.events import Product
from perennial.shop import Shop
from perennial.times import moment, zone_of


class Telling:
    """Speaks about one shop and its products."""

    def __init__(self, shop: Shop, products: Mapping[str, Product]) -> None:
        self._shop, self._products = shop, products

    def campaign(self, letter: Letter) -> Campaign:
        """The one that sent it."""
        return self._shop.campaigns[letter.mail["campaign"]]

    def is_later(self, letter: Letter) -> bool:
        """It is not the first message of its campaign."""
        first = next(iter(sends(self.campaign(letter).steps)))
        return bool(letter.mail["step"] != first.id)

    def clock(self, at: str | datetime, zone: str) -> str:
        """`Tue 15 Sep, 14:05` on somebody's clock."""
        moment_ = moment(at) if isinstance(at, str) else at
        return f"{moment_.astimezone(zone_of(zone)):%a %-d %b, %H:%M}"

    def zone(self, letter: Letter) -> str:
        """Where the customer's clock stands."""
        return letter.customer["traits"].get("timezone", self._shop.settings.timezone)

    def titles(self, products: Sequence[str]) -> str:
        """`A, B and C`."""
        known = [self._products[each]["title"] for each in products if each in self._products]
        names = known or ["something that the catalogue does not know"]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
