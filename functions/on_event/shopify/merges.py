"""Two customers of a Shopify shop became one: staff merged them, and Shopify deleted one of the two ids."""

from __future__ import annotations

import re
from typing import Any

from on_event import reading
from on_event.shopify.delivery import Webhook
from on_event.translation import Translation
from perennial.errors import Unintelligible
from perennial.events import Name
from perennial.people.identities import Identity, Kind

_KEPT, _DELETED = "admin_graphql_api_customer_kept_id", "admin_graphql_api_customer_deleted_id"
_DONE = "completed"
_NOT_DONE = frozenset({"requested", "in_progress", "failed"})
_CUSTOMER = re.compile(r"gid://shopify/Customer/([0-9]+)")


def merged(webhook: Webhook) -> Translation:
    """The store's own word that both ids are one person; nothing while, or when, the merge was not carried out."""
    status = str(webhook.resource.get("status")).lower()
    if status in _NOT_DONE:
        return Translation()
    ids = [_customer_id(webhook.resource.get(field)) for field in (_KEPT, _DELETED)]
    if status != _DONE or None in ids or ids[0] == ids[1]:
        raise Unintelligible("A merge of customers that does not say which two became one.")
    identities = [Identity(Kind.STORE, customer_id) for customer_id in ids if customer_id]
    return Translation(events=[webhook.event(Name.CUSTOMERS_MERGED, identities, {})])


def _customer_id(value: Any) -> str | None:
    found = _CUSTOMER.fullmatch(value) if isinstance(value, str) else None
    return reading.customer_identifier(found[1]) if found else None
