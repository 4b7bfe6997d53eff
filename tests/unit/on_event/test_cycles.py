"""How long a product lasts, by the merchant's own word, wherever that stands."""

from __future__ import annotations

from typing import Any

import pytest

from on_event.cycles import cycle_of, days_of
from on_event.shopify.products import product_of as of_shopify
from on_event.woocommerce.products import product_of as of_woocommerce
from tests.unit.on_event.test_orders_file import TERMS, told

AT = "2026-03-02T12:00:00.000Z"


@pytest.mark.parametrize(
    ("tags", "days"),
    [
        (["tea", "cycle:45"], 45),
        ([" Cycle: 30 days "], 30),
        (["cycle:30d"], 30),
        (["cycle:0", "cycle:9999"], None),
        (["bicycle:45", "cycle", "cycle:soon", None, 45], None),
    ],
)
def test_tags(tags: list[Any], days: int | None) -> None:
    """Only a tag that says nothing else is one."""
    assert cycle_of(None, tags) == days


def test_a_field_comes_before_a_tag() -> None:
    """And one that says no number of days is passed over."""
    fields = [{"key": "colour", "value": 10}, {"key": "cycle_days", "value": "60"}]
    assert cycle_of(fields, ["cycle:45"]) == 60
    assert cycle_of([{"key": "cycle_days", "value": "two months"}], ["cycle:45"]) == 45


@pytest.mark.parametrize("given", ["", None, "0", -3, 1.5, "1e9", True, [], {}, "NaN"])
def test_no_number_of_days(given: Any) -> None:
    """Whatever a sender writes there."""
    assert days_of(given) is None


def test_shopify() -> None:
    """Tags are one text; metafields come where the webhook asks for them."""
    product = {"id": 1, "title": "Tea"}
    assert of_shopify(product | {"tags": "tea, cycle:45"}, "", None, AT)["cycle_days"] == 45
    fields = [{"namespace": "custom", "key": "cycle_days", "value": 30}]
    assert of_shopify(product | {"tags": "cycle:45", "metafields": fields}, "", None, AT)["cycle_days"] == 30
    assert "cycle_days" not in of_shopify(product | {"tags": ["cycle:45"], "metafields": "no"}, "", None, AT)


def test_woocommerce() -> None:
    """Tags have names; custom fields stand in meta_data."""
    product = {"name": "Tea"}
    tagged = product | {"tags": [{"id": 1, "name": "cycle:45"}, "cycle:1"]}
    assert of_woocommerce(tagged, "1", None, AT)["cycle_days"] == 45
    fields = [{"id": 1, "key": "_cycle_days", "value": "30"}]
    assert of_woocommerce(tagged | {"meta_data": fields}, "1", None, AT)["cycle_days"] == 30


def test_the_orders_file() -> None:
    """A column of its own; what cannot be read there costs nothing else of the line."""
    header = "customer,ts,order_id,product,category,qty,value,cycle_days"
    found = told(
        "1,2026-01-05,A1,tea,Tea,1,5,45", "2,2026-01-05,A2,cup,Cups,1,9,soon", header=header, terms=TERMS
    )
    cycles = {product["id"]: product.get("cycle_days") for product in found.products}
    assert cycles == {"tea": 45, "cup": None}
    assert [(each.line, each.reason, each.rejected) for each in found.remarks] == [
        (3, "cycle_days could not be read and was left out", False)
    ]
    assert len(found.events) == 2
