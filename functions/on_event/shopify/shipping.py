"""Shopify's parcels: whether an order has arrived, told of its parcel or of what happened to it on the way."""

from __future__ import annotations

from typing import Any

from on_event import reading

TIMES = ("happened_at", "updated_at", "created_at")
_ARRIVED = "delivered"


def arrived(resource: dict[str, Any]) -> str | None:
    """The id of the order, if this says that a parcel of it was handed over."""
    told = (resource.get("shipment_status"), resource.get("status"))
    return reading.identifier(resource.get("order_id")) if _ARRIVED in told else None
