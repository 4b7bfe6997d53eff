"""Which names templates know: the one list that the renderer fills, publishing checks by, and docs/templates.md tells.

None after a name: anything may stand below it. A name in NULLABLE may be empty for some customers.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.insight import profile

ITEM = ("id", "title", "url", "image", "price", "category")
LINE = (*ITEM, "quantity")
SHOP = ("name", "url", "support_email", "postal_address", "logo_url", "currency")
CAMPAIGN = ("id", "name")
CART = ("url", "total", "pieces", "items", "updated_at")
ORDER = ("id", "placed_at", "total", "pieces", "items")
OFFER = ("code", "expires_at", "minimum_spend", "gift", "text")
REFERRAL = ("code", "url")

OBJECTS: Mapping[str, tuple[str, ...] | None] = {
    "customer": profile.NAMES,
    "shop": SHOP,
    "campaign": CAMPAIGN,
    "event": None,
    "cart": CART,
    "order": ORDER,
    "offer": OFFER,
    "referral": REFERRAL,
}
LISTS: Mapping[str, tuple[str, ...]] = {"items": ITEM, "recommendations": ITEM}
LINES = ("cart", "order")  # objects whose `items` have a quantity too
MONEY = ("amount", "currency")
LINKS = (
    "unsubscribe_url",
    "preferences_url",
    "view_in_browser_url",
    "feedback_url",
    "confirm_url",
)
WORDS = ("now", "language", "direction")
IN_BODY = ("subject", "preheader")  # what the front matter gave, in html and text
FUNCTIONS = ("product", "skip")

FIELDS: Mapping[str, tuple[str, ...]] = {
    **{name: fields for name, fields in OBJECTS.items() if fields},
    "item": LINE,
}

_SURE = frozenset({"customer.id", "customer.orders_count", "customer.total_spent"})
NULLABLE = frozenset(
    {f"customer.{name}" for name in profile.NAMES} - _SURE
    | {"item.image", "item.price", "item.category", "shop.logo_url"}
    | {f"{name}.{field}" for name in ("cart", "order", "offer", "referral") for field in OBJECTS[name] or ()}
) - {"cart.items", "order.items"}
