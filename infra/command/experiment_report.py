"""Gathers what `perennial experiment` prints, from all customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from perennial.campaigns import Campaign, Experiment
from perennial.customer import Customer, is_anonymous
from perennial.events import ConsentState, Name
from perennial.experiments.measuring import Measured, measure, planned_shares
from perennial.experiments.reading import (
    Comparison,
    Look,
    compare,
    control_of,
    look_at,
    smallest_effects,
    split,
)
from perennial.folding import orders
from perennial.messaging.attribution import Owed, attributed
from perennial.ports.data import TimelineItem
from perennial.ports.world import World
from perennial.shop import Shop
from perennial.times import after, moment, stamp


@dataclass(slots=True)
class Report:
    """What there is to say. base: the share of the audience that converts anyway, before it starts; audience: how many."""

    campaign: str
    metric: str
    look: Look
    measured: Measured
    shares: Mapping[str, float]
    audience: int
    base: float
    smallest: Mapping[str, float]
    comparisons: list[Comparison] = field(default_factory=list)
    split_p: float = 1.0
    owed: Owed = field(default_factory=Owed)


def report_on(world: World, shop: Shop, campaign: Campaign, now: datetime, *, opens: bool = False) -> Report:
    """Two passes over all customers: one to learn when it began, one for the figures of the last look."""
    wanted = campaign.experiment or Experiment()
    currency, zone = shop.settings.currency, shop.settings.timezone
    began = measure(world.documents.scan(), campaign, now, currency, zone).first_at
    if began:
        start = moment(began)
        look = look_at(start, after(start, wanted.length, zone) - start, now)
    else:
        look = Look(0, now, None)
    measured = measure(world.documents.scan(), campaign, look.at, currency, zone)
    shares = planned_shares(wanted)
    control = control_of(shares)
    audience, base = _audience(world.documents.scan(), wanted, now, zone)
    entered = measured.running + sum(arm.customers for arm in measured.arms.values())
    return Report(
        campaign=campaign.id,
        metric=wanted.metric,
        look=look,
        measured=measured,
        shares=shares,
        audience=audience,
        base=base,
        smallest=smallest_effects(shares, control, max(audience, entered), base),
        comparisons=compare(measured.arms, shares, control, look) if began else [],
        split_p=split(measured.arms, shares),
        owed=_owed(world, campaign, opens=opens),
    )


def _audience(
    customers: Iterable[Customer], wanted: Experiment, now: datetime, zone: str
) -> tuple[int, float]:
    """Whoever may be written to, and the share of them who did it in the last window without this campaign's help."""
    since, number, hits = stamp(_before(now, wanted, zone)), 0, 0
    for customer in customers:
        if is_anonymous(customer) or not _may_be_written_to(customer):
            continue
        number += 1
        hits += _did_it(customer, wanted.metric, since, stamp(now))
    return number, hits / number if number else 0.0


def _before(now: datetime, wanted: Experiment, zone: str) -> datetime:
    return now - (after(now, wanted.window, zone) - now)


def _may_be_written_to(customer: Customer) -> bool:
    return any(said["state"] == ConsentState.SUBSCRIBED for said in customer["consent"].values())


def _did_it(customer: Customer, metric: str, since: str, until: str) -> bool:
    if metric == Name.ORDER_COMPLETED:
        return any(since < order["placed_at"] <= until for order in orders.counted(customer))
    return since < customer["seen"].get(metric, "") <= until


def _owed(world: World, campaign: Campaign, *, opens: bool) -> Owed:
    found = Owed()
    for customer in world.documents.scan():
        if not customer["settled"] or not customer["orders"]:
            continue
        opened = _opened(world.timeline.read(customer["id"])) if opens else None
        for order, message in attributed(customer, opened):
            if message["campaign"] == campaign.id:
                found.add(order)
    return found


def _opened(items: Iterable[TimelineItem]) -> dict[str, str]:
    """First opens by people, by message id."""
    opened: dict[str, str] = {}
    for item in items:
        message = item["properties"].get("message_id")
        if item["name"] == Name.MESSAGE_OPENED and message and not item["properties"].get("machine"):
            opened[message] = min(item["occurred_at"], opened.get(message, item["occurred_at"]))
    return opened
