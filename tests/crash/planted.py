"""Bugs to be found: each the smallest change that breaks one rule. Tests plant them to see the harness fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.config import Config

from perennial import bootstrap
from perennial.adapters import documents, providers
from perennial.adapters.table import Condition
from perennial.campaigns import Offer
from perennial.customer import Customer
from perennial.errors import Conflict, ProviderError, Refused
from perennial.folding import absorb
from perennial.messaging import outbox
from perennial.messaging.offers import Coupon
from perennial.messaging.outbox import Status
from perennial.people import merging
from perennial.people.groups import Group
from perennial.people.identities import Identity
from perennial.ports.world import World
from perennial.recording import Recorder
from send import delivery
from send.delivery import Delivery
from send.loaded import Loaded
from send.offering import Offering
from send.post import Wrapped

Patch = pytest.MonkeyPatch


def claims_after_sending(patch: Patch) -> None:
    """The provider is called first."""
    claim, call = Delivery._claim, Delivery._call

    def no_claim(self: Delivery, loaded: Loaded) -> str:
        return ""

    def call_then_claim(self: Delivery, loaded: Loaded, wrapped: Wrapped, token: str) -> None:
        provider_id = wrapped()
        call(self, loaded, lambda: provider_id, claim(self, loaded))

    patch.setattr(Delivery, "_claim", no_claim)
    patch.setattr(Delivery, "_call", call_then_claim)


def puts_without_condition(patch: Patch) -> None:
    """Whatever version is stored, it is overwritten."""
    anything = Condition("attribute_exists(pk) OR attribute_not_exists(pk)")
    patch.setattr(documents, "_unchanged_since", lambda _: anything)


def forgets_retry_at(patch: Patch) -> None:
    """A lease does not wake anybody up."""

    def timers(customer: Customer) -> Iterator[str]:
        for entry in customer["outbox"].values():
            yield entry["doubt_until"] if entry["status"] == Status.SENDING else entry["send_by"]

    patch.setattr(outbox, "timers", timers)


def forgets_doubt_until(patch: Patch) -> None:
    """Nobody looks at a claim again."""
    timers = outbox.timers

    def of_the_queued(customer: Customer) -> Iterator[str]:
        queued = {key: each for key, each in customer["outbox"].items() if each["status"] == Status.QUEUED}
        return timers({**customer, "outbox": queued})

    patch.setattr(outbox, "timers", of_the_queued)


def asks_the_provider_again(patch: Patch) -> None:
    """The SDK may repeat the provider's call."""
    patch.setattr(bootstrap, "_PROVIDER", Config(retries={"total_max_attempts": 3, "mode": "standard"}))


def takes_silence_for_a_refusal(patch: Patch) -> None:
    """A lost answer is read as "not sent"."""

    def refused(error: Exception, *_: object) -> ProviderError:
        return Refused(type(error).__name__, permanent=False)

    patch.setattr(providers, "_meaning", refused)


def does_not_judge_again(patch: Patch) -> None:
    """What was right when it was planned is sent."""
    patch.setattr(delivery, "judge", lambda _: None)


def plans_what_was_settled(patch: Patch) -> None:
    """Nothing remembers that an occurrence was entered."""

    def forget(draft: Customer, *_: object) -> None:
        draft["enrollments"].clear()

    patch.setattr(outbox, "_advance", forget)


def drops_what_is_known(patch: Patch) -> None:
    """An event whose id is known needs nothing more, not even its place on the timeline."""
    put = Recorder._put_document

    def put_unknown(self: Recorder, group: Group, written: Any) -> None:
        known = group.stored["ids"] if group.stored else {}
        if not all(event.id in known for event in group.events):
            put(self, group, written)

    patch.setattr(Recorder, "_put_document", put_unknown)


def point(world: World, identities: Iterable[Identity], owner: str, to: str) -> None:
    """Let these, as they are stored, lead there, as far as they still lead to the owner."""
    for stored in identities:
        with suppress(Conflict):
            world.documents.point(stored, owner, to)


def freezes_only_what_is_stored(patch: Patch) -> None:
    """Of a visitor whose document is gone nothing is frozen, only the pointers are moved."""
    merge = merging.merge

    def merge_stored(
        world: World, guest_id: str, into: str, met_by: Collection[Identity], *, declared: bool
    ) -> None:
        if world.documents.load([guest_id]):
            merge(world, guest_id, into, met_by, declared=declared)
        point(world, map(world.identity_keys.as_stored, met_by), guest_id, into)

    patch.setattr(merging, "merge", merge_stored)


def carries_no_ids(patch: Patch) -> None:
    """The customer does not know which events the visitor's document had applied."""
    whole = absorb.absorb

    def without_ids(customer: Customer, other: Customer) -> Customer:
        return whole(customer, {**other, "ids": {}})

    patch.setattr(merging, "absorb", without_ids)


def points_before_it_folds(patch: Patch) -> None:
    """Identities lead to the customer, who does not yet hold what the guest held."""
    finish = merging.finish

    def point_and_finish(world: World, guest_id: str) -> None:
        guest = world.documents.load([guest_id])[guest_id]
        into = merging.end(world, guest_id)
        point(world, merging.leading_to(world, guest), guest_id, into)
        finish(world, guest_id)

    patch.setattr(merging, "finish", point_and_finish)


def grabs_a_code(patch: Patch) -> None:
    """A code is claimed before it is noted."""
    give = Offering._give_unique

    def grab(self: Offering, loaded: Loaded, promised: Offer, coupon: Coupon) -> Any:
        codes = self._world.coupons
        code = None if "offer" in loaded.entry else codes.find(coupon.pool, loaded.due.message_id)
        if code is None:
            return give(self, loaded, promised, coupon)
        codes.claim(coupon.pool, code, loaded.due.message_id)
        with pytest.MonkeyPatch.context() as noting:
            noting.setattr(codes, "find", lambda *_: code)
            return give(self, loaded, promised, coupon)

    patch.setattr(Offering, "_give_unique", grab)


def keeps_the_codes_of_skipped_messages(patch: Patch) -> None:
    """What was not sent gives nothing back."""
    patch.setattr(outbox, "hand_back", lambda *_: None)


def forgets_what_the_guest_was_sent(patch: Patch) -> None:
    """Messages and enrollments stay behind."""
    patch.setattr(absorb, "_messages", lambda draft, other: None)
