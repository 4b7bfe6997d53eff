"""Looking one customer up by whatever the one who asks knows of them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from perennial.customer import Customer
from perennial.deciding.explain import explain
from perennial.events import ConsentState
from perennial.insight.lifecycle import facts
from perennial.insight.profile import profile
from perennial.outlook.foreseeing import foresee
from perennial.outlook.past import as_of
from perennial.people import merging
from perennial.people.identities import Identity, Kind
from perennial.ports.data import TimelineItem
from perennial.ports.documents import NOBODY
from perennial.ports.world import World
from perennial.shop import Shop
from perennial.times import stamp

_SEPARATORS = re.compile(r"[\s().-]")


def look_up(world: World, text: str, now: datetime, at: datetime | None = None) -> dict[str, Any] | None:
    """`document`, `explanation`, `standing` and `timeline` of the customer behind any identity, or our own id.

    None for nobody. at: another time to explain than now: before it what had happened by then, after it what would happen
    if the customer did nothing.
    """
    customer = find(world, text)
    if customer is None:
        return None
    shop, timeline = world.shop(), world.timeline.read(customer["id"])
    then = _then(customer, timeline, shop, now, at) if at else customer
    return {
        "document": _document(customer, shop.settings.currency),
        "explanation": explain(then, shop, at or now),
        "standing": facts(then, shop, at or now),
        "timeline": timeline,
    }


def _then(
    customer: Customer, timeline: list[TimelineItem], shop: Shop, now: datetime, at: datetime
) -> Customer:
    if at < now:
        return as_of(customer, timeline, at)
    return foresee(customer, shop, now, at).customer


def find(world: World, text: str) -> Customer | None:
    """The customer behind any identity, or our own id; None for nobody."""
    documents, text = world.documents, text.strip()
    identities = [Identity(kind, _normal(kind, text)) for kind in Kind]
    owners = documents.owners(identities)
    ids = [owners[each] for each in identities if owners.get(each, NOBODY) != NOBODY] or [text]
    end = merging.end(world, ids[0])
    return documents.load([end]).get(end)


def _normal(kind: Kind, text: str) -> str:
    if kind is Kind.EMAIL:
        return text.lower()
    return _SEPARATORS.sub("", text) if kind is Kind.PHONE else text


def _document(customer: Customer, currency: str) -> dict[str, Any]:
    """The stored document, with the names marketers use; a channel nobody spoke of is not subscribed."""
    names = {name: _plain(value) for name, value in profile(customer, currency).items()}
    silent = {channel: {"state": ConsentState.NOT_SUBSCRIBED.value} for channel in ("email", "sms")}
    return {**customer, **names, "consent": {**silent, **customer["consent"]}}


def _plain(value: Any) -> Any:
    return stamp(value) if isinstance(value, datetime) else value
