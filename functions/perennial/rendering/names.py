"""The names of one message: who it is for and what it is about, as templates read it. Pure; products are handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from perennial.campaigns import OPT_IN, Campaign
from perennial.customer import Customer
from perennial.deciding.facts import facts_of
from perennial.events import Cart, Line, Order, Product
from perennial.folding import carts
from perennial.insight.profile import TRAITS, profile
from perennial.insight.recommending import SHOWN, recommended
from perennial.messaging.messages import Planned
from perennial.money import Money
from perennial.rendering.links import host_of, leads_to
from perennial.rendering.schema import CART, ITEM, OFFER, ORDER, REFERRAL, SHOP
from perennial.rendering.values import Fields, Items
from perennial.shop import Settings, Shop
from perennial.times import moment

CHECKOUT = "checkout"
LONGEST_NAME = 40
# A "name" that mail programs would turn into a link is an advertisement someone typed into a form.
_NO_NAME = re.compile(r"://|www\.|\w\.\w{2}|[@<>{}\x00-\x1f]", re.IGNORECASE)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
Products = Mapping[str, Product]


class Links(NamedTuple):
    """The signed addresses of one message. confirm: only in messages that ask for a confirmation."""

    unsubscribe: str
    confirm: str | None = None
    preferences: str | None = None
    view_in_browser: str | None = None
    feedback: str | None = None


class Needs(NamedTuple):
    """Which products a template asks for; of those it does not name none is loaded. products: ids it names itself."""

    names: frozenset[str] = frozenset({"cart", "order", "items", "recommendations"})
    products: tuple[str, ...] = ()


def wanted(customer: Customer, entry: Planned, shop: Shop, needs: Needs) -> list[str]:
    """Ids of every product that the message may show."""
    campaign = shop.campaigns.get(entry["campaign"])
    cart, order = cart_of(customer, campaign), order_of(customer, entry)
    shown = list(entry["facts"].get("products", ()))
    ids = [*shown, *needs.products]
    if "cart" in needs.names and cart:
        ids += _ids(cart["lines"])
    if "order" in needs.names and order:
        ids += _ids(order["lines"])
    if "recommendations" in needs.names:
        ids += recommended(customer, shop, shown)
    return list(dict.fromkeys(ids))


def cart_of(customer: Customer, campaign: Campaign | None) -> Cart | None:
    """What a message calls the cart: the checkout that was left, where the campaign is about one."""
    is_about_checkout = campaign is not None and campaign.kind == CHECKOUT
    return customer.get("checkout") if is_about_checkout else carts.present(customer)


def order_of(customer: Customer, entry: Planned) -> Order | None:
    """The order that the message is about."""
    about = entry["facts"].get("order")
    return next((order for order in customer["orders"] if order["id"] == about), None) if about else None


def names_of(
    customer: Customer, campaign: Campaign, entry: Planned, products: Products, now: datetime, shop: Shop
) -> dict[str, Any]:
    """Everything a template can name but its links, and what is derived from its own front matter."""
    settings = shop.settings
    traits = presentable(profile(customer, settings.currency))
    if campaign.kind == OPT_IN:  # anybody may have typed it into a form, to have us send it to others
        traits |= dict.fromkeys(TRAITS)
    shown = list(entry["facts"].get("products", ()))
    return {
        "customer": Fields("customer", traits),
        "shop": Fields("shop", {name: getattr(settings, name) for name in SHOP}),
        "campaign": Fields("campaign", {"id": campaign.id, "name": campaign.name}),
        "event": Fields("event", facts_of(inert(entry["facts"]))),
        "items": items_of(shown, products, settings),
        "recommendations": items_of(recommended(customer, shop, shown), products, settings, SHOWN),
        "cart": _cart(cart_of(customer, campaign), products, settings),
        "order": _order(order_of(customer, entry), products, settings),
        "offer": _offer(entry.get("offer")),
        "referral": optional("referral", REFERRAL, entry["facts"].get("referral")),
        "now": now,
    }


def link_names(links: Links) -> dict[str, Any]:
    """The names of the links that this message has."""
    urls = {f"{name}_url": url for name, url in links._asdict().items()}
    return {name: url for name, url in urls.items() if url}


def items_of(ids: Iterable[str], products: Products, settings: Settings, most: int | None = None) -> Items:
    """Of these products those that can be bought."""
    found = (products.get(product_id) for product_id in ids)
    items = [item_of(product, settings) for product in found if product and _is_sold(product)]
    return Items(items[:most])


def item_of(product: Product, settings: Settings) -> Fields:
    """A catalogue entry as templates see it; what is not known is None."""
    url, image, price = product.get("url"), product.get("image"), product.get("price")
    values = {
        "id": product["id"],
        "title": inert(product["title"]),
        "url": url if leads_to(url, settings.hosts) else settings.url,
        "image": image if image and host_of(image) else None,
        "price": None if price is None else _money(price, product.get("currency", settings.currency)),
        "category": inert(product.get("category")),
    }
    return Fields("item", {name: values[name] for name in ITEM})


def _is_sold(product: Product) -> bool:
    return "title" in product and not product.get("deleted") and product.get("available", True)


def _cart(cart: Cart | None, products: Products, settings: Settings) -> Fields:
    if cart is None or not cart["lines"]:
        return optional("cart", CART, None)
    url = cart.get("url")
    values = {
        "url": url if leads_to(url, settings.hosts) else None,
        "total": _money(_sum(cart["lines"]), cart["currency"]),
        "pieces": sum(line["quantity"] for line in cart["lines"]),
        "items": _lines(cart["lines"], cart["currency"], products, settings),
        "updated_at": moment(cart["at"]),
    }
    return optional("cart", CART, values)


def _order(order: Order | None, products: Products, settings: Settings) -> Fields:
    if order is None:
        return optional("order", ORDER, None)
    values = {
        "id": order["id"],
        "placed_at": moment(order["placed_at"]),
        "total": _money(order["total"], order["currency"]),
        "pieces": sum(line["quantity"] for line in order["lines"]),
        "items": _lines(order["lines"], order["currency"], products, settings),
    }
    return optional("order", ORDER, values)


def _lines(lines: Iterable[Line], currency: str, products: Products, settings: Settings) -> Items:
    """What was put into a cart or order, sold out by now or not, as far as the catalogue knows its title."""
    shown = []
    for line in lines:
        product = products.get(line["product_id"])
        if product and "title" in product and not product.get("deleted"):
            item = item_of(product, settings)
            item |= {"price": _money(line["price"], currency), "quantity": line["quantity"]}
            shown.append(item)
    return Items(shown)


def _offer(offer: Mapping[str, Any] | None) -> Fields:
    return optional("offer", OFFER, offer)


def optional(path: str, names: Iterable[str], values: Mapping[str, Any] | None) -> Fields:
    """An object that may not be there: it counts as false then, and each of its names is empty."""
    absent = Items() if "items" in names else None
    given = {name: (values or {}).get(name, absent if name == "items" else None) for name in names}
    return Fields(path, given, is_there=bool(values))


def _ids(lines: Iterable[Line]) -> list[str]:
    return [line["product_id"] for line in lines]


def _sum(lines: Iterable[Line]) -> int:
    return sum(line["price"] * line["quantity"] for line in lines)


def _money(amount: int, currency: str) -> Money:
    return Money(amount=amount, currency=currency)


def inert(value: Any) -> Any:
    """Plain data without the marks that turn around how a text is read, wherever in it they stand."""
    if isinstance(value, str):
        return _TURNING.sub("", value)
    if isinstance(value, Mapping):
        return {key: inert(each) for key, each in value.items()}
    return [inert(each) for each in value] if isinstance(value, list | tuple) else value


def presentable(traits: dict[str, Any]) -> dict[str, Any]:
    """Names that are no names count as unknown, so that the template's own word of address stands."""
    names = {key: traits[key] for key in ("first_name", "last_name")}
    return traits | {key: inert(name) if _is_name(name) else None for key, name in names.items()}


def _is_name(name: str | None) -> bool:
    return bool(name) and len(str(name)) <= LONGEST_NAME and not _NO_NAME.search(str(name))
