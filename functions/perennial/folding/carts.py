"""The cart as it is now: what a whole telling of it said last, and what was put in or taken out since then.

Stores tell whole carts, and so do browsers that know one's name. Most clients of Segment tell single changes; the newest
`KEPT` are in the document, so the order of events changes nothing. What lies in the cart by all of this is derived. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from perennial.customer import Customer
from perennial.deciding.remembering import remembered
from perennial.events import Cart, CartChange, Event, Line, Name
from perennial.folding import orders
from perennial.money import NO_CURRENCY
from perennial.people.identities import short_id
from perennial.times import moment, stamp

KEPT = 30
ECHO = timedelta(minutes=10)  # stores tell a cart once more when its order is placed, and a little after it
PAUSE = timedelta(days=30)  # after so long a pause nobody knows what became of a cart: another one is begun
ALL_PIECES = 1_000_000  # more than any cart holds
_SIGNS: Mapping[str, int] = {Name.PRODUCT_ADDED: 1, Name.PRODUCT_REMOVED: -1}


def change_of(event: Event) -> CartChange | None:
    """What the event tells, if it tells of which product."""
    told, sign = event.properties, _SIGNS[event.name]
    if "product_id" not in told:
        return None
    pieces = told.get("quantity", 1 if sign > 0 else ALL_PIECES)
    change = CartChange(
        id=event.id, at=stamp(event.occurred_at), product_id=told["product_id"], quantity=sign * pieces
    )
    if sign > 0 and "price" in told:
        change |= {"price": told["price"], "currency": told["currency"]}
    if "cart_id" in told:
        change["cart_id"] = told["cart_id"]
    return change


def joined(*parts: Iterable[CartChange]) -> list[CartChange]:
    """All of them once, within the bound, oldest first."""
    every = {change["id"]: change for part in parts for change in part}
    return sorted(every.values(), key=lambda change: (change["at"], change["id"]))[-KEPT:]


def ordered_since(cart: Cart) -> str:
    """From when an order counts as the end of it."""
    return stamp(moment(cart["at"]) - ECHO)


def present(customer: Customer) -> Cart | None:
    """What lies in the cart now; no lines: it was emptied. None where nothing is known of any cart.

    Of a cart that was ordered it gives what was told of it last, unless something was put in since.
    """
    if "cart_changes" not in customer and "cart_viewed" not in customer:
        return customer["cart"]  # of nearly everybody, and asked for each campaign about carts
    return _present(customer)


def checkout(customer: Customer) -> Cart | None:
    """The newest that was begun. Where only that it was begun is told, it is about what lies in the cart."""
    told, began = customer.get("checkout"), customer["seen"].get(Name.CHECKOUT_STARTED, "")
    if not began or (told is not None and told["at"] >= began):
        return told
    cart = present(customer)
    return Cart(**{**cart, "at": began}) if cart and cart["lines"] else told


@remembered
def _present(customer: Customer) -> Cart | None:
    told, ended = _told(customer), _last_order(customer)
    changes = [each for each in customer.get("cart_changes", []) if each["at"] > ended]
    basis = None if told is None or ordered_since(told) < ended else told
    name = _name(changes, basis)
    if (
        basis
        and name
        and basis["token"] != name
        and any(each.get("cart_id") == basis["token"] for each in changes)
    ):
        basis = None  # the browser calls its carts by these names, and speaks of another one by now
    filling = _Filling(basis)
    for change in changes:
        if change.get("cart_id", name) == name:
            filling.take(change)
    return filling.cart(name) or (told and _named(told))


def _told(customer: Customer) -> Cart | None:
    """The newest telling of a whole cart. One without a name is of the cart that was told before, while that is open."""
    held, seen = customer["cart"], customer.get("cart_viewed")
    if seen is None or (held is not None and held["at"] >= seen["at"]):
        return held
    if held is None or not held["lines"] or _is_long_after(seen["at"], held["at"]):
        return seen
    if ordered_since(held) < _last_order(customer):
        return seen
    return Cart(**{**held, "at": seen["at"], "currency": seen["currency"], "lines": seen["lines"]})


def _last_order(customer: Customer) -> str:
    """A browser's order ends a cart too, as it silences campaigns; so does one that was cancelled later."""
    counted = orders.first_and_last(customer)
    return max(counted[1] if counted else "", customer["seen"].get(Name.ORDER_COMPLETED, ""))


def _name(changes: Sequence[CartChange], basis: Cart | None) -> str | None:
    """What the browser calls the cart that it changed last."""
    since = basis["at"] if basis and basis["token"] else ""
    names = (each["cart_id"] for each in reversed(changes) if "cart_id" in each and each["at"] > since)
    return next(names, None)


def _is_long_after(at: str, before: str) -> bool:
    if not before or at[:10] == before[:10]:
        return False  # of one day, as most changes of a cart are: nothing needs to be parsed
    return moment(at) > moment(before) + PAUSE


def _named(cart: Cart) -> Cart:
    """A cart without any name is known by what lies in it."""
    products = sorted({line["product_id"] for line in cart["lines"]})
    return cart if cart["token"] else Cart(**{**cart, "token": short_id("cart", *products)})


class _Filling:
    """A cart while it is filled, from its basis on. first: the addition that began it. at: of the last change that counts.

    seen_at: of the last sign of it.
    """

    def __init__(self, basis: Cart | None) -> None:
        self._ahead = basis  # until the changes have come as far as that
        self._basis: Cart | None = None
        self._lines: list[Line] = []
        self._currency = NO_CURRENCY
        self._standing: set[str] = set()  # of the basis, and not taken out since
        self._echoes_until = ""
        self._first = self._seen_at = self._at = ""

    def take(self, change: CartChange) -> None:
        """The next change. One that is not newer than the basis is in it already, and only says when the cart was begun."""
        is_counted = self._ahead is None or change["at"] > self._ahead["at"]
        if is_counted:
            self._adopt()
        self._see(change["at"])
        if change["quantity"] > 0:
            self._first = self._first or change["id"]
        if is_counted and self._apply(change):
            self._at = change["at"]

    def cart(self, name: str | None) -> Cart | None:
        """None where no change counts, so that the basis stands as it was told."""
        self._adopt()
        basis = self._basis
        if not self._at:
            if basis is None or basis["token"]:
                return None
            return _named(Cart(**{**basis, "token": name or self._first}))
        held = basis["token"] if basis and basis["lines"] else ""
        token = name or held or self._first
        cart = _named(Cart(token=token, at=self._at, currency=self._currency, lines=self._lines))
        return Cart(**cart, url=basis["url"]) if basis and "url" in basis else cart

    def _adopt(self) -> None:
        basis, self._ahead = self._ahead, None
        if basis is None:
            return
        self._see(basis["at"])
        if not basis["lines"]:
            self._first = ""
        self._basis, self._currency = basis, basis["currency"]
        self._echoes_until = stamp(moment(basis["at"]) + ECHO)
        self._lines = [line.copy() for line in basis["lines"]]
        self._standing = {line["product_id"] for line in basis["lines"]}

    def _see(self, at: str) -> None:
        if _is_long_after(at, self._seen_at):
            self._basis, self._lines, self._first, self._at = None, [], "", ""
            self._standing, self._currency = set(), NO_CURRENCY
        self._seen_at = at

    def _apply(self, change: CartChange) -> bool:
        """Whether it changed anything."""
        if change["quantity"] < 0:
            return self._take_out(change["product_id"], -change["quantity"])
        if self._is_echo(change):
            return False
        price = self._price(change)
        for line in self._lines:
            if line["product_id"] == change["product_id"]:
                line["quantity"] += change["quantity"]
                line["price"] = line["price"] or price
                return True
        self._lines.append(Line(product_id=change["product_id"], quantity=change["quantity"], price=price))
        return True

    def _is_echo(self, change: CartChange) -> bool:
        """Store and browser tell of the same addition, each by its own clock."""
        return change["product_id"] in self._standing and change["at"] <= self._echoes_until

    def _price(self, change: CartChange) -> int:
        """In the cart's currency, which the first price tells; 0 where it is not known."""
        currency = change.get("currency", NO_CURRENCY)
        if not any(line["price"] for line in self._lines):
            self._currency = currency if "price" in change else self._currency
        return change.get("price", 0) if currency == self._currency else 0

    def _take_out(self, product_id: str, pieces: int) -> bool:
        there = [line for line in self._lines if line["product_id"] == product_id]
        for line in reversed(there):
            taken = min(pieces, line["quantity"])
            line["quantity"] -= taken
            pieces -= taken
        self._lines = [line for line in self._lines if line["quantity"]]
        if not any(line["product_id"] == product_id for line in self._lines):
            self._standing.discard(product_id)
        return bool(there)
