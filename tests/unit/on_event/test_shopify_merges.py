"""Staff merge two customers in Shopify, and its webhook says so."""

from __future__ import annotations

import pytest

from perennial.errors import Unintelligible
from perennial.people.identities import Kind
from tests.unit.on_event.sending import Json, shopify

MERGE: Json = {
    "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/7012345678901234567",
    "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/83",
    "admin_graphql_api_job_id": None,
    "status": "completed",
    "errors": [],
}


def test_both_ids_are_one_customers() -> None:
    """Signed evidence, with nothing personal in it."""
    [event] = shopify("customers/merge", MERGE).events
    assert (event.name, event.trusted, event.properties) == ("customers_merged", True, {})
    assert event.identities == ((Kind.STORE, "7012345678901234567"), (Kind.STORE, "83"))


@pytest.mark.parametrize("status", ["requested", "in_progress", "failed", "FAILED"])
def test_what_did_not_happen_changes_nothing(status: str) -> None:
    """Understood, and nothing to keep: a refused merge leaves two customers."""
    translation = shopify("customers/merge", MERGE | {"status": status})
    assert (translation.events, translation.rejected) == ([], [])


@pytest.mark.parametrize(
    "change",
    [
        {"status": "done"},
        {"status": None},
        {"admin_graphql_api_customer_kept_id": None},
        {"admin_graphql_api_customer_kept_id": 83},
        {"admin_graphql_api_customer_deleted_id": "gid://shopify/Order/83"},
        {"admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/0"},
        {"admin_graphql_api_customer_deleted_id": MERGE["admin_graphql_api_customer_kept_id"]},
    ],
)
def test_what_is_not_clear_is_put_before_the_operator(change: Json) -> None:
    """Nobody is merged by a guess."""
    with pytest.raises(Unintelligible):
        shopify("customers/merge", MERGE | change)
