"""News of products, on the way to those who watch them: restocked, or cheaper.

A change is kept with its product until it lies on a queue, and stays there until everybody was told, some hundred
watchers a call; each message says how far that has come. Whatever is done twice leads to the same events, which change
nothing the second time. It is the browsers' queue, since news can wait where orders and consent cannot.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from on_event.envelope import Envelope, seal
from perennial.errors import Unintelligible
from perennial.events import Change, Event
from perennial.ports.world import World
from perennial.watching import told_to

SOURCE = "news"
AT_ONCE = 400  # watchers told in one call of `record`; a watcher costs it about 20 ms


@dataclass(frozen=True, slots=True)
class News:
    """A change, and whom it is for: the watchers behind `after`, or only these customers.

    message: the id of the queue message that brought it.
    """

    change: Change
    received_at: datetime
    after: str = ""
    customers: tuple[str, ...] = ()
    message: str = ""


def news_from(envelope: Envelope, message: str) -> News:
    """Unintelligible when it is none."""
    try:
        told = json.loads(envelope.body)
        return News(told["change"], envelope.received_at, told["after"], tuple(told["customers"]), message)
    except (ValueError, TypeError, KeyError) as error:
        raise Unintelligible("These are no news of a product.") from error


def announce(world: World, changes: Sequence[Change]) -> None:
    """Queue the changes, then take them from their products; QueueRefused leaves them there for the next try."""
    if changes:
        now = world.clock()
        _queue(world, [News(change, now) for change in changes])
        world.catalogue.told(changes)


class Round:
    """What one call tells of some news.

    events: at most about AT_ONCE, for the recorder. carriers: event id -> the messages that come again when it fails.
    """

    def __init__(self, world: World, news: Iterable[News]) -> None:
        self._world = world
        self.events: list[Event] = []
        self.carriers: defaultdict[str, set[str]] = defaultdict(set)
        self._left: list[News] = []
        self._of_pages: dict[tuple[str, str | None], News] = {}  # by event and customer
        for each in news:
            if each.customers:
                self._tell_these(each)
            else:
                self._tell_a_page(each)

    def go_on(self, failed: Iterable[Event]) -> None:
        """Queue what is left. Whoever could not be told gets a message apart, and so holds up nobody else."""
        pages = ((self._of_pages.get((event.id, event.customer_id)), event) for event in failed)
        alone = [
            replace(news, customers=(event.customer_id,))
            for news, event in pages
            if news and event.customer_id
        ]
        _queue(self._world, [*self._left, *alone])

    def _tell_these(self, news: News) -> None:
        events = told_to(news.customers, news.change, news.received_at)
        self.events += events
        for event in events:
            self.carriers[event.id].add(news.message)

    def _tell_a_page(self, news: News) -> None:
        room = AT_ONCE - len(self.events)
        watchers = self._page(news, room) if room > 0 else []
        events = told_to(watchers, news.change, news.received_at)
        self.events += events
        self._of_pages |= {(event.id, event.customer_id): news for event in events}
        if len(watchers) == max(room, 0):
            self._left.append(replace(news, after=watchers[-1] if watchers else news.after))

    def _page(self, news: News, size: int) -> list[str]:
        watchers = self._world.watches.of(news.change["product_id"], self._world.clock(), news.after)
        return list(islice(watchers, size))


def _queue(world: World, news: Sequence[News]) -> None:
    if news:
        world.browser_queue.put([_sealed(each, world) for each in news])


def _sealed(news: News, world: World) -> str:
    told = {"change": news.change, "after": news.after, "customers": news.customers}
    return seal(Envelope(SOURCE, news.received_at, trusted=True, body=json.dumps(told).encode()), world)
