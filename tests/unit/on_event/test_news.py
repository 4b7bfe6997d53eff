"""News of products: one event for each who watches, whatever is interrupted, and never too many at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from on_event import news
from on_event.envelope import Envelope, open_envelope, seal
from on_event.record import build
from perennial.adapters.memory_data import MemoryQueue
from perennial.adapters.memory_products import MemoryCatalogue
from perennial.events import Change
from perennial.people.identities import Identity, Kind
from perennial.times import stamp
from tests.making import NOON, browse, days, hours, price_drop, shop, signed_up, viewed
from tests.stage import Stage

LATER = NOON + hours(1)


class House:
    """`record` behind its two queues. watchers: store customers who viewed the tea."""

    def __init__(self, watchers: int = 3) -> None:
        self.stage = Stage(NOON, shop(browse(), price_drop()))
        self.world = self.stage.world
        self.watchers = [str(number) for number in range(watchers)]
        for each in self.watchers:
            who = (Identity(Kind.STORE, each),)
            self.stage.record(replace(signed_up(NOON - days(1)), identities=who))
            self.stage.record(viewed(NOON - hours(1), identities=who))
        self.tell(available=False, updated_at=NOON + hours(0.5))
        self.run()

    def tell(self, *, available: bool = True, price: str = "19.99", updated_at: Any = LATER) -> None:
        """The store's product webhook."""
        self.stage.now = max(self.stage.now, updated_at)
        quantity = 3 if available else 0
        body = {
            "id": "tea",
            "title": "Tea",
            "status": "active",
            "published_at": stamp(NOON),
            "updated_at": stamp(updated_at),
            "variants": [{"price": price, "inventory_quantity": quantity}],
        }
        headers = {"topic": "products/update", "event_id": str(updated_at), "shop": "fernleaf.example"}
        envelope = Envelope(
            "shopify", self.stage.now, trusted=True, body=json.dumps(body).encode(), headers=headers
        )
        self.world.signed_queue.put([seal(envelope, self.world)])

    def run(self, rounds: int = 60) -> int:
        """Hand out both queues until they are empty, in a new process after each that died; calls made."""
        handle = build(self.world)
        for number in range(rounds):
            queues = [each for each in (self.world.signed_queue, self.world.browser_queue) if each.bodies]
            if not queues:
                return number
            for queue in queues:
                handle = self._hand_out(queue, handle)
        raise AssertionError("it never comes to rest")

    def _hand_out(self, queue: MemoryQueue, handle: Any) -> Any:
        bodies = queue.take()
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        try:
            answer = handle({"Records": records}, None)
        except Stopped:
            MemoryQueue.put(queue, bodies)
            return build(self.world)
        failed = {int(each["itemIdentifier"]) for each in answer["batchItemFailures"]}
        MemoryQueue.put(queue, [body for number, body in enumerate(bodies) if number in failed])
        return handle

    def told(self, name: str) -> list[int]:
        """How often each watcher was told."""
        return [
            [item["name"] for item in self.world.timeline.read(self.stage.customer(each)["id"])].count(name)
            for each in self.watchers
        ]

    def untold(self) -> list[Change]:
        """Changes that nobody has in hand yet."""
        tea = self.world.catalogue.load(["tea"])["tea"]
        return MemoryCatalogue.learn(self.world.catalogue, [tea])


class Stopped(Exception):
    """The process ended here."""


def test_everybody_who_watches_is_told_once():
    """On the timeline and among the names seen, with what there is to say."""
    house = House()
    house.tell(price="14.99")
    house.run()
    assert house.told("product_restocked") == house.told("price_dropped") == [1, 1, 1]
    customer = house.stage.customer("0")
    (dropped,) = [
        each for each in house.world.timeline.read(customer["id"]) if each["name"] == "price_dropped"
    ]
    assert dropped["properties"] == {"product_id": "tea", "price": 1499, "was": 1999, "currency": "GBP"}
    assert dropped["occurred_at"] == customer["seen"]["product_restocked"] == stamp(LATER)


def test_a_webhook_delivered_again_tells_nobody_again():
    """Neither while the news are on their way nor afterwards."""
    house = House()
    house.tell()
    house.tell()
    house.run()
    house.tell()
    house.run()
    assert house.told("product_restocked") == [1, 1, 1]


def test_each_change_is_told():
    """Sold out and back again is news again."""
    house = House()
    for hour in (1, 2, 3, 4):
        house.tell(available=hour % 2 == 1, updated_at=NOON + hours(hour))
    house.run()
    assert house.told("product_restocked") == [2, 2, 2]


def test_a_flood_of_watchers_is_told_in_rounds(monkeypatch: pytest.MonkeyPatch):
    """No call tells more than its share, and the last watcher hears of it as well as the first."""
    monkeypatch.setattr(news, "AT_ONCE", 10)
    house = House(watchers=35)
    sizes: list[int] = []
    record = house.world.timeline.add

    def counted(items: Any) -> None:
        sizes.append(len(items))
        record(items)

    monkeypatch.setattr(house.world.timeline, "add", counted)
    house.tell(price="14.99")
    house.run()
    assert house.told("product_restocked") == house.told("price_dropped") == [1] * 35
    assert max(sizes) <= 10


def test_news_wait_on_the_browsers_queue():
    """Orders and consent are never behind them."""
    house = House()
    house.tell()
    build(house.world)({"Records": [{"messageId": "1", "body": house.world.signed_queue.take()[0]}]}, None)
    assert len(house.world.browser_queue.bodies) == 1 and not house.world.signed_queue.bodies


def test_one_who_cannot_be_told_holds_up_nobody(monkeypatch: pytest.MonkeyPatch):
    """Their message stays, as one of its own, and ends among the dead letters; the others' goes on."""
    monkeypatch.setattr(news, "AT_ONCE", 2)
    house = House(watchers=5)
    broken = house.stage.customer("2")
    house.world.documents.save({**broken, "seen": None})  # type: ignore[typeddict-item]
    house.tell()
    with pytest.raises(AssertionError, match="never comes to rest"):
        house.run()
    waiting = [
        json.loads(open_envelope(each, house.world.blobs).body) for each in house.world.browser_queue.bodies
    ]
    assert [each["customers"] for each in waiting] == [[broken["id"]]]
    house.watchers.remove("2")
    assert house.told("product_restocked") == [1] * 4


def test_news_that_nobody_can_read_are_rejected():
    """With a reason, like anything that cannot be understood."""
    house = House()
    house.world.browser_queue.put(
        [seal(Envelope(news.SOURCE, NOON, trusted=True, body=b'{"change": 1}'), house.world)]
    )
    house.run()
    assert house.world.rejected.reasons == ["These are no news of a product."]


def test_whatever_is_interrupted_everybody_is_told_once():
    """Stopped before and after each call that writes: nothing is lost, nobody is told twice, and nothing is left over."""
    points = 0
    for at in range(1000):
        house = House()
        wire = Interrupted(house, at)
        house.tell(price="14.99")
        house.run()
        assert house.told("product_restocked") == house.told("price_dropped") == [1, 1, 1], wire.where
        assert not house.untold(), wire.where
        if not wire.where:
            break
        points += 1
    assert points > 12


class Interrupted:
    """Ends the process at one of the calls that write, before or after its effect. where: which it was."""

    WRITES = (
        ("catalogue", "learn"),
        ("catalogue", "told"),
        ("browser_queue", "put"),
        ("documents", "save"),
        ("timeline", "add"),
    )

    def __init__(self, house: House, at: int) -> None:
        self._moments: Iterator[int] = iter(range(10**6))
        self._at, self.where = at, ""
        for port, name in self.WRITES:
            self._wrap(getattr(house.world, port), name)

    def _wrap(self, port: Any, name: str) -> None:
        real = getattr(port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._maybe(f"before {name}")
            answer = real(*arguments, **named)
            self._maybe(f"after {name}")
            return answer

        setattr(port, name, call)

    def _maybe(self, what: str) -> None:
        if next(self._moments) == self._at:
            self.where = f"{what} ({self._at})"
            raise Stopped
