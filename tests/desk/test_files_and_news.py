"""The desk with the real template and functions: a file in the bucket, and news of a product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.desk.desk import Desk
from infra.desk.gateway import Request, Response
from infra.desk.local import Local
from tests.desk.test_real_stack import MONDAY, track, webhook

CSV = b"""customer,ts,order_id,product,category,qty,value,email
7001,2026-10-01,T1,61,Tea,1,8.50,ann.visitor@example.com
7001,2026-11-01,T2,61,Tea,2,17.00,ann.visitor@example.com
7002,2026-11-01,T3,61,Tea,none,17.00,
"""
TEA: dict[str, Any] = {
    "id": 61,
    "title": "Oolong",
    "status": "active",
    "published_at": "2026-01-01T00:00:00Z",
}


@pytest.fixture(scope="module")
def one_desk() -> Iterator[Desk]:
    """One for all tests here."""
    with Desk(start=MONDAY) as desk:
        yield desk


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    """Empty, with the content live."""
    one_desk.reset()
    return one_desk


def drop(desk: Desk, name: str, content: bytes) -> Response:
    """Put it into the bucket, and deliver what S3 tells EventBridge of it."""
    bucket = desk.template.buckets["ContentBucket"].name
    put = desk.client("s3").put_object(Bucket=bucket, Key=f"imports/{name}", Body=content)
    detail = {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": f"imports/{name}", "size": len(content), "version-id": put["VersionId"]},
        "reason": "PutObject",
    }
    event = {
        "version": "0",
        "id": "2d4eba74-fd51-3966-4bfa-b013c9da8ff1",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": desk.now.isoformat(),
        "detail": detail,
    }
    return Local(desk)(Request("POST", "/_local/events", {}, json.dumps(event).encode()))


def timeline(desk: Desk, identity: str = "7001") -> list[str]:
    found = desk.customer(identity)
    return [item["name"] for item in found["timeline"]] if found else []


def told(desk: Desk, at: str, *, price: str, stock: int) -> int:
    """The store's webhook on the tea."""
    variants = [{"price": price, "inventory_quantity": stock}]
    return webhook(desk, "products/update", TEA | {"updated_at": at, "variants": variants})


def test_a_file_in_the_bucket_becomes_orders_and_a_report(desk: Desk) -> None:
    """Once, however often it is dropped; what was not taken stands in the report, with its reason."""
    assert drop(desk, "till.csv", CSV).status == 200
    assert drop(desk, "till.csv", CSV).status == 200
    found = desk.customer("7001")
    assert found and found["document"]["orders_count"] == 2
    assert timeline(desk).count("order_completed") == 2
    summary = json.loads(desk.world.blobs.get("reports/imports/till.json"))
    assert (summary["state"], summary["orders"], summary["rejected"]) == ("finished", 2, 1)
    assert b"4,qty 'none' is no whole number of pieces" in desk.world.blobs.get("reports/imports/till.csv")
    assert not desk.dead_letters()


def test_news_of_a_product_reach_who_watches_it(desk: Desk) -> None:
    """Through the real queues: back in stock and cheaper, on the timeline of a customer who had wished for it."""
    webhook(desk, "customers/create", {"id": 7001, "email": "ann.visitor@example.com"})
    told(desk, "2026-11-23T14:00:00Z", price="8.50", stock=0)
    track(desk, "Product Added to Wishlist", {"product_id": "61"})
    told(desk, "2026-11-23T14:30:00Z", price="7.50", stock=3)
    names = timeline(desk)
    assert (names.count("product_restocked"), names.count("price_dropped")) == (1, 1)
    told(desk, "2026-11-23T14:30:00Z", price="7.50", stock=3)
    assert sorted(timeline(desk)) == sorted(names) and not desk.dead_letters()
