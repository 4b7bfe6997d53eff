"""What follows from a document is worked out once while it is decided about, and never kept longer."""

from __future__ import annotations

from threading import Thread

from perennial.deciding.remembering import remembering
from perennial.folding import orders
from tests.making import NOON, customer, days, ordered, told


def two_orders():
    """One a month ago, one today."""
    return customer(ordered(NOON - days(30), order_id="a"), ordered(NOON, order_id="b"))


def test_inside_the_block_an_answer_is_kept():
    """Whoever asks again gets the very same one, also in a block inside the block."""
    document = two_orders()
    with remembering(document):
        first = orders.purchases(document)
        with remembering(document):
            assert orders.purchases(document) is first
        assert orders.purchases(document) is first


def test_outside_of_it_every_answer_is_fresh():
    """So a document that changed is never answered for by its past."""
    document = two_orders()
    with remembering(document):
        assert orders.count(document) == 2
    document["orders"].pop()
    assert orders.count(document) == 1
    with remembering(document):
        assert orders.count(document) == 1


def test_another_document_is_not_mistaken_for_it():
    """Nor is the first forgotten, once the block about the other ends."""
    document = two_orders()
    more = told(document, [ordered(NOON + days(30), order_id="c")])
    with remembering(document):
        first = orders.gaps_between(document)
        assert orders.count(more) == 3
        with remembering(more):
            assert orders.count(document) == 2
        assert orders.gaps_between(document) is first


def test_each_thread_remembers_for_itself():
    """One that decides beside this one has its own documents."""
    document, found = two_orders(), []
    with remembering(document):
        first = orders.purchases(document)
        beside = Thread(target=lambda: found.append(orders.purchases(document)))
        beside.start()
        beside.join()
    assert found[0] == first
    assert found[0] is not first
