"""Gives a message what its step offers, before it is rendered. A code out of a pool is spent once, whatever crashes.

Rule 18. The code is noted in the outbox by a put of the document, and claimed after that on condition "free or mine"; if
another message has it, the next one is noted. So two senders of one message, or one that dies and one that comes after it,
claim the same code. What a message that is not sent has noted goes back by way of the document (`outbox.settle`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from perennial.campaigns import Offer, Step
from perennial.customer import Customer, copied
from perennial.deciding.look import zone_for
from perennial.messaging import outbox
from perennial.messaging.offers import Coupon, Offered, offered
from perennial.ports.world import World
from send.loaded import Loaded, Refusal

_log = logging.getLogger(__name__)
NOTED_AT_MOST = 10  # codes that others were quicker to claim, before the message waits a little
CONTENDED = timedelta(minutes=1)
COUNTED_EACH = timedelta(minutes=10)  # how often one process counts what is left of a pool


class Offering:
    """save: puts a document and returns it as stored; Conflict when somebody else wrote it first."""

    def __init__(self, world: World, save: Callable[[Customer], Customer]) -> None:
        self._world, self._save = world, save
        self._counted: dict[str, datetime] = {}

    def give(self, loaded: Loaded, step: Step, *, is_trial: bool) -> tuple[Loaded, Refusal | None]:
        """The copy with the offer in its entry, as it is stored now, and why it cannot be had.

        A trial gets a sample where a unique code would stand, and spends none.
        """
        if step.offer is None:
            return _with(loaded, None), None
        coupon = loaded.shop.offers.get(step.offer.coupon)
        if coupon is None:
            return loaded, Refusal("campaign_changed")
        if coupon.pool and not is_trial:
            return self._give_unique(loaded, step.offer, coupon)
        return _with(loaded, _offer(loaded, step.offer, coupon, "")), None

    def _give_unique(self, loaded: Loaded, promised: Offer, coupon: Coupon) -> tuple[Loaded, Refusal | None]:
        pool, message, taken = coupon.pool, loaded.due.message_id, list[str]()
        while len(taken) < NOTED_AT_MOST:
            code = _noted(loaded, pool)
            if code is None or code in taken:
                code = self._world.coupons.find(pool, message, taken)
                if code is None:
                    _log.error("a pool of coupons is empty", extra={"pool": pool})
                    return loaded, Refusal("no_coupon_left")
                noted = _with(loaded, _offer(loaded, promised, coupon, code))
                loaded = loaded.changed(self._save(noted.customer))
            if self._world.coupons.claim(pool, code, message):
                self._count(coupon, loaded.now)
                return _with(loaded, _offer(loaded, promised, coupon, code)), None
            taken.append(code)
        return loaded, Refusal("coupons_contended", loaded.now + CONTENDED)

    def _count(self, coupon: Coupon, now: datetime) -> None:
        """Say now and then that a pool runs low, while there is time to fill it."""
        if coupon.pool in self._counted and now < self._counted[coupon.pool] + COUNTED_EACH:
            return
        self._counted[coupon.pool] = now
        left = self._world.coupons.free(coupon.pool, coupon.low_at)
        if left < coupon.low_at:
            extra = {"pool": coupon.pool, "left": left, "low_at": coupon.low_at}
            _log.warning("a pool of coupons runs low", extra=extra)


def _noted(loaded: Loaded, pool: str) -> str | None:
    held = loaded.entry.get("offer")
    return held["code"] if held and held.get("pool") == pool else None


def _offer(loaded: Loaded, promised: Offer, coupon: Coupon, code: str) -> Offered:
    """Valid from now on: an attempt that came to nothing takes no time off it."""
    zone = zone_for(loaded.customer, loaded.shop).key
    return offered(coupon, code, loaded.now, promised.expires, zone, loaded.shop.settings.currency)


def _with(loaded: Loaded, offer: Offered | None) -> Loaded:
    """With this offer in the entry, to be put with the next put. A code of another pool, noted before an edit, goes back."""
    held = loaded.entry.get("offer")
    if held == offer:
        return loaded
    draft = copied(loaded.customer)
    entry = draft["outbox"][loaded.due.message_id]
    if held and held.get("pool") and (offer is None or held.get("pool") != offer.get("pool")):
        outbox.hand_back(draft, loaded.due.message_id, loaded.now)
    if offer is None:
        entry.pop("offer", None)
    else:
        entry["offer"] = offer
    return loaded.changed(draft)
