"""Who watches which product: customers who viewed it or asked to be told, for two months and a little more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from perennial.customer import Customer, View, is_anonymous
from perennial.events import Change, Event, Name
from perennial.people.identities import short_id
from perennial.times import moment, stamp

WATCHED_FOR = timedelta(days=60)  # at least; from the newest view
BEGINNING = timedelta(
    days=2
)  # after a campaign went live: the pass over everybody then, and a night in case that failed
PERIOD = timedelta(days=15)  # within one of these, further views of a product cost no write
SOURCE = "catalogue"
_START = datetime(2000, 1, 1, tzinfo=UTC)


def watched(customer: Customer, events: Iterable[Event], now: datetime) -> dict[str, datetime]:
    """Products that these events, already folded, make the customer watch, and until when.

    Judged by the document and the event alone, so that an event which is delivered again says the same. Nothing for a
    visitor, to whom nobody can write.
    """
    if is_anonymous(customer):
        return {}
    told = (event for event in events if _begins_watch(customer, event))
    return _latest(((event.properties["product_id"], event.occurred_at) for event in told), now)


def watched_by_views(views: Iterable[View], now: datetime) -> dict[str, datetime]:
    """Products that a visitor had viewed who turned out to be a customer, and until when they watch them."""
    return _latest(((view["product_id"], moment(view["at"])) for view in views), now)


def watched_from_now(customer: Customer, since: datetime | None, now: datetime) -> dict[str, datetime]:
    """What a customer had viewed before the first campaign told watchers of news, and until when they watch it.

    since: when that went live. Nothing for a visitor, nor once that is some days past.
    """
    if since is None or now - since > BEGINNING or is_anonymous(customer) or "merged_into" in customer:
        return {}
    return watched_by_views(customer["views"], now)


def told_to(customers: Sequence[str], change: Change, received_at: datetime) -> list[Event]:
    """One event for each who watches.

    Its id is that of the change: two documents that became one customer are told once.
    """
    at = moment(change["at"])
    properties = {name: value for name, value in change.items() if name not in ("kind", "at")}
    return [
        Event(
            id=short_id("watch", change["product_id"], change["kind"], change["at"]),
            name=change["kind"],
            occurred_at=at,
            received_at=received_at,
            source=SOURCE,
            trusted=True,
            properties=properties,
            sent_at=at,
            customer_id=customer_id,
        )
        for customer_id in customers
    ]


def watched_product(name: str, properties: Mapping[str, Any]) -> str | None:
    """The product that an event of this name may make a customer watch."""
    return properties.get("product_id") if name in (Name.PRODUCT_WISHED, Name.PRODUCT_VIEWED) else None


def _begins_watch(customer: Customer, event: Event) -> bool:
    if not watched_product(event.name, event.properties):
        return False
    return event.name == Name.PRODUCT_WISHED or not _is_watching(customer, event)


def _is_watching(customer: Customer, event: Event) -> bool:
    """Another view of it was the first of this period, or is of a later one."""
    began = _began(event.occurred_at)
    since, until = stamp(began), stamp(began + PERIOD)
    own = (stamp(event.occurred_at), event.id)
    return any(
        view["at"] >= until or (view["at"] >= since and (view["at"], view["id"]) < own)
        for view in customer["views"]
        if view["product_id"] == event.properties["product_id"]
    )


def _latest(seen: Iterable[tuple[str, datetime]], now: datetime) -> dict[str, datetime]:
    until: dict[str, datetime] = {}
    for product_id, at in seen:
        end = _began(at) + PERIOD + WATCHED_FOR
        if end > now:
            until[product_id] = max(end, until.get(product_id, end))
    return until


def _began(at: datetime) -> datetime:
    return _START + (at - _START) // PERIOD * PERIOD
