"""One customer's past, replayed: orders are folded, what is due is decided when it would have been, and counts as sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from infra.forecasting.book import Person
from perennial.apply import fold
from perennial.campaigns import Campaign
from perennial.customer import new
from perennial.deciding.remembering import remembering
from perennial.events import ConsentEvidence, Event, Line, Name, Order
from perennial.messaging import outbox
from perennial.messaging.messages import Planned
from perennial.messaging.outbox import Status
from perennial.people.identities import Identity, Kind, short_id
from perennial.plan import plan_in_place
from perennial.shop import Shop
from perennial.times import stamp

MOST_LOOKS = 2_000  # at one customer; far more than any sensible campaign needs
_STEP = timedelta(minutes=1)  # the sweep runs each minute
_NOON = time(12)  # when orders of a day are taken to be placed
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Message:
    """One that would have gone out. products: of a reminder; of each, the chance of a purchase soon as it was judged.

    surety: of a winback, the chance that they are lost; else 0.
    """

    customer: str
    at: datetime
    step: str
    channel: str
    subject: str
    products: dict[str, float]
    surety: float = 0.0


def replay(name: str, person: Person, shop: Shop, campaign: Campaign, first: int, last: int) -> list[Message]:
    """What that campaign would have sent this customer from the first day to the last one."""
    return list(_Replay(name, person, shop, campaign).run(first, last))


class _Replay:
    def __init__(self, name: str, person: Person, shop: Shop, campaign: Campaign) -> None:
        self._name, self._person, self._shop, self._campaign = name, person, shop, campaign
        self._document = new(short_id("customer", "store", name))
        self._ordered = 0

    def run(self, first: int, last: int) -> Iterator[Message]:
        self._fold(_signed_up(self._name, self._person.days[0]))
        while self._next_order() < _at(first, time()):
            self._order()
        now, end = _at(first, time()), _at(last + 1, time())
        while now < end:
            next_order = self._next_order()
            with remembering(self._document):  # until they order again
                yield from self._looks(now, min(end, next_order))
            now = next_order
            if now < end:
                self._order()

    def _looks(self, now: datetime, end: datetime) -> Iterator[Message]:
        for _ in range(MOST_LOOKS):
            planned = plan_in_place(self._document, self._shop, now)
            for message in planned.queue:
                yield self._told(self._document["outbox"][message], now)
                outbox.settle(self._document, message, Status.SENT, now)
            wake = now if planned.queue else planned.decision.wake
            if wake is None or wake >= end:
                return
            now = max(wake, now + _STEP)
            if now >= end:
                return

    def _next_order(self) -> datetime:
        days = self._person.days
        return _at(days[self._ordered], _NOON) if self._ordered < len(days) else _LATEST

    def _order(self) -> None:
        self._fold(_order(self._name, self._person, self._ordered, self._shop.settings.currency))
        self._ordered += 1

    def _fold(self, event: Event) -> None:
        fold(self._document, event)
        self._document["ids"] = {}  # the file is read once: nothing of it comes a second time

    def _told(self, entry: Planned, now: datetime) -> Message:
        products: dict[str, float] = {}
        if self._campaign.kind == "replenishment":
            inside = self._document["enrollments"][self._campaign.id]
            products = {
                product: inside[product]["facts"].get("chance_within_14_days", 0.0)
                for product in entry["facts"]["products"]
                if product in inside
            }
        surety = float(entry["facts"].get("chance_lost", 0.0))
        return Message(self._name, now, entry["step"], entry["channel"], entry["subject"], products, surety)


def _at(day: int, clock: time) -> datetime:
    return datetime.combine(date.fromordinal(day), clock, UTC)


def _signed_up(name: str, day: int) -> Event:
    """Everybody in the file may be written to: whom a campaign would reach is asked, not who agreed."""
    at = _at(day, time())
    address = f"{short_id('address', name)}@example.com"
    said = ConsentEvidence(state="subscribed", at=stamp(at), source="backtest")
    properties = {"traits": {"email": address}, "consent": {"email": said}}
    return _event(Name.CUSTOMER_CREATED, name, at, properties)


def _order(name: str, person: Person, number: int, currency: str) -> Event:
    at = _at(person.days[number], _NOON)
    products = person.products[number]
    total = round(100 * person.values[number])
    order = Order(
        id=f"{number}",
        placed_at=stamp(at),
        updated_at=stamp(at),
        status="paid",
        total=max(0, total),
        currency=currency,
        trusted=True,
        lines=[Line(product_id=each, quantity=1, price=0) for each in products],
    )
    return _event(Name.ORDER_COMPLETED, name, at, {"order": order})


def _event(kind: Name, name: str, at: datetime, properties: dict[str, object]) -> Event:
    return Event(
        id=f"{kind}:{stamp(at)}",
        name=kind,
        occurred_at=at,
        received_at=at,
        source="backtest",
        trusted=True,
        identities=(Identity(Kind.STORE, name),),
        properties=properties,
        sent_at=at,
    )
