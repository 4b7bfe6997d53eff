"""What lies in the cart now, by what stores and browsers tell of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perennial.apply import apply
from perennial.customer import Customer, new
from perennial.events import Cart, Event, Line, Name
from perennial.folding import carts
from perennial.folding.absorb import absorb
from perennial.people.identities import Identity, Kind
from perennial.times import stamp
from tests.making import NOON, customer, event, hours, ordered, told


def put_in(after: float, product: str = "tea", quantity: int = 1, **said: Any) -> Event:
    """A browser's word, so many minutes after noon."""
    properties = {"product_id": product, "quantity": quantity, **said}
    return event(Name.PRODUCT_ADDED, NOON + hours(after / 60), properties=properties, trusted=False)


def taken_out(after: float, product: str = "tea", **said: Any) -> Event:
    return event(
        Name.PRODUCT_REMOVED,
        NOON + hours(after / 60),
        properties={"product_id": product, **said},
        trusted=False,
    )


def cart(after: float, *products: str, **fields: Any) -> Cart:
    lines = [Line(product_id=each, quantity=1, price=100) for each in products]
    told: Any = {"token": "t", "at": stamp(NOON + hours(after / 60)), "currency": "GBP", "lines": lines}
    whole: Cart = told | fields
    return whole


def store(after: float, *products: str, **fields: Any) -> Event:
    """A store's word on the whole cart."""
    return event(
        Name.CART_UPDATED, NOON + hours(after / 60), properties={"cart": cart(after, *products, **fields)}
    )


def looked(after: float, *products: str, **fields: Any) -> Event:
    """A browser shows the cart and knows no name for it."""
    seen = cart(after, *products, **{"token": "", **fields})
    return event(Name.CART_VIEWED, NOON + hours(after / 60), properties={"cart": seen}, trusted=False)


def lies_in(*events: Event) -> dict[str, int]:
    found = carts.present(customer(*events))
    return {line["product_id"]: line["quantity"] for line in found["lines"]} if found else {}


def token(*events: Event) -> str:
    found = carts.present(customer(*events))
    assert found
    return found["token"]


def test_what_no_browser_changes_is_the_cart_as_it_was_told():
    """The very same object, at no cost; also no cart at all."""
    document = customer(store(0, "tea"))
    assert carts.present(document) is document["cart"]
    assert carts.present(new("c")) is None


def test_additions_and_removals_make_a_cart():
    """Pieces of one product are one line; prices of another currency than the cart's are unknown."""
    found = carts.present(
        customer(
            put_in(0, "tea", 2),
            put_in(1, "pot", price=3400, currency="GBP"),
            put_in(2, "tea", price=900, currency="GBP"),
            put_in(3, "cup", price=5, currency="EUR"),
            taken_out(4, "tea", quantity=1),
        )
    )
    assert found
    assert found["lines"] == [
        Line(product_id="tea", quantity=2, price=900),
        Line(product_id="pot", quantity=1, price=3400),
        Line(product_id="cup", quantity=1, price=0),
    ]
    assert (found["currency"], found["at"]) == ("GBP", stamp(NOON + hours(4 / 60)))


def test_nothing_is_taken_out_that_is_not_in():
    """Then nothing has changed; and what is emptied is empty, not below it."""
    assert carts.present(customer(taken_out(0))) is None
    document = customer(put_in(0), taken_out(1, quantity=5), taken_out(9, "pot"))
    found = carts.present(document)
    assert found and (found["lines"], found["at"]) == ([], stamp(NOON + hours(1 / 60)))
    assert lies_in(put_in(0), taken_out(1, quantity=5), put_in(2)) == {"tea": 1}


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ([store(0, "tea"), put_in(20, "pot")], {"tea": 1, "pot": 1}),
        ([put_in(-1, "cup"), store(0, "tea"), put_in(20, "tea")], {"tea": 2}),
        ([store(0, "tea"), put_in(9, "tea"), put_in(9, "pot")], {"tea": 1, "pot": 1}),
        ([store(0, "tea"), taken_out(1, "tea"), put_in(2, "tea", 3)], {"tea": 3}),
        ([store(0, "tea", "tea"), taken_out(1, "tea", quantity=1)], {"tea": 1}),
        ([store(0), put_in(1, "tea")], {"tea": 1}),
        ([put_in(0, "pot"), looked(1, "tea"), put_in(20, "cup")], {"tea": 1, "cup": 1}),
        ([looked(1, "tea"), store(2, "pot")], {"pot": 1}),
        ([put_in(0, "tea"), looked(1)], {}),
    ],
    ids=[
        "more is put in",
        "what came before is in it already",
        "both tell of one addition",
        "taken out and put in again",
        "two lines of one product",
        "an emptied one is filled",
        "what was looked at counts",
        "the store's word is newer",
        "nothing was there",
    ],
)
def test_a_whole_cart_and_what_changed_since(events, lines):
    """Later changes are added to it; the echo of one that is in it already is not."""
    assert lies_in(*events) == lines


def test_an_echo_is_no_change():
    """So the store's own telling stands, with its name and its time."""
    document = customer(store(0, "tea"), put_in(9, "tea", cart_id="of the browser"))
    assert carts.present(document) is document["cart"]


def test_whose_name_a_cart_bears():
    """The browser's; else that of the store's cart, while it is open; else the addition that began it."""
    first = put_in(0)
    assert token(first, put_in(1, "pot", cart_id="c"), put_in(2, "cup")) == "c"
    assert token(store(0, "tea"), put_in(20, "pot", cart_id="c")) == "c"
    assert token(store(0, "tea"), put_in(20, "pot")) == "t"
    assert token(first, put_in(1, "pot"), taken_out(2)) == first.id
    assert token(first, looked(1, "tea"), put_in(2, "pot")) == first.id
    assert token(put_in(-2), store(-1), first, put_in(1)) == first.id


def test_who_looks_at_the_stores_cart_leaves_its_name_and_way_back():
    """As long as it is open: after an order it is another one."""
    link = "https://fernleaf.example/cart"
    found = carts.present(customer(store(0, "tea", url=link), looked(30, "tea", "pot")))
    assert found and (found["token"], found.get("url"), len(found["lines"])) == ("t", link, 2)
    found = carts.present(customer(store(0, "tea", url=link), ordered(NOON + hours(1)), looked(90, "pot")))
    assert found and found["token"] != "t" and "url" not in found


def test_a_cart_known_by_nothing_but_what_lies_in_it():
    """The same things are the same cart whenever they are looked at."""
    assert token(looked(0, "tea", "pot")) == token(looked(600, "pot", "tea")) != token(looked(0, "tea"))
    assert token(looked(0, "tea", "pot"), taken_out(1, "pot"))


def test_two_carts_of_two_names_are_two():
    """That of a name told last counts, with all that was put into it."""
    a: dict[str, Any] = {"cart_id": "a"}
    b: dict[str, Any] = {"cart_id": "b"}
    assert lies_in(put_in(0, "tea", **a), put_in(1, "pot", **b), put_in(2, "cup", **a)) == {
        "tea": 1,
        "cup": 1,
    }
    assert lies_in(put_in(0, "tea", **a), store(1, "tea", token="a"), put_in(20, "pot", **b)) == {"pot": 1}


def test_an_order_ends_a_cart():
    """What is put in after it is another one, whatever was told of the old one some minutes later."""
    order, later = ordered(NOON + hours(1)), put_in(90, "pot")
    assert carts.present(customer(put_in(0), order)) is None
    assert lies_in(put_in(0), order, later) == {"pot": 1}
    assert lies_in(store(0, "tea"), order, store(65, "tea"), later) == {"pot": 1}
    assert token(store(0, "tea"), order, later) == later.id


def test_a_long_pause_ends_a_cart():
    """Nobody knows what became of it, so a new addition begins a new one; it may be written about again."""
    later = put_in(60 * 24 * 31, "pot")
    for before in (put_in(0), store(0, "tea"), looked(0, "tea")):
        assert (lies_in(before, later), token(before, later)) == ({"pot": 1}, later.id)


def test_only_the_newest_changes_are_kept():
    """So a document stays small, whoever goes on pressing."""
    document = told(new("c"), [put_in(n) for n in range(3 * carts.KEPT)])
    assert len(document["cart_changes"]) == carts.KEPT


def test_what_a_visitor_put_in_is_theirs_when_they_turn_out_to_be_a_customer():
    """Either way round, with what they saw; an event that both know of counts once."""
    shared, device = put_in(1, "pot"), (Identity(Kind.ANONYMOUS, "d"),)
    visitor = told(new("v"), [put_in(0, identities=device), shared, looked(2, "tea", "pot")])
    known = told(new("c"), [shared, put_in(3, "cup")])
    one, other = absorb(known, visitor), absorb(visitor, known)
    for key in ("cart_changes", "cart_viewed"):
        assert one[key] == other[key]
    assert carts.present(one) == carts.present(other)
    assert len(one["cart_changes"]) == 3


pieces = st.tuples(st.booleans(), st.sampled_from(["tea", "pot", "cup"]), st.integers(1, 3))


@given(st.lists(pieces, max_size=carts.KEPT), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_cart_is_what_was_put_in_less_what_was_taken_out(changes, random):
    """However its events arrive; and no product is ever below nothing."""
    events, expected = [], Counter[str]()
    for minute, (is_in, product, quantity) in enumerate(changes):
        if is_in:
            events.append(put_in(minute, product, quantity))
            expected[product] += quantity
        else:
            events.append(taken_out(minute, product, quantity=quantity))
            expected[product] = max(0, expected[product] - quantity)
    random.shuffle(events)
    document: Customer = new("c")
    for each in events + events:
        document = apply(document, each)
    found = carts.present(document)
    lines = {line["product_id"]: line["quantity"] for line in found["lines"]} if found else {}
    assert lines == +expected
