"""Where a customer stands in their life with the shop: stage, group, tier and segments, from the facts in the document.

Pure. `plan` calls `reclassify` before it decides, so an order shows at once, and the nightly pass does it for everybody,
since time alone moves people too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perennial.customer import Customer, is_anonymous
from perennial.events import Name
from perennial.folding import orders
from perennial.insight import loyalty
from perennial.insight.profile import Known
from perennial.insight.rfm import Standing, standing
from perennial.insight.segments import memberships
from perennial.insight.standing import Lifecycle, Rfm, Stage, StageName
from perennial.shop import Shop
from perennial.times import stamp

ADVOCATES = (Name.PRODUCT_REVIEWED, Name.CUSTOMER_REFERRED)  # speaking well of the shop to others
_ON_THE_WAY = (Name.PRODUCT_ADDED, Name.CART_UPDATED, Name.CHECKOUT_STARTED, Name.CHECKOUT_UPDATED)


def reclassify(draft: Customer, shop: Shop, now: datetime) -> None:
    """Bring `lifecycle` up to date, changing it only where it says something new. Nobody anonymous stands anywhere."""
    if is_anonymous(draft):
        return
    held = draft.get("lifecycle", Lifecycle())
    found = Lifecycle(**held)
    found["stage"] = _stage(draft, held.get("stage"))
    here = standing(draft, shop.tables.rfm, shop.settings.currency, now)
    if here is not None:
        found["rfm"] = _rfm(here, held.get("rfm"), now)
    elif "rfm" in found:
        del found["rfm"]
    _loyalty(draft, shop, found, now)
    if found != held:
        draft["lifecycle"] = found
    _segments(draft, shop, now)


def _loyalty(draft: Customer, shop: Shop, found: Lifecycle, now: datetime) -> None:
    held = found.pop("tier", None)
    if shop.loyalty is None:
        return
    tier = loyalty.tiered(draft, shop.loyalty, shop.settings.currency, now, held)
    if tier is not None:
        found["tier"] = tier


def _segments(draft: Customer, shop: Shop, now: datetime) -> None:
    """Last, since their conditions may name all the others."""
    standing_ = draft["lifecycle"]
    held = standing_.get("segments", {})
    found = {}
    if shop.segments:
        known = Known(draft, shop.settings.currency)
        found = memberships(draft, shop.segments, known, held, now)
    if found != held:
        draft["lifecycle"] = Lifecycle(**{**standing_, "segments": found})


def _stage(customer: Customer, held: Stage | None) -> Stage:
    name, since, fact = stage_of(customer)
    if held is not None and held["name"] == name:
        return held
    return Stage(name=name, since=since, previous=held["name"] if held else "", fact=fact)


def stage_of(customer: Customer) -> tuple[StageName, str, str]:
    """The stage, the stamp of the fact that led there, and the fact in words."""
    placed = orders.first_and_last(customer)
    if placed is None:
        at, name = _last_seen(customer, _ON_THE_WAY)
        if at:
            return "acquisition", at, f"no order yet, {name}"
        return "reach", min(customer["seen"].values(), default=""), "no order and no cart yet"
    at, name = _last_seen(customer, ADVOCATES)
    if at:
        return "advocacy", at, name
    if orders.count(customer) > 1:
        return "retention", orders.placed(customer, 2) or placed[1], "ordered again"
    return "development", placed[0], "ordered for the first time"


def _last_seen(customer: Customer, names: tuple[str, ...]) -> tuple[str, str]:
    return max((customer["seen"].get(name, ""), str(name)) for name in names)


def _rfm(here: Standing, held: Rfm | None, now: datetime) -> Rfm:
    scores = here.scores or (0, 0, 0)
    moved = held is None or held["group"] != here.group
    return Rfm(
        recency=scores[0],
        frequency=scores[1],
        monetary=scores[2],
        group=here.group,
        since=stamp(now) if held is None or moved else held["since"],
        previous=(held["group"] if held else "") if held is None or moved else held["previous"],
    )


def facts(customer: Customer, shop: Shop, now: datetime) -> dict[str, Any]:
    """What put the customer there, for people: JSON. Empty for an anonymous visitor."""
    if is_anonymous(customer):
        return {}
    held = customer.get("lifecycle", Lifecycle())
    stage = _stage(customer, held.get("stage"))
    here = standing(customer, shop.tables.rfm, shop.settings.currency, now)
    placed = orders.first_and_last(customer)
    return {
        "stage": dict(stage),
        "rfm": dict(_rfm(here, held.get("rfm"), now)) if here else None,
        "tier": dict(held["tier"]) if "tier" in held else None,
        "segments": sorted(name for name, each in held.get("segments", {}).items() if each["inside"]),
        "facts": {
            "orders": orders.count(customer),
            "spent": dict(orders.spent(customer)),
            "last_order_at": placed[1] if placed else None,
        },
    }
