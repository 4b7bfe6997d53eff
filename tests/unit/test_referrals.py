"""Referral codes: where they are found, and that a reward comes once whatever happens in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from on_event.segment import orders as segment_orders
from on_event.shopify import orders as shopify_orders
from on_event.woocommerce import orders as woocommerce_orders
from perennial import rewarding
from perennial.errors import Conflict
from perennial.events import OrderStatus
from perennial.folding.absorb import absorb
from perennial.folding.refunds import joined
from perennial.insight import referrals
from perennial.people.identities import Identity, Kind
from perennial.times import stamp
from tests import making
from tests.making import NOON, days, order, ordered, signed_up
from tests.stage import Stage

CODE = "REF-7QK2M4XNPT5VA3WZB6CD"
AT = stamp(NOON)
LINE = {"product_id": 1, "quantity": 1, "price": "10.00"}


@pytest.mark.parametrize(
    "told",
    [
        {"discount_codes": [{"code": "SPRING"}, {"code": CODE.lower()}]},
        {"note_attributes": [{"name": "ref", "value": CODE}]},
        {"landing_site": f"/products/tea?utm_source=x&ref={CODE}&page=2"},
    ],
)
def test_shopify_orders_carry_it(told: dict[str, object]) -> None:
    """As a discount, as a note of the cart, or in the page by which the friend came in."""
    resource = {"id": 1, "currency": "GBP", "line_items": [LINE], **told}
    found = shopify_orders.order_of(resource, trusted=True, placed_at=AT, updated_at=AT, told=None)
    assert found["referral"] == CODE


@pytest.mark.parametrize(
    "told",
    [
        {"coupon_lines": [{"code": CODE.lower()}]},
        {
            "meta_data": [
                {"key": "_wc_order_attribution_session_entry", "value": f"https://shop.example/?ref={CODE}"}
            ]
        },
    ],
)
def test_woocommerce_orders_carry_it(told: dict[str, object]) -> None:
    """As a coupon, or in the page by which the friend came in."""
    resource = {"currency": "GBP", "line_items": [LINE], "status": "processing", **told}
    assert woocommerce_orders.order_of(resource, "1", AT, AT)["referral"] == CODE


def test_of_segment_a_servers_word_is_believed_alone() -> None:
    """A browser may name any coupon."""
    given = {"coupon": CODE, "total": 10, "currency": "GBP"}
    assert segment_orders.order_of(given, "1", AT, OrderStatus.OPEN, trusted=True)["referral"] == CODE
    assert "referral" not in segment_orders.order_of(given, "1", AT, OrderStatus.OPEN, trusted=False)


def test_what_only_looks_like_one_is_none() -> None:
    """Part of a longer word, and things that are no texts."""
    assert referrals.code_in(["PREF-ABC", "REF-", None, 5, "xREF-A"]) is None


def test_a_code_leads_to_its_customer() -> None:
    """And to nobody else."""
    customer_id = "c7qk2m4xnpt5va3wzb6cd"
    assert referrals.code_of(customer_id) == CODE
    assert referrals.owner_of(CODE) == customer_id


def test_an_order_keeps_the_code_whatever_is_told_of_it_later() -> None:
    """Of several tellings, in any order."""
    first, later = order("o1", NOON), order("o1", NOON, updated_at=NOON + days(1))
    first["referral"] = CODE
    assert joined(first, later)["referral"] == joined(later, first)["referral"] == CODE


def _friends(stage: Stage) -> str:
    """Ada, and a friend who ordered with her code a window ago; the friend's document id."""
    stage.record(signed_up(NOON), ordered(NOON, order_id="a1"))
    code = referrals.code_of(stage.customer()["id"])
    friend = ordered(NOON, order_id="f1", of={"referral": code})
    stage.record(replace(friend, identities=(Identity(Kind.STORE, "2"),)))
    stage.now = NOON + days(15)
    return stage.customer("2")["id"]


def _told(stage: Stage) -> int:
    return stage.timeline().count("customer_referred")


def test_a_crash_after_the_telling_tells_nobody_twice() -> None:
    """The friend's document was not put: the next sweep repeats it, and the same event changes nothing."""
    stage = Stage()
    friend_id = _friends(stage)
    friend = stage.world.documents.load([friend_id])[friend_id]
    save = stage.world.documents.save

    def fails_for_the_friend(customer):
        if customer["id"] == friend_id:
            raise Conflict("crashed")
        return save(customer)

    stage.world.documents.save = fails_for_the_friend
    with pytest.raises(Conflict):
        rewarding.reward(stage.world, friend, stage.now)
    stage.world.documents.save = save
    assert _told(stage) == 1
    stage.sweep()
    assert _told(stage) == 1
    assert stage.customer("2")["referred"]["outcome"] == "told"
    assert "look_at" not in stage.customer("2")["referred"]
    happened = [key for key in stage.customer()["happened"] if key.startswith("customer_referred:")]
    assert len(happened) == 1


def test_it_wakes_when_the_window_ends() -> None:
    """Nothing else has to happen to the friend."""
    stage = Stage()
    _friends(stage)
    assert stage.customer("2")["wake_at"] == stamp(NOON + days(14))
    stage.sweep()
    assert _told(stage) == 1


def test_what_two_documents_of_one_person_know_is_joined() -> None:
    """Who was thanked for stays thanked for."""
    one, other = making.customer(ordered(NOON)), making.customer(ordered(NOON))
    other["id"] = "c2"
    one["referred"] = {"code": CODE, "order": "o1", "look_at": stamp(NOON)}
    other["referred"] = {"code": CODE, "order": "o2", "outcome": "told"}
    assert absorb(one, other)["referred"]["outcome"] == "told"
