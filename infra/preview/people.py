"""A sample made of a customer: what a template would say to them today."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from infra.desk.people import find
from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.deciding.steps import sends
from perennial.errors import PerennialError
from perennial.folding import orders
from perennial.messaging.messages import Planned
from perennial.ports.world import World
from perennial.rendering.names import Needs, names_of, wanted
from perennial.shop import Shop

ROUTE = "samples/"  # of the desk, below /_local/
_NAMES = ("customer", "event", "items", "recommendations", "cart", "order")
_LISTS = ("items", "recommendations")
_SHOWN = 6
_NOBODY = "Nobody is known by {}. Try the e-mail address, or the store's customer id."


def sample_of(world: World, text: str, template: str) -> dict[str, Any] | None:
    """The customer behind any identity in the shape of a sample, as JSON takes it; None for nobody.

    Facts and products are those of the newest occurrence of a campaign that uses the template. Where there was none, the
    sample says nothing of the event, and its products are what the customer looked at and bought.
    """
    customer = find(world, text)
    if customer is None:
        return None
    shop = world.shop()
    entry, is_real = _entry(customer, _users(shop, template))
    products = world.catalogue.load(wanted(customer, entry, shop, Needs()))
    campaign = shop.campaigns.get(entry["campaign"]) or next(iter(shop.campaigns.values()))
    names = names_of(customer, campaign, entry, products, world.clock(), shop)
    kept = {name: names[name] if names[name] or name in _LISTS else None for name in _NAMES}
    if not is_real:
        del kept["event"]
    plain: dict[str, Any] = json.loads(json.dumps(kept, default=_written))
    return plain


def from_desk(desk: str, text: str, template: str) -> dict[str, Any]:
    """The same, asked of a desk that runs on this machine. PerennialError for nobody, and when no desk answers."""
    address = f"{desk}/_local/{ROUTE}{quote(text, safe='')}?{urlencode({'template': template})}"
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 - an address of this machine
            found: dict[str, Any] = json.load(answer)
    except URLError as error:
        if getattr(error, "code", None) == 404:
            raise PerennialError(_NOBODY.format(text)) from error
        remedy = "Start it with `perennial dev`, or name a stack with --stack."
        raise PerennialError(f"No desk answers at {desk}. {remedy}") from error
    return found


def from_world(world: World, text: str, template: str) -> dict[str, Any]:
    """The same, of a stack. PerennialError for nobody."""
    found = sample_of(world, text, template)
    if found is None:
        raise PerennialError(_NOBODY.format(text))
    return found


def _users(shop: Shop, template: str) -> dict[str, Campaign]:
    """The campaigns that send it. A release may name its edition too ("browse/reminder@3f2a")."""
    stem = template.partition(".")[0]
    return {
        campaign.id: campaign
        for campaign in shop.campaigns.values()
        if stem in {name.partition("@")[0] for step in sends(campaign.steps) for name in step.templates}
    }


def _entry(customer: Customer, campaigns: Mapping[str, Campaign]) -> tuple[Planned, bool]:
    """What stands in for an outbox entry, and whether it is about something that happened."""
    entered = [
        (enrollment["entered_at"], campaign, enrollment["facts"])
        for campaign, subjects in customer["enrollments"].items()
        if campaign in campaigns
        for enrollment in subjects.values()
    ]
    if not entered:
        return Planned(campaign="", facts=_without_occurrence(customer)), False  # type: ignore[typeddict-item]  # as below
    _, campaign, facts = max(entered, key=lambda each: each[0])
    return Planned(campaign=campaign, facts=facts), True  # type: ignore[typeddict-item]  # all that is read of it


def _without_occurrence(customer: Customer) -> dict[str, Any]:
    """What they looked at, the newest first, then what they bought; and their last order."""
    viewed = [view["product_id"] for view in reversed(customer["views"])]
    bought = [line["product_id"] for order in reversed(customer["orders"]) for line in order["lines"]]
    last = orders.last(customer)
    facts: dict[str, Any] = {"products": list(dict.fromkeys([*viewed, *bought]))[:_SHOWN]}
    return facts | ({"order": last["id"]} if last else {})


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot stand in a sample")
