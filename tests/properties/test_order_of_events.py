"""The document is a function of what happened, not of how it was told."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.apply import apply
from perennial.customer import Customer, new
from perennial.events import Cart, ConsentEvidence, ConsentState, Event, Line, Name, OrderStatus
from perennial.folding import carts as all_carts
from perennial.folding.orders import OPEN
from perennial.people.identities import Identity, Kind, short_id
from perennial.times import stamp
from tests.making import NOON, order
from tests.stage import Stage

PRODUCTS = ("tea", "cup", "filter")
minutes = st.integers(0, 60 * 24 * 40).map(lambda number: NOON + timedelta(minutes=number))
ORDERS = tuple(
    f"o{n}" for n in range(8)
)  # fewer than stay open: the window in which everything may still change


MAYBE_A_BROWSER = (
    Name.PRODUCT_VIEWED,
    Name.IDENTIFIED,
    Name.CART_REQUESTED,
    Name.PRODUCT_ADDED,
    Name.PRODUCT_REMOVED,
    Name.CART_VIEWED,
    "page_viewed",
    "workshop_booked",
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event of one customer; equal draws are copies of one event."""
    at = draw(minutes)
    told = (views(at), order_tellings(at), consents(at), traits(), carts(at), parcels(), own_events())
    name, properties = draw(st.one_of(*told))
    trusted = draw(st.booleans()) if name in MAYBE_A_BROWSER else True
    device = draw(st.sampled_from([(), (Identity(Kind.ANONYMOUS, "d"),)]))
    sent_at = draw(st.sampled_from([at, None]))
    return Event(
        id=short_id("test", name, stamp(at), repr((properties, trusted, device, sent_at))),
        name=name,
        occurred_at=at,
        received_at=at,
        source="test",
        trusted=trusted,
        identities=(Identity(Kind.STORE, "1"), *device),
        properties=properties,
        sent_at=sent_at,
    )


def views(at):
    return st.sampled_from(PRODUCTS).map(lambda product: (Name.PRODUCT_VIEWED, {"product_id": product}))


def order_tellings(at):
    names = st.sampled_from(
        [
            Name.ORDER_COMPLETED,
            Name.ORDER_PAID,
            Name.ORDER_UPDATED,
            Name.ORDER_CANCELLED,
            Name.ORDER_FULFILLED,
        ]
    )
    return st.builds(
        lambda name, number, products, status, later: (
            name,
            {
                "order": order(
                    ORDERS[number],
                    NOON + timedelta(days=number),
                    *products,
                    updated_at=NOON + timedelta(days=number, minutes=later),
                    status=status,
                )
            },
        ),
        names,
        st.integers(0, len(ORDERS) - 1),
        st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=3),
        st.sampled_from(list(OrderStatus)).map(str),
        st.integers(0, 5),
    )


def consents(at):
    return st.builds(
        lambda channel, state, said: (
            Name.CONSENT_CHANGED,
            {"consent": {channel: ConsentEvidence(state=state, at=stamp(said), source="test")}},
        ),
        st.sampled_from(["email", "sms"]),
        st.sampled_from(list(ConsentState)).map(str),
        minutes,
    )


def traits():
    values = st.dictionaries(
        st.sampled_from(["first_name", "email", "timezone"]), st.sampled_from(["a", "b", "c"]), min_size=1
    )
    return values.map(lambda said: (Name.IDENTIFIED, {"traits": said}))


def carts(at):
    """Told as a whole, with a name or by who only looked, and piece by piece."""

    def whole(name, token, products):
        lines = [Line(product_id=each, quantity=1, price=100) for each in products]
        nameless = name == Name.CART_VIEWED
        return name, {
            "cart": Cart(token="" if nameless else token, at=stamp(at), currency="GBP", lines=lines)
        }

    def piece(name, product, quantity, named):
        return name, {"product_id": product, "quantity": quantity, **named}

    return st.one_of(
        st.builds(
            whole,
            st.sampled_from([Name.CART_UPDATED, Name.CHECKOUT_STARTED, Name.CART_VIEWED]),
            st.sampled_from(["k1", "k2"]),
            st.lists(st.sampled_from(PRODUCTS), max_size=2),
        ),
        st.builds(
            piece,
            st.sampled_from([Name.PRODUCT_ADDED, Name.PRODUCT_REMOVED]),
            st.sampled_from(PRODUCTS),
            st.integers(1, 3),
            st.sampled_from([{}, {"cart_id": "k1"}]),
        ),
    )


def parcels():
    """What is told of an order apart from it, and of products that come by themselves."""
    arrived = st.sampled_from(ORDERS).map(lambda order_id: (Name.ORDER_DELIVERED, {"order_id": order_id}))
    subscribed = st.builds(
        lambda name, product: (name, {"product_id": product}),
        st.sampled_from([Name.SUBSCRIPTION_STARTED, Name.SUBSCRIPTION_CANCELLED]),
        st.sampled_from(PRODUCTS),
    )
    return st.one_of(arrived, subscribed)


def own_events():
    """Events that are remembered one by one."""
    restocked = st.sampled_from(PRODUCTS).map(lambda each: (Name.PRODUCT_RESTOCKED, {"product_id": each}))
    page = st.sampled_from(["a", "b"]).map(lambda each: ("page_viewed", {"path": f"/{each}", "title": each}))
    booked = st.integers(1, 3).map(lambda seats: ("workshop_booked", {"seats": seats}))
    return st.one_of(restocked, page, booked, st.just((Name.CART_REQUESTED, {})))


def facts(customer: Customer) -> dict[str, object]:
    """The document without its bookkeeping: what a marketer, a gate or a trigger can see, and the cart by all of it.

    Of the stage its name: since when, and what was before, is the memory of when somebody looked.
    """
    bookkeeping = ("version", "wake_at", "ids", "floor", "enrollments", "outbox", "settled", "lifecycle")
    seen = {key: value for key, value in customer.items() if key not in bookkeeping}
    stage = customer.get("lifecycle", {}).get("stage", {}).get("name")
    return {**seen, "stage": stage, "present cart": all_carts.present(customer)}


@given(st.lists(events(), max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_order_and_any_repetition_fold_to_the_same_document(happened, random):
    """Views, orders, consent, traits and carts, shuffled and repeated."""
    told = happened + random.choices(happened, k=len(happened)) if happened else []
    random.shuffle(told)
    one, other = new("c"), new("c")
    for event in happened:
        one = apply(one, event)
    for event in told:
        other = apply(other, event)
    assert facts(one) == facts(other)


@given(st.lists(events(), min_size=1, max_size=12, unique_by=lambda event: event.id), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_batching_and_redelivery_records_the_same_document_and_timeline(happened, data):
    """The whole way through `record`, in batches of any size, some delivered twice."""
    plain, troubled = Stage(), Stage()
    plain.record(*happened)
    told = data.draw(st.permutations(happened))
    while told:
        size = data.draw(st.integers(1, len(told)))
        batch, told = told[:size], told[size:]
        for _ in range(data.draw(st.integers(1, 2))):
            assert troubled.record(*batch) == []
    assert facts(plain.customer()) == facts(troubled.customer())
    assert sorted(plain.timeline()) == sorted(troubled.timeline())


@given(st.integers(OPEN + 1, 2 * OPEN), st.integers(1, 45))
@settings(max_examples=40, deadline=None)
def test_closing_orders_changes_no_total_and_no_rhythm(number, gap):
    """Counts, spend, purchase days and gaps are the same, wherever the window ends."""
    from perennial.folding import orders

    document = new("c")
    for n in range(number):
        told = order(f"n{n}", NOON + timedelta(days=gap * n), "tea")
        orders.fold(document, told)
    assert len(document["orders"]) == OPEN
    assert orders.count(document) == number
    assert orders.spent(document) == {"GBP": 900 * number}
    gaps = orders.gaps_between(document)
    bought = orders.purchases(document)["tea"]
    assert bought.bought == number
    assert gaps.number == bought.gaps.number == number - 1
    assert abs(bought.gaps.log_sum - gaps.log_sum) < 1e-9
    assert abs(2.718281828459045 ** (gaps.log_sum / gaps.number) - gap) < 1e-6
