"""The ledger: what went in must be found again, once, and every message must have ended in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from infra.soak.cloud import SoakCloud
from infra.soak.life import Truth
from perennial.customer import Customer
from perennial.folding import orders
from perennial.messaging.outbox import Status
from perennial.people.identities import Kind
from perennial.ports.providers import Mail
from perennial.times import stamp

_LATER = "9"  # behind every stamp


class Row(NamedTuple):
    """One line of the closing table. It balances when both sides are equal."""

    what: str
    expected: int
    found: int

    @property
    def difference(self) -> int:
        """0 when it balances."""
        return self.found - self.expected


@dataclass(slots=True)
class _Messages:
    """By how they ended: ids."""

    sent: set[str]
    unconfirmed: set[str]
    skipped: set[str]
    unsettled: int = 0


class Ledger:
    """Watches what is planned and accepted while the soak runs, and adds it up in the end."""

    def __init__(self, cloud: SoakCloud) -> None:
        self._cloud = cloud
        self._planned: set[str] = set()
        self._accepted: Counter[str] = Counter()
        self._after_a_no = 0
        self._noes: dict[str, str] = {}
        self._watch()

    def _watch(self) -> None:
        documents, mailer = self._cloud.world.documents, self._cloud.world.mailer
        save, claim, send = documents.save, documents.claim, mailer.send

        def saved(customer: Customer) -> Customer:
            put = save(customer)
            self._planned.update(customer["outbox"])
            return put

        def claimed(customer: Customer, *others: Any, **named: Any) -> Customer:
            put = claim(customer, *others, **named)
            self._planned.update(customer["outbox"])
            return put

        arrival = mailer.on_arrival

        def accepted(mail: Mail) -> None:
            arrival(mail)
            self._accepted[mail.tags["message_id"]] += 1
            self._judge(mail)
            mailer.sent.clear()  # nobody reads them, and a month of mails fills the memory

        documents.save, documents.claim = saved, claimed  # type: ignore[method-assign]
        mailer.on_arrival = accepted
        self._send = send

    def said_no(self, customer_id: str, *, at_once: bool) -> None:
        """The page answered that they are unsubscribed; not at_once: that it will be so, since it goes by the queue."""
        self._noes.setdefault(customer_id, stamp(self._cloud.now) if at_once else _LATER)

    def _judge(self, mail: Mail) -> None:
        """A mail that was claimed after the no was known is one too many."""
        no = self._noes.get(mail.tags["customer_id"])
        if no is None:
            return
        [customer] = self._cloud.world.documents.load([mail.tags["customer_id"]]).values()
        entry = customer["outbox"].get(mail.tags["message_id"])
        self._after_a_no += entry is None or entry.get("claimed_at", "") > no

    def rows(self, truth: Truth) -> Iterator[Row]:
        """The closing table."""
        world = self._cloud.world
        customers = list(world.documents.scan())
        known = [each for each in customers if each["identities"].get(Kind.STORE)]
        items = sum(self._of_the_shop(each["id"]) for each in known)
        messages = _messages(known)
        ended = messages.sent | messages.unconfirmed | messages.skipped
        yield Row("customers", truth.customers, len(known))
        yield Row("events on timelines, each once", truth.events, items)
        yield Row("orders in documents", truth.orders.total(), sum(map(orders.count, known)))
        yield Row("customers with wrong orders", 0, self._wrong_orders(known, truth))
        yield Row("messages that ended", len(self._planned), len(ended & self._planned))
        yield Row("messages still under way", 0, messages.unsettled)
        yield Row("messages accepted twice", 0, sum(1 for times in self._accepted.values() if times > 1))
        yield Row(
            "accepted, and neither sent nor unconfirmed",
            0,
            len(self._accepted.keys() - messages.sent - messages.unconfirmed),
        )
        yield Row("called sent, and never accepted", 0, len(messages.sent - self._accepted.keys()))
        yield Row("accepted after a no", 0, self._after_a_no)
        yield Row("unsubscribed customers who are not", 0, self._still_subscribed(customers))
        yield Row("dead letters", 0, sum(len(queue.dead) for queue in self._cloud.queues.values()))
        yield Row("rejected events", 0, len(world.rejected.bodies))

    @property
    def figures(self) -> dict[str, int]:
        """How much there was of everything."""
        return {"messages": len(self._planned), "accepted": self._accepted.total(), "noes": len(self._noes)}

    def _of_the_shop(self, customer_id: str) -> int:
        sources = ("segment", "shopify")
        return sum(item["source"] in sources for item in self._cloud.world.timeline.read(customer_id))

    def _wrong_orders(self, known: list[Customer], truth: Truth) -> int:
        return sum(
            orders.count(each) != truth.orders[int(each["identities"][Kind.STORE][0]) - 1000]
            for each in known
        )

    def _still_subscribed(self, customers: list[Customer]) -> int:
        return sum(
            customer["consent"]["email"]["state"] == "subscribed"
            for customer in customers
            if customer["id"] in self._noes
        )


def _messages(customers: list[Customer]) -> _Messages:
    found = _Messages(set(), set(), set())
    by_status = {
        Status.SENT: found.sent,
        Status.UNCONFIRMED: found.unconfirmed,
        Status.SKIPPED: found.skipped,
    }
    for customer in customers:
        found.unsettled += len(customer["outbox"])
        for message in customer["settled"]:
            by_status[Status(message["status"])].add(message["id"])
    return found
