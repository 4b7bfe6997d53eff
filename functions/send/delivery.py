"""One message: may it go, what does it say, send it.

Never twice outranks never lost. Everything that can fail stands before the claim; between the claim and the provider's
call there is no I/O; what is not known afterwards is left as it is and settled by the provider's own event, or counted as
unconfirmed, and never sent again.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial

from perennial.campaigns import Campaign, Mode
from perennial.customer import Customer, copied
from perennial.deciding.verdicts import Finding, Verdict
from perennial.errors import Conflict, InDoubt, ProviderError, Refused
from perennial.folding import devices
from perennial.gates import judge
from perennial.messaging import outbox
from perennial.messaging.dispatch import Due
from perennial.messaging.messages import Planned
from perennial.messaging.outbox import Status
from perennial.plan import plan
from perennial.ports.world import World
from perennial.rendering.renderer import Renderers
from perennial.rendering.values import SkipMessage
from perennial.shop import Shop
from send.ahead import Ahead
from send.loaded import Loaded, Refusal
from send.offering import Offering
from send.post import Post, Wrapped

_log = logging.getLogger(__name__)
TRIES = 10
LEAST_TIME = (
    15.0  # seconds left in the function: provider call, put, margin; else the copy is given back unclaimed
)
REFUSED = "refused: "  # before the provider's reason, where it is final
LONGEST_SINCE_LOAD = 10.0  # seconds; what was judged longer ago is judged again


class Delivery:
    """Delivers messages one at a time. elapsed: a monotonic clock in seconds.

    tally: how many messages ended how (sent, skipped, deferred, in_doubt), until whoever reports it clears it.
    """

    def __init__(self, world: World, post: Post, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._world, self._post, self._elapsed = world, post, elapsed
        self._renderers = Renderers()
        self._ahead = Ahead(world, elapsed)
        self._offering = Offering(world, self._save)
        self.tally: Counter[str] = Counter()
        self._is_live = world.setting("SEND_MODE", "dry_run") == "live"

    def read_ahead(self, dues: Collection[Due]) -> None:
        """Of copies that came together, before the first of them is delivered."""
        self._ahead.read(dues, self._shown)

    def deliver(self, due: Due, remaining: Callable[[], float]) -> bool:
        """True when nothing is left to do with this copy; False gives it back to the queue, unclaimed.

        remaining: seconds left in the function.
        """
        for _ in range(TRIES):
            loaded = self._load(due)
            if loaded is None:
                return True
            try:
                loaded, wrapped = self._compose(loaded)
                if isinstance(wrapped, Refusal):
                    self._refuse(loaded, wrapped)
                    return True
                if remaining() < LEAST_TIME or self._elapsed() - loaded.at > LONGEST_SINCE_LOAD:
                    return False
                claimed = self._claim(loaded)
            except Conflict:
                continue  # read again, judge again
            self._call(loaded, wrapped, claimed)
            return True
        return False

    def _load(self, due: Due) -> Loaded | None:
        customer, at = self._ahead.customer(due.customer_id)
        entry = customer["outbox"].get(due.message_id) if customer else None
        if customer is None or entry is None or entry["status"] != Status.QUEUED:
            return None
        if "merged_into" in customer:
            return None  # frozen: what was planned here is planned anew where the customer is now
        return Loaded(due, customer, entry, self._world.shop(), self._world.clock(), at)

    # Before the claim.

    def _compose(self, loaded: Loaded) -> tuple[Loaded, Wrapped | Refusal]:
        """Judged on the state of now, given its offer, then rendered and wrapped; the copy with what that changed."""
        campaign = loaded.shop.campaigns.get(loaded.entry["campaign"])
        step = campaign.step(loaded.entry["step"]) if campaign else None
        if campaign is None or step is None or campaign.mode == Mode.DRAFT:
            return loaded, Refusal("campaign_changed")
        finding = judge(loaded.case(campaign, step))
        if finding is not None:
            return loaded, Refusal(_reason(finding), finding.until)
        is_trial = not self._is_live or campaign.mode == Mode.DRY_RUN
        loaded, refusal = self._offering.give(loaded, step, is_trial=is_trial)
        if refusal is not None:
            return loaded, refusal
        try:
            wrapped = self._render(loaded, campaign)
        except SkipMessage as skip:
            return loaded, Refusal(skip.reason)
        except ProviderError as error:
            return loaded, self._not_prepared(loaded, error)
        return loaded, Refusal("dry_run") if is_trial else wrapped

    def _render(self, loaded: Loaded, campaign: Campaign) -> Wrapped:
        due, customer, entry, shop = loaded.due, loaded.customer, loaded.entry, loaded.shop
        renderer = self._renderers(shop)
        wanted = renderer.wanted(customer, campaign, entry)
        products = self._ahead.products(wanted)
        links = self._post.links(due, entry["channel"], campaign)
        message = renderer.render(customer, campaign, entry, products, loaded.now, links)
        return self._post.wrap(due, customer, entry, campaign, message, shop.settings, links)

    def _shown(self, customer: Customer, entry: Planned) -> Iterable[str]:
        shop = self._world.shop()
        campaign = shop.campaigns.get(entry["campaign"])
        return self._renderers(shop).wanted(customer, campaign, entry) if campaign else ()

    def _not_prepared(self, loaded: Loaded, error: ProviderError) -> Refusal:
        """Nothing was sent yet: a device that is gone is final, all else is tried again."""
        if isinstance(error, Refused) and error.permanent:
            return Refusal(f"{REFUSED}{error.reason}")
        return Refusal("provider_unavailable", outbox.backoff(loaded.entry, loaded.now))

    def _refuse(self, loaded: Loaded, refusal: Refusal) -> None:
        draft = copied(loaded.customer)
        message = loaded.due.message_id
        if refusal.reason.startswith(REFUSED):
            _bury(draft, loaded)
        if refusal.until is not None:
            outbox.give_back(draft, message, refusal.until)
        else:
            outbox.settle(draft, message, Status.SKIPPED, loaded.now, reason=refusal.reason)
        self._save(draft)
        self.tally["skipped" if refusal.until is None else "deferred"] += 1
        _log.info("not sent", extra={"message_id": message, "reason": refusal.reason.split(":")[0]})

    def _save(self, draft: Customer) -> Customer:
        """Outbox timers move `wake_at` earlier at once; the sweep moves it later."""
        timers = [*outbox.timers(draft), *([draft["wake_at"]] if draft["wake_at"] else [])]
        draft["wake_at"] = min(timers, default=None)
        return self._world.documents.save(draft)

    def _claim(self, loaded: Loaded) -> Customer:
        """The document with the claim; Conflict when somebody else wrote it since it was read."""
        due, token = loaded.due, uuid.uuid4().hex
        draft = copied(loaded.customer)
        outbox.claim(draft, due.message_id, token, loaded.now)
        try:
            return self._save(draft)
        except Exception:
            held = self._world.documents.load([due.customer_id]).get(due.customer_id)
            if held is None or not outbox.is_claimed_by(held, due.message_id, token):
                raise
            return held  # the answer was lost, not the claim (rule 12)

    # After the claim.

    def _call(self, loaded: Loaded, wrapped: Wrapped, claimed: Customer) -> None:
        try:
            provider_id = wrapped()
        except Refused as refused:
            self.tally["skipped" if refused.permanent else "deferred"] += 1
            self._settle(loaded.due, claimed, partial(self._refused, loaded=loaded, refused=refused))
        except InDoubt as doubt:
            self.tally["in_doubt"] += 1
            extra = {"message_id": loaded.due.message_id, "error": str(doubt)}
            _log.warning("no answer from the provider: left to its own event", extra=extra)
        else:
            self.tally["sent"] += 1
            message = loaded.due.message_id
            _log.info("sent", extra={"message_id": message, "provider_id": provider_id})
            self._settle(loaded.due, claimed, partial(self._accepted, loaded=loaded))

    def _accepted(self, draft: Customer, loaded: Loaded) -> Customer:
        now = self._world.clock()
        outbox.settle(draft, loaded.due.message_id, Status.SENT, now)
        return _with_what_follows(draft, loaded.shop, now)

    def _refused(self, draft: Customer, loaded: Loaded, refused: Refused) -> Customer:
        message, now = loaded.due.message_id, self._world.clock()
        if refused.permanent:
            outbox.settle(draft, message, Status.SKIPPED, now, reason=f"{REFUSED}{refused.reason}")
            _bury(draft, loaded)
        else:
            outbox.give_back(draft, message, outbox.backoff(loaded.entry, now))
        return draft

    def _settle(self, due: Due, claimed: Customer, changed: Callable[[Customer], Customer]) -> None:
        """Put the outcome on the document: as it was claimed, and if somebody wrote it since, as it is now.

        The provider's event may have been quicker.
        """
        token = claimed["outbox"][due.message_id]["token"]
        customer: Customer | None = claimed
        for attempt in range(TRIES):
            try:
                if attempt:
                    customer = self._world.documents.load([due.customer_id]).get(due.customer_id)
                if customer is None or not outbox.is_claimed_by(customer, due.message_id, token):
                    return
                self._save(changed(customer))
            except Conflict:
                continue
            except Exception as error:  # noqa: BLE001 - it was sent: raising would only bring the copy back
                extra = {"message_id": due.message_id, "error": type(error).__name__}
                _log.error("the outcome could not be written: left to the provider's event", extra=extra)
            return


def _with_what_follows(customer: Customer, shop: Shop, now: datetime) -> Customer:
    """The customer with all that needs no message: else the sweep would come only for a lease that is settled.

    What wants to be sent now is left to the sweep, which comes for it within a minute.
    """
    try:
        return plan(customer, shop, now, budget=0, may_settle=False).customer
    except Exception as error:  # noqa: BLE001 - the message was sent, and that has to be written (rule 9)
        extra = {"customer_id": customer["id"], "error": type(error).__name__}
        _log.error("a customer cannot be planned", extra=extra)
        return customer


def _bury(draft: Customer, loaded: Loaded) -> None:
    """The device refused the message for good: nothing goes there until its app tells of it again."""
    device = devices.current(loaded.customer)
    if loaded.entry["channel"] == "push" and device:
        devices.bury(draft, device["token"], loaded.now)


def _reason(finding: Finding) -> str:
    if finding.verdict == Verdict.SKIPPED_BECAUSE:
        return str(finding.facts["reason"])
    return finding.verdict.value
