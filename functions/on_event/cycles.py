"""The merchant's own word on how long a product lasts: a field of the product, or a tag such as `cycle:45`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from on_event import reading

FIELDS = frozenset({"cycle_days", "_cycle_days"})  # WordPress hides fields that begin with an underscore
LONGEST = 1095  # days
_TAG = re.compile(r"cycle\s*:\s*(\d{1,4})\s*(?:d|days?)?", re.IGNORECASE)


def cycle_of(fields: Any, tags: Iterable[Any]) -> int | None:
    """Days, the field's before a tag's; None where neither says a number of them.

    fields: Shopify's `metafields` or WooCommerce's `meta_data`, each with `key` and `value`.
    """
    told = (field.get("value") for field in reading.mappings(fields) if field.get("key") in FIELDS)
    tagged = (match[1] for tag in tags if isinstance(tag, str) and (match := _TAG.fullmatch(tag.strip())))
    return next((days for each in (*told, *tagged) if (days := days_of(each))), None)


def days_of(given: Any) -> int | None:
    """A whole number of days from 1 to LONGEST."""
    days = reading.quantity(given)
    return days if days is not None and days <= LONGEST else None
