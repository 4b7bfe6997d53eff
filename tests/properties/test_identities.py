"""Customers sign in, share addresses and devices, are merged and erased, in any order, and functions die on the way.

In the end everything that leads anywhere leads to a document that is stored and takes events, and what nobody asked to be
forgotten is on a timeline, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from perennial.people.identities import KNOWN, Identity, Kind
from perennial.people.merging import GRACE
from tests.properties.crowd import ADDRESSES, EVERYTHING, MINUTE, POINTERS, STORES, Crowd, check


def one_customer(who: Sequence[Identity]) -> list[Identity]:
    """Whoever tells of a view or an order names one customer of the store; only a merge names two."""
    stores = [each for each in who if each.kind == Kind.STORE]
    return [each for each in who if each not in stores[1:]]


some = st.lists(st.sampled_from(EVERYTHING), min_size=1, max_size=4, unique=True).map(one_customer)
known = st.lists(st.sampled_from((*STORES, *ADDRESSES)), min_size=1, max_size=3, unique=True).map(
    one_customer
)
acts = st.one_of(
    st.tuples(st.just("view"), some),
    st.tuples(st.just("buy"), some),
    st.tuples(st.just("buy"), known),
    st.tuples(st.just("erase"), known),
    st.tuples(st.just("merge"), st.permutations(STORES).map(lambda ids: ids[:2])),
)
batches = st.tuples(
    st.lists(acts, min_size=1, max_size=4),
    st.sampled_from([timedelta(0), MINUTE, GRACE + MINUTE]),  # until it is recorded
    st.integers(0, 30),  # the call at which it dies, if there are so many
    st.sampled_from(["before", "after"]),
)

NOW = timedelta(0)
S1, S2, S3 = STORES
ADA, BEN, PHONE = ADDRESSES
LAPTOP, _, CART, CART_TWO = POINTERS


def calmly(*acts: tuple[str, list[Identity]]) -> tuple[Any, ...]:
    """A batch recorded at once, of which nobody dies."""
    return list(acts), NOW, 0, "before"


TROUBLES = [  # what once lost something, went in circles, or took two customers for one
    [calmly(("view", [S1])), ([("view", [S1, S2]), ("view", [S2])], NOW, 7, "after")],
    [
        calmly(("view", [S1])),
        calmly(("view", [S2]), ("view", [S3]), ("view", [S3, S2]), ("merge", [S2, S3])),
    ],
    [calmly(("buy", [ADA])), calmly(("buy", [S1, ADA]), ("buy", [S2, ADA]))],
    [calmly(("view", [CART_TWO])), calmly(("view", [S1, CART_TWO]), ("view", [S2, CART_TWO]))],
    [
        calmly(("view", [LAPTOP])),
        ([("view", [S1]), ("view", [LAPTOP, BEN]), ("view", [LAPTOP, S1, BEN])], NOW, 10, "after"),
    ],
    [
        calmly(("view", [S1]), ("view", [S2])),
        calmly(("merge", [S1, S2])),
        ([("view", [LAPTOP]), ("erase", [S1])], NOW, 1, "before"),
        calmly(("merge", [S2, S1]), ("view", [LAPTOP, S1])),
    ],
    [
        calmly(("view", [S1]), ("view", [S2])),
        calmly(("view", [CART_TWO]), ("merge", [S1, S2])),
        ([("erase", [S1])], NOW, 1, "before"),
        calmly(("view", [S2, CART_TWO])),
    ],
    [
        calmly(("view", [S3]), ("view", [LAPTOP]), ("merge", [S2, S1])),
        calmly(("merge", [S1, S3])),
        ([("erase", [S1])], NOW, 1, "before"),
        calmly(("view", [LAPTOP, S2])),
    ],
    [
        ([("view", [S2]), ("erase", [S3])], NOW, 1, "before"),
        ([("view", [S3, CART_TWO]), ("merge", [S2, S3]), ("view", [S1, CART_TWO])], NOW, 7, "after"),
    ],
    [
        calmly(("view", [ADA, CART])),
        calmly(("view", [S1, CART])),
        ([("view", [CART]), ("erase", [ADA])], NOW, 1, "before"),
        calmly(("view", [CART, S2])),
    ],
]


def each_of(cases: Sequence[Any]) -> Callable[[Any], Any]:
    """Examples that are tried each time."""

    def decorate(test: Any) -> Any:
        for case in cases:
            test = example(case)(test)
        return test

    return decorate


@each_of(TROUBLES)
@given(st.lists(batches, min_size=1, max_size=8))
@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_merged_and_erased_everybody_is_still_recognised(told):
    """No pointer leads nowhere, no event is lost or doubled, nothing of somebody erased is left, and life goes on."""
    crowd = Crowd()
    for doings, wait, call, side in told:
        batch = [crowd.event(act, who) for act, who in doings]
        crowd.stage.now += wait
        crowd.record(batch, call, side)
    crowd.settle()
    check(crowd)
    for identity in EVERYTHING:
        crowd.stage.now += MINUTE
        crowd.record([crowd.event("buy" if identity.kind in KNOWN else "view", [identity])], 0, "")
    crowd.settle()
    check(crowd)
