"""WooCommerce webhooks, received and recorded: what becomes of the customer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perennial.adapters.memory import MemoryWorld
from perennial.customer import Customer
from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from tests.unit.on_event.sending import Json, fixture
from tests.unit.on_event.sending_woocommerce import customer, deliver, shop, ticking_shop, woo_webhook


def order(**changes: Any) -> Json:
    """Noor's order."""
    return fixture("woocommerce/order_created") | changes


def sent(topic: str, content: Any, **headers: str) -> Json:
    """A signed delivery."""
    return woo_webhook(topic, json.dumps(content).encode(), **headers)


def noor(at: MemoryWorld) -> Customer:
    """As recorded."""
    return customer(at, Kind.STORE, "83")


def noor_after(*requests: Json) -> Customer:
    """As recorded after the webhooks, each in a batch of its own."""
    at = shop()
    for each in requests:
        deliver(at, each)
    return noor(at)


def test_one_order_told_by_all_its_topics_is_one_order() -> None:
    """Created while unpaid, paid, completed, and all of it in one batch or in several."""
    told = [
        sent(
            "order.created",
            order(status="pending", date_paid_gmt=None, date_modified_gmt="2026-03-02T08:15:00"),
        ),
        sent("order.updated", order()),
        sent("order.updated", order(status="completed", date_modified_gmt="2026-03-03T08:00:00")),
    ]
    at = shop()
    deliver(at, *told, *reversed(told))
    for document in (noor(at), noor_after(*told), noor_after(*reversed(told))):
        assert (orders.count(document), orders.spent(document)) == (1, {"EUR": 3680})
        assert set(orders.purchases(document)) == {"311", "320"}
        assert document["orders"][0]["updated_at"] == "2026-03-03T08:00:00.000Z"


def test_what_waits_at_the_payment_page_is_no_purchase() -> None:
    """It counts once it is paid, and no more once that failed."""
    unpaid = sent("order.created", order(status="pending", date_paid_gmt=None))
    failed = sent("order.updated", order(status="failed", date_modified_gmt="2026-03-02T09:00:00"))
    assert orders.count(noor_after(unpaid)) == 0
    assert "order_completed" not in noor_after(unpaid)["seen"]
    assert orders.count(noor_after(unpaid, sent("order.updated", order()))) == 1
    assert orders.count(noor_after(unpaid, failed)) == 0


def test_an_older_update_changes_nothing() -> None:
    """Webhooks come in any order."""
    newer = sent("order.updated", order(status="cancelled", date_modified_gmt="2026-03-04T00:00:00"))
    assert orders.count(noor_after(newer, sent("order.created", order()))) == 0


def test_a_refund_lowers_what_the_order_counts_for() -> None:
    """A part of it the money, the whole of it the order; told again with every update, it counts once."""
    part = order(refunds=[{"id": 1, "total": "-6.80"}], date_modified_gmt="2026-03-04T00:00:00")
    later = part | {"date_modified_gmt": "2026-03-04T01:00:00"}
    document = noor_after(
        sent("order.created", order()), sent("order.updated", part), sent("order.updated", later)
    )
    assert (orders.count(document), orders.spent(document)) == (1, {"EUR": 3000})
    whole = part | {"refunds": [{"id": 1, "total": "-6.80"}, {"id": 2, "total": "-30.00"}]}
    assert orders.count(noor_after(sent("order.updated", whole))) == 0
    by_status = order(status="refunded", date_modified_gmt="2026-03-04T00:00:00")
    assert orders.count(noor_after(sent("order.created", order()), sent("order.updated", by_status))) == 0


def test_a_refund_that_was_undone_is_forgotten() -> None:
    """The newest list is the whole one, in whatever order the lists come."""
    told = [
        sent(
            "order.updated",
            order(refunds=[{"id": 1, "total": "-6.80"}], date_modified_gmt="2026-03-04T00:00:00"),
        ),
        sent("order.updated", order(refunds=[], date_modified_gmt="2026-03-04T02:00:00")),
    ]
    for document in (noor_after(*told), noor_after(*reversed(told))):
        assert orders.spent(document) == {"EUR": 3680}


def test_into_the_bin_and_back_and_in_again() -> None:
    """A deleted order counts no more, a restored one does again, though all its bodies are the same."""
    at = ticking_shop()
    deliver(at, sent("order.created", order()))
    counted = []
    for number, (topic, content) in enumerate(
        [("order.deleted", {"id": 5120}), ("order.restored", order())] * 2
    ):
        deliver(at, sent(topic, content, delivery_id=f"d-{number}"))
        counted.append(orders.count(noor(at)))
    assert counted == [0, 1, 0, 1]


def test_a_deletion_that_comes_before_its_order_holds() -> None:
    """The older telling does not bring it back."""
    assert orders.count(noor_after(sent("order.deleted", {"id": 5120}), sent("order.updated", order()))) == 0


def test_a_guest_who_opens_an_account_is_one_customer() -> None:
    """The address, told by the shop itself, joins the two."""
    at = shop()
    deliver(at, sent("order.created", order(customer_id=0)))
    deliver(at, sent("customer.created", fixture("woocommerce/customer_created")))
    assert orders.count(noor(at)) == 1
    assert customer(at, Kind.EMAIL, "noor.haddad@garden.example")["id"] == noor(at)["id"]


def test_guests_are_not_one_customer_because_they_share_the_number_nought() -> None:
    """Two guests stay two."""
    at = shop()
    for number, address in enumerate(("a@b.example", "c@d.example")):
        deliver(at, sent("order.created", order(id=6000 + number, customer_id=0, billing={"email": address})))
    ids = {customer(at, Kind.EMAIL, address)["id"] for address in ("a@b.example", "c@d.example")}
    assert len(ids) == 2
    assert at.documents.owners([Identity(Kind.STORE, "0")]) == {}


def test_a_deleted_product_is_not_shown_again() -> None:
    """Neither for an order that names it nor for an older update, even where nothing else is known of it."""
    at = shop()
    deliver(at, sent("product.deleted", {"id": 311}))
    deliver(
        at, sent("order.created", order()), sent("product.updated", fixture("woocommerce/product_updated"))
    )
    product = at.catalogue.load(["311"])["311"]
    assert (product["available"], product["title"]) == (False, "Seed tray \N{EN DASH} 24 cells")


def test_a_product_out_of_the_bin_is_shown_again() -> None:
    """Only that takes a deletion back."""
    at = ticking_shop()
    deliver(at, sent("product.deleted", {"id": 311}))
    deliver(at, sent("product.restored", fixture("woocommerce/product_updated")))
    assert at.catalogue.load(["311"])["311"]["available"] is True


@pytest.mark.parametrize(
    "content",
    [
        {"code": "woocommerce_rest_cannot_view", "message": "no", "data": {"status": 401}},
        {"action": "woocommerce_add_to_cart", "arg": 1},
    ],
)
def test_signed_and_not_understood_is_kept_with_its_reason(content: Json) -> None:
    """Answered 200, put into the dead letters as it came, and no customer is touched."""
    at = shop()
    deliver(at, sent("action.any" if "action" in content else "order.updated", content))
    assert len(at.rejected.bodies) == 1 and at.rejected.reasons[0]
    assert at.documents._bodies == {}


_TIMES = st.integers(0, 4).map(lambda hour: f"2026-03-03T0{hour}:00:00")
_TELLINGS = st.one_of(
    st.just(("order.deleted", {"id": 5120})),
    st.tuples(
        st.sampled_from(["order.created", "order.updated", "order.restored"]),
        st.builds(
            lambda at, status, refunds: order(date_modified_gmt=at, status=status, refunds=refunds),
            _TIMES,
            st.sampled_from(
                ["pending", "failed", "on-hold", "processing", "completed", "cancelled", "refunded"]
            ),
            st.lists(
                st.builds(
                    lambda number, total: {"id": number, "total": total},
                    st.integers(1, 3),
                    st.sampled_from(["-1.00", "-20.00", "-36.80"]),
                ),
                max_size=2,
                unique_by=lambda each: str(each["id"]),
            ),
        ),
    ),
)


@given(st.lists(_TELLINGS, min_size=1, max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_tellings_of_an_order_may_come_in_any_order(
    told: list[tuple[str, Json]], data: st.DataObject
) -> None:
    """Updates, refunds, cancellations and deletions shuffled and repeated are one order with one worth."""
    webhooks = [sent("order.created", order()), *(sent(topic, content) for topic, content in told)]
    shuffled = data.draw(
        st.permutations([*webhooks, *data.draw(st.lists(st.sampled_from(webhooks), max_size=3))])
    )
    one, other = noor_after(*webhooks), noor_after(*shuffled)
    assert one["orders"] == other["orders"]
    assert (orders.count(one), orders.spent(one)) == (orders.count(other), orders.spent(other))
