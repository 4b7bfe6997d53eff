"""What the fictional shop sells: things that run out at their own pace, and things that last."""

from __future__ import annotations

from typing import NamedTuple

SHOP_URL = "https://www.alder-and-thyme.example"


class Good(NamedTuple):
    """One product. cents: its price. lasts: days until it is usually bought again, None for what lasts."""

    id: str
    title: str
    category: str
    cents: int
    lasts: int | None

    @property
    def url(self) -> str:
        """Its page in the shop."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.title.lower()).split()
        return f"{SHOP_URL}/products/{'-'.join(words)}"

    @property
    def image(self) -> str:
        """Its picture: one for each category."""
        return f"{SHOP_URL}/images/{self.category.lower()}.svg"


TEA = Good("1001", "Breakfast tea, loose leaf, 250 g", "Tea", 1450, 34)
MINT = Good("1002", "Verbena and mint tea, 20 bags", "Tea", 890, 24)
COFFEE = Good("1003", "Ground coffee, hazelnut roast, 500 g", "Coffee", 1600, 21)
BEANS = Good("1004", "Coffee beans Early Shift, 1 kg", "Coffee", 2900, 31)
SOAP = Good("1005", "Olive oil soap, three bars", "Soap", 1200, 45)
DISHES = Good("1006", "Dish soap refill, thyme, 1 l", "Soap", 950, 38)
LAUNDRY = Good("1007", "Laundry powder, unscented, 2 kg", "Soap", 1800, 52)
GRANOLA = Good("1008", "Oat and hazelnut granola, 750 g", "Pantry", 1100, 18)
CREAM = Good("1009", "Hand cream, marigold, 75 ml", "Care", 1300, 60)
HONEY = Good("1010", "Wildflower honey, 500 g", "Pantry", 1250, 48)
TEAPOT = Good("2001", "Stoneware teapot, two cups", "Kitchen", 4800, None)
MUG = Good("2002", "Enamel mug, forest green", "Kitchen", 1400, None)
TOWELS = Good("2003", "Linen tea towels, set of two", "Linen", 2200, None)
THYME = Good("2004", "Thyme in a terracotta pot", "Garden", 1600, None)
DRIPPER = Good("2005", "Pour-over dripper, glass", "Kitchen", 2600, None)
TROWEL = Good("2006", "Garden trowel with ash handle", "Garden", 2400, None)
BLANKET = Good("2007", "Wool blanket, moss", "Linen", 12000, None)
LANTERN = Good("2008", "Garden lantern, brass", "Garden", 5400, None)

GOODS = (
    *(TEA, MINT, COFFEE, BEANS, SOAP, DISHES, LAUNDRY, GRANOLA, CREAM, HONEY),
    *(TEAPOT, MUG, TOWELS, THYME, DRIPPER, TROWEL, BLANKET, LANTERN),
)
CONSUMED = tuple(good for good in GOODS if good.lasts)
LASTING = tuple(good for good in GOODS if not good.lasts)
