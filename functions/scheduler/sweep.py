"""The clock ticked: who is due?

One run reads the due index, plans for each customer and queues what is to be sent, no more than the sending budget takes;
what does not fit stays in the index. When a run cannot do it all, it hands the shards that are left to runs of their own.
Two runs at the same moment meet at the conditional put, and one of them leaves it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from perennial import rewarding
from perennial.bootstrap import Handle, LambdaHandler
from perennial.customer import Customer, copied
from perennial.decide import Decision
from perennial.errors import Conflict, NotPublished
from perennial.messaging.dispatch import Due, dispatch
from perennial.messaging.pools import take_back
from perennial.people import erased, erasing, merging
from perennial.plan import Plan, plan
from perennial.ports.documents import SHARDS
from perennial.ports.world import World
from perennial.shop import EVERYTHING, Shop
from perennial.times import moment, stamp

_log = logging.getLogger(__name__)
PAGE = 100  # customers read and planned at a time
PAGES_INLINE = 4  # of each shard in the run that the schedule starts; more goes to a run of its own
MINUTES_PLANNED = 2  # of the account's sending rate: enough for the next run to come late
LEAST_TIME = timedelta(seconds=15)  # left in the run, to begin another page
STUMBLED = timedelta(minutes=15)  # a customer whose decision raises is looked at again after this


@dataclass(slots=True)
class Run:
    """What one run did. budget: messages it may still queue. unfinished: shards with customers still due.

    lag_seconds: by how much the most belated customer was late. expired, unconfirmed: messages that time has settled.
    """

    budget: int
    looked_at: int = 0
    queued: int = 0
    stumbled: int = 0
    undeliverable: int = 0
    unfinished: int = 0
    expired: int = 0
    unconfirmed: int = 0
    lag_seconds: int = 0

    def count(self, planned: Plan) -> None:
        """What was put for one customer."""
        self.budget -= len(planned.queue)
        self.queued += len(planned.queue)
        self.undeliverable += len(planned.undeliverable)
        self.expired += len(planned.expired)
        self.unconfirmed += len(planned.unconfirmed)

    def late(self, customer: Customer, now: datetime) -> None:
        """How long somebody who is looked at now has waited for it."""
        if customer["wake_at"]:
            self.lag_seconds = max(self.lag_seconds, int((now - moment(customer["wake_at"])).total_seconds()))


class Sweep:
    """Plans for those who are due."""

    def __init__(self, world: World) -> None:
        self._world = world

    def budget(self) -> int:
        """Messages to queue in one run: two minutes of our share of the rate, within our share of what is left today."""
        quota = self._world.account.quota()
        share = float(self._world.setting("SES_SHARE", "50")) / 100
        return int(min(quota.rate * 60 * MINUTES_PLANNED * share, quota.left_today * share))

    def shard(self, shard: int, shop: Shop, run: Run, until: datetime, pages: int | None = None) -> bool:
        """Work through one shard, at most so many pages and until the deadline. True when nobody due is left behind."""
        done: set[str] = set()
        while pages is None or pages > 0:
            now = self._world.clock()
            if run.budget <= 0 or now > until:
                return False
            ids = self._world.documents.due(shard, now, PAGE + len(done))
            page = [customer_id for customer_id in ids if customer_id not in done][:PAGE]
            if not page:
                return True
            done.update(page)  # a stale index entry, or one that cannot move, is looked at once in a run
            self._page(page, shop, run, now)
            pages = None if pages is None else pages - 1
        return False

    def _page(self, ids: Sequence[str], shop: Shop, run: Run, now: datetime) -> None:
        due: list[Due] = []
        for customer in self._world.documents.load(ids).values():
            if run.budget <= 0:
                break
            planned = self._plan(customer, shop, run, now)
            run.looked_at += 1
            run.late(customer, now)
            if planned and self._put(planned):
                run.count(planned)
                due += [Due(customer["id"], message) for message in planned.queue]
        dispatch(self._world.send_queue, due)

    def _plan(self, customer: Customer, shop: Shop, run: Run, now: datetime) -> Plan | None:
        if customer["wake_at"] is None or customer["wake_at"] > stamp(now):
            return None  # the index is only a hint
        try:
            customer = take_back(self._world, customer, now)
            if erased.is_due(customer, stamp(now)):
                erasing.finish(self._world, customer["id"])
                return None
            if merging.is_unfinished(customer):
                merging.finish(self._world, customer["id"])
                return None
            if rewarding.is_due(customer, now):
                customer = rewarding.reward(self._world, customer, now)
            return plan(customer, shop, now, budget=run.budget)
        except Conflict:
            return None  # others finish the same merge or erasure
        except Exception as error:  # noqa: BLE001 - one bad customer never stops a shard (rule 9)
            extra = {"customer_id": customer["id"], "error": type(error).__name__}
            _log.error("a customer cannot be planned", extra=extra)
            run.stumbled += 1
            return _postponed(customer, now)

    def _put(self, planned: Plan) -> bool:
        if not planned.changed:
            return False
        try:
            self._world.documents.save(planned.customer)
        except Conflict:
            return False  # somebody else wrote it; the next run finds what is left
        return True


def _postponed(customer: Customer, now: datetime) -> Plan:
    draft = copied(customer)
    draft["wake_at"] = stamp(now + STUMBLED)
    return Plan(draft, Decision(), changed=True)


def build(world: World) -> Handle:
    """Handles the minute's tick, and the shards that a tick handed on."""
    sweep = Sweep(world)

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            shop = world.shop()
        except NotPublished:
            return {"skipped": "nothing is published"}
        if EVERYTHING in shop.paused:
            return {"skipped": "everything is paused"}
        until = world.clock() + timedelta(milliseconds=context.get_remaining_time_in_millis()) - LEAST_TIME
        if "Records" in event:
            return _handed_on(sweep, shop, event["Records"], until)
        return _tick(sweep, shop, world, until)

    return handle


def _tick(sweep: Sweep, shop: Shop, world: World, until: datetime) -> dict[str, Any]:
    run = Run(sweep.budget())
    left = [shard for shard in range(SHARDS) if not sweep.shard(shard, shop, run, until, PAGES_INLINE)]
    run.unfinished = len(left)
    if left and run.budget > 0:
        share = max(1, run.budget // len(left))
        world.shards_queue.put([json.dumps({"shard": shard, "budget": share}) for shard in left])
    return _reported(run)


def _handed_on(
    sweep: Sweep, shop: Shop, records: Iterable[dict[str, Any]], until: datetime
) -> dict[str, Any]:
    for record in records:
        task = json.loads(record["body"])
        run = Run(task["budget"])
        run.unfinished = int(not sweep.shard(task["shard"], shop, run, until))
        _reported(run)
    return {"batchItemFailures": []}  # what is left is still in the index, and the next tick finds it


def _reported(run: Run) -> dict[str, Any]:
    counts = {name: getattr(run, name) for name in Run.__slots__}
    level = logging.ERROR if run.stumbled or run.undeliverable else logging.INFO
    _log.log(level, "swept", extra=counts)
    return counts


handler = LambdaHandler(build)
