"""Samples: what templates are tried with before a customer sees them. Pure.

A sample has the shape of the names of a template, as JSON: {"customer": {...}, "event": {...}, "items": [...], ...}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from perennial.deciding.facts import facts_of
from perennial.insight import profile
from perennial.rendering import schema
from perennial.rendering.links import leads_to
from perennial.rendering.names import Links, inert, link_names, optional, presentable
from perennial.rendering.values import Fields, Items
from perennial.shop import Settings
from perennial.times import zone_of

Sample = Mapping[str, Any]
KINDS = ("full", "minimal", "hostile")
LINKS_PATH = "/links-of-a-sample"
_NOW = "2026-11-22T15:30:00+00:00"
_WORDS = re.compile(r"[^\W\d_]{2}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHAPES: Mapping[str, Any] = {
    **dict.fromkeys(("customer", "event", "cart", "order", "offer", "referral", "campaign"), dict),
    **dict.fromkeys(schema.LISTS, list),
    "now": str,
    **dict.fromkeys(KINDS, dict),
}
_CASES = frozenset(KINDS)
_CALLED: Mapping[Any, str] = {dict: "an object, in { }", list: "a list, in [ ]", str: "a text"}
_NAME = 'Zoë "Łucja" O\'Hara-Ñandú & Söhne \u202e🍵'
_TEXT = (
    "<script>alert('x')</script> {{ 7*7 }} {% raw %} \"quoted\" & 🍵 \u202eabc\u202c عربى\r\nBcc: all@evil.example "
    + "Donaudampfschifffahrtsgesellschaft" * 3
)
_LINK = 'https://evil.example/"><script>alert(1)</script>'


def general(settings: Settings) -> dict[str, Any]:
    """What stands in for whatever a sample file leaves out: a shop anywhere, and a customer of it."""
    price = {"amount": 1850, "currency": settings.currency}
    one = {
        "id": "sample-1",
        "title": "Evening Tea with Lemon Balm",
        "url": f"{settings.url}/products/evening-tea",
        "image": f"{settings.url}/pictures/evening-tea.jpg",
        "price": price,
        "category": "Tea",
    }
    two = {
        **one,
        "id": "sample-2",
        "title": "Calendula Hand Balm",
        "url": f"{settings.url}/products/hand-balm",
    }
    lines = [{**one, "quantity": 2}, {**two, "quantity": 1}]
    total = {"amount": 5550, "currency": settings.currency}
    return {
        "customer": {
            "id": "sample",
            "first_name": "Mara",
            "last_name": "Lindqvist",
            "email": "mara@example.com",
            "locale": settings.locale,
            "timezone": settings.timezone,
            "orders_count": 4,
            "total_spent": {"amount": 21400, "currency": settings.currency},
            "first_order_at": "2026-02-03T18:00:00+00:00",
            "last_order_at": "2026-10-28T18:00:00+00:00",
        },
        "event": {},
        "items": [one, two],
        "recommendations": [two, one],
        "cart": {
            "url": f"{settings.url}/cart",
            "total": total,
            "pieces": 3,
            "items": lines,
            "updated_at": _NOW,
        },
        "order": {
            "id": "1042",
            "placed_at": "2026-10-28T18:00:00+00:00",
            "total": total,
            "pieces": 3,
            "items": lines,
        },
        "now": _NOW,
    }


def unfit_sample(sample: Any) -> str | None:
    """What is wrong with the shape of a sample file, and what to do; None when nothing is."""
    if not isinstance(sample, dict):
        return 'a sample is an object: {"customer": {...}, "event": {...}}.'
    for name, value in sample.items():
        if name not in _SHAPES:
            return f"there is no '{name}' in a sample. Known are {', '.join(_SHAPES)}."
        if value is not None and not isinstance(value, _SHAPES[name]):
            return f"'{name}' must be {_CALLED[_SHAPES[name]]}. Look at the names in docs/templates.md."
        inner = (
            {key: each for key, each in (value or {}).items() if key not in _CASES} if name in _CASES else {}
        )
        if problem := unfit_sample(inner):
            return f"in '{name}', {problem}"
        if isinstance(value, list) and not all(isinstance(item, dict) for item in value):
            return f"each of '{name}' must be an object with a title."
    return None


def three(own: Sample | None, settings: Settings) -> dict[str, dict[str, Any]]:
    """The full, the minimal and the hostile sample of a template. own: what its `.sample.json` holds."""
    given = {key: value for key, value in (own or {}).items() if key not in KINDS}
    full = general(settings) | given
    cases = {"full": full, "minimal": _minimal(full), "hostile": _hostile(full)}
    return {kind: case | dict((own or {}).get(kind, {})) for kind, case in cases.items()}


def sample_links(settings: Settings, *, confirm: bool = True) -> Links:
    """Addresses that lead nowhere."""
    base = f"{settings.url}{LINKS_PATH}"
    return Links(
        unsubscribe=f"{base}/unsubscribe",
        confirm=f"{base}/confirm" if confirm else None,
        preferences=f"{base}/preferences",
        view_in_browser=f"{base}/view",
        feedback=f"{base}/feedback",
    )


def sample_names(sample: Sample, settings: Settings, links: Links) -> dict[str, Any]:
    """The names of a template, filled from a sample as the renderer fills them from a document."""
    customer = dict.fromkeys(profile.NAMES) | dict(sample.get("customer", {}))
    return {
        "customer": Fields("customer", presentable(customer)),
        "shop": Fields("shop", {name: getattr(settings, name) for name in schema.SHOP}),
        "campaign": Fields("campaign", {"id": "sample", "name": "Sample", **sample.get("campaign", {})}),
        "event": Fields("event", facts_of(inert(sample.get("event", {})))),
        "items": _items(sample.get("items", ()), settings),
        "recommendations": _items(sample.get("recommendations", ()), settings),
        **{
            name: _object(name, sample.get(name), settings) for name in ("cart", "order", "offer", "referral")
        },
        "now": datetime.fromisoformat(sample.get("now", _NOW)),
        **link_names(links),
    }


def sample_zone(sample: Sample, settings: Settings) -> str:
    """The customer's time zone, or the shop's when there is none such."""
    try:
        return zone_of(sample.get("customer", {}).get("timezone") or settings.timezone).key
    except (ZoneInfoNotFoundError, ValueError):
        return settings.timezone


def sample_product(product_id: str, sample: Sample, settings: Settings) -> Fields:
    """What `product("id")` finds: the item of that id among the sample's, else its first with another id."""
    items = [*sample.get("items", ()), *sample.get("recommendations", ()), *general(settings)["items"]]
    found = next((item for item in items if item.get("id") == product_id), items[0])
    return _item({**found, "id": product_id}, settings, schema.ITEM)


def _items(items: Iterable[Sample], settings: Settings, names: tuple[str, ...] = schema.ITEM) -> Items:
    return Items(_item(item, settings, names) for item in items)


def _item(item: Sample, settings: Settings, names: tuple[str, ...]) -> Fields:
    values = {name: item.get(name) for name in names}
    values |= {"title": inert(values["title"] or "A product"), "category": inert(values["category"])}
    values["url"] = values["url"] if leads_to(values["url"], settings.hosts) else settings.url
    if "quantity" in names:
        values["quantity"] = values["quantity"] or 1
    return Fields("item", values)


def _object(name: str, value: Sample | None, settings: Settings) -> Fields:
    if value and "items" in value:
        value = {**value, "items": _items(value["items"], settings, schema.LINE)}
    return optional(name, schema.OBJECTS[name] or (), value)


def _minimal(full: Sample) -> dict[str, Any]:
    """Nothing is known but what must be."""
    customer = full["customer"]
    known = {
        "id": customer.get("id"),
        "email": "a@example.com",
        "orders_count": customer.get("orders_count", 0),
    }
    known["total_spent"] = customer.get("total_spent")
    return {
        **full,
        "customer": known,
        "items": [_bare(item) for item in full["items"][:1]],
        "recommendations": [],
        **{name: _bare_object(full.get(name)) for name in ("cart", "order", "offer")},
    }


def _bare(item: Sample) -> dict[str, Any]:
    return {name: item[name] for name in ("id", "title", "quantity") if name in item}


def _bare_object(value: Sample | None) -> Sample | None:
    if not value:
        return None
    kept = {name: value[name] for name in ("id", "placed_at", "total", "pieces", "code") if name in value}
    return kept | ({"items": [_bare(item) for item in value["items"][:1]]} if "items" in value else {})


def _hostile(full: Sample) -> dict[str, Any]:
    """Whatever somebody can have typed in somewhere, as an enemy would; what only the shop writes stays."""
    customer = {**full["customer"], "first_name": _NAME, "last_name": _TEXT, "timezone": "../../etc/passwd"}
    return {
        **full,
        "customer": customer,
        "event": {key: _spoilt(value) for key, value in full["event"].items()},
        "items": [_spoilt_item(item) for item in full["items"]],
        "recommendations": [_spoilt_item(item) for item in full["recommendations"]],
        **{name: _spoilt_object(full.get(name)) for name in ("cart", "order")},
    }


def _spoilt(value: Any) -> Any:
    if not isinstance(value, str) or _DATE.match(value) or not _WORDS.search(value):
        return value
    return _LINK if value.startswith("http") else _TEXT


def _spoilt_item(item: Sample) -> dict[str, Any]:
    return {**item, "title": _TEXT, "url": _LINK, "image": "javascript:alert(1)", "category": _TEXT}


def _spoilt_object(value: Sample | None) -> Sample | None:
    if not value or "items" not in value:
        return value
    return {**value, "items": [_spoilt_item(item) for item in value["items"]]}
