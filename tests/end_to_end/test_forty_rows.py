"""Forty hostile or broken requests, each the whole way: what is answered, what it leaves behind, and that life goes on.

The single doors and translators have deeper tests of most rows in tests/unit/on_event.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from pytest_socket import disable_socket

from infra.desk.desk import CONTENT, Desk
from infra.desk.gateway import Response
from infra.desk.keys import Keys
from tests.end_to_end import rows_of_clients, rows_of_stores
from tests.end_to_end.hostile import START, Left, Row, order, shopify
from tests.end_to_end.storefront import SHOP

ROWS = sorted([*rows_of_stores.ROWS, *rows_of_clients.ROWS], key=lambda row: row.number)
BUYER = {"id": 99, "email": "c99@example.com"}


@pytest.fixture(scope="module")
def one_shops_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """It takes webhooks of one Shopify shop only. One campaign is enough, and quickly published."""
    content = tmp_path_factory.mktemp("shop") / "content"
    shutil.copytree(
        CONTENT, content, ignore=shutil.ignore_patterns("confirmation*", "replenishment*", "winback*")
    )
    with Desk(content=content, keys=Keys(shopify_domain=SHOP), start=START) as desk:
        yield desk
        assert desk.permissions.missing == []  # what roles do not allow


@pytest.fixture
def desk(one_shops_desk: Desk) -> Desk:
    """Nobody is known, and no request of anybody may lead to one of ours: whatever opens a socket fails."""
    one_shops_desk.reset()
    disable_socket()
    return one_shops_desk


def test_each_of_the_forty_is_here() -> None:
    """None was forgotten, and none is invented."""
    assert {row.number for row in ROWS} == set(range(1, 41))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number:02}-{row.title.replace(' ', '-')}")
def test_row(row: Row, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Status and effect; nothing else stays; nothing is logged as an error; the next buyer is served as ever."""
    answers = [each.to(desk) for each in row.sent]
    assert {answer.status for answer in answers} == {row.status}
    check_dead_letters(desk, row.left)
    check_rejected(answers[-1], row.left)
    if row.left.shown:
        check_mail(desk, row.left)
    check_customers(desk, row.left)
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []
    assert shopify(order(id=1, customer=BUYER), shopify_event_id="buyer").to(desk).status == 200
    assert at(desk.customer("c99@example.com"), "document.orders_count") == 1


def check_dead_letters(desk: Desk, left: Left) -> None:
    reasons = [letter["reason"] for letter in desk.dead_letters()]
    assert len(reasons) == len(left.letters), reasons
    assert all(words in reason for words, reason in zip(left.letters, reasons, strict=True)), reasons


def check_rejected(answer: Response, left: Left) -> None:
    said = json.loads(answer.body)
    assert tuple(each["code"] for each in said.get("rejected", [])) == left.rejected
    if answer.status >= 400:
        assert said["message"]


def check_mail(desk: Desk, left: Left) -> None:
    desk.advance("1d")
    [mail] = desk.outbox()
    # A subject is no HTML: there a tag is text like any other.
    assert all(words in mail["html"] for words in left.shown), mail["html"]
    assert not any(words in mail["html"] for words in left.hidden), mail["html"]


def check_customers(desk: Desk, left: Left) -> None:
    everybody = [customer["id"] for customer in desk.world.documents.scan() if "merged_into" not in customer]
    assert len(everybody) == bool(left.who)
    if left.who:
        found = desk.customer(left.who)
        assert tuple(event["name"] for event in at(found, "timeline")) == left.timeline
        assert at(found, "document.orders_count") == left.orders
        assert {path: at(found, path) for path in left.holds} == dict(left.holds)


def at(found: Any, path: str) -> Any:
    """The value behind a path such as `document.orders.0.total`."""
    return reduce(lambda value, key: value[int(key) if key.isdigit() else key], path.split("."), found)
