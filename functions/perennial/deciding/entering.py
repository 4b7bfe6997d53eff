"""Occurrences that were not entered yet: whether they may be now, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from perennial.campaigns import Campaign, Mode
from perennial.deciding.backfilling import entry_of
from perennial.deciding.cases import case_of
from perennial.deciding.look import Look
from perennial.deciding.moves import Hold, Send
from perennial.deciding.variants import variant_of
from perennial.deciding.verdicts import Finding, Verdict
from perennial.deciding.walking import walk
from perennial.gates import holdout, judge
from perennial.gates.exits import exited
from perennial.messaging.messages import Enrollment
from perennial.times import after, moment, stamp
from perennial.triggers.occurrence import Occurrence

JOINED_WITHIN = timedelta(days=7)  # products due this close to the earliest join its message


class Entrance:
    """The way into one campaign for one customer. inside: its enrollments, by subject."""

    def __init__(self, look: Look, campaign: Campaign, inside: Mapping[str, Enrollment]) -> None:
        self._look, self._campaign, self._inside = look, campaign, inside

    def was_entered(self, occurrence: Occurrence) -> bool:
        """Also when late facts moved its key: nothing older than what was entered is entered after it."""
        memory = self._inside.get(occurrence.subject)
        return memory is not None and (
            memory["key"] == occurrence.key
            or occurrence.since <= memory["since"]
            or stamp(self._dated(occurrence).moment) <= memory["moment"]
        )

    def enter(self, occurrences: list[Occurrence], open_ones: set[str]) -> Iterator[Finding | Send | Hold]:
        """What there is to say of each, and at most one message: others that are due soon join it."""
        wish: Send | Hold | None = None
        for each in occurrences:
            if each.subject in open_ones:
                yield Finding(Verdict.ALREADY_INSIDE, {"since": self._inside[each.subject]["since"]})
                continue
            occurrence = self._dated(each)
            finding = self.objection(occurrence) or self._too_soon(occurrence)
            if finding is not None:
                yield finding
            elif wish is not None and _joins(occurrence, wish.occurrence):
                wish = replace(wish, joined=(*wish.joined, occurrence))
            else:
                wanted = self._judged(occurrence)
                if isinstance(wanted, Finding):
                    yield wanted
                else:
                    wish = wish or wanted
        if wish is not None:
            yield wish

    def objection(self, occurrence: Occurrence) -> Finding | None:
        """What speaks against it for good, or until facts change."""
        campaign, facts = self._campaign, occurrence.facts
        exit_ = exited(self._look.customer, campaign.exit_on, occurrence.since, occurrence.subject, facts)
        if exit_:
            return exit_
        if campaign.mode == Mode.DRAFT or campaign.live_since is None:
            return Finding(Verdict.NOT_TRIGGERED, {"why": "the campaign is a draft", **facts})
        if occurrence.moment < campaign.live_since:
            return Finding(Verdict.NOT_TRIGGERED, self._past())
        if not self._look.holds(campaign.condition, facts):
            return Finding(Verdict.NOT_TRIGGERED, {"why": "the trigger's condition is not met", **facts})
        return None

    def _dated(self, occurrence: Occurrence) -> Occurrence:
        """One of the past, where it is let in, takes place when its customer's turn comes."""
        campaign = self._campaign
        if not campaign.backfill or campaign.live_since is None or occurrence.moment >= campaign.live_since:
            return occurrence
        turn = entry_of(campaign, self._look.customer["id"], self._look.shop.tables.customers)
        return replace(occurrence, moment=turn) if turn else occurrence

    def _past(self) -> dict[str, Any]:
        since = stamp(self._campaign.live_since) if self._campaign.live_since else None
        facts = {"why": "due before the campaign went live", "live_since": since}
        return facts | ({"backfill": "begins after the next nightly pass"} if self._campaign.backfill else {})

    def _too_soon(self, occurrence: Occurrence) -> Finding | None:
        """Judged at the occurrence's own moment, so that waiting never turns "too soon" into "later"."""
        memory = self._inside.get(occurrence.subject)
        last = (memory.get("first_sent_at") or memory.get("held_at")) if memory else None
        if last is None:
            return None
        if self._campaign.never_again:
            return Finding(Verdict.TOO_SOON, {"last_sent_at": last, "once_per": "never"})
        if self._campaign.once_per is None:
            return None
        free = after(moment(last), self._campaign.once_per, self._look.zone.key)
        if occurrence.moment >= free:
            return None
        return Finding(Verdict.TOO_SOON, {"last_sent_at": last, "free_from": stamp(free)})

    def _judged(self, occurrence: Occurrence) -> Finding | Send | Hold:
        look, facts, due = self._look, occurrence.facts, occurrence.moment
        if look.now < due:
            return Finding(Verdict.WAITING_UNTIL, {"until": stamp(due), **facts}, until=due)
        arrival = walk(look, self._campaign.steps, due, facts, {})
        if arrival.step is None:
            return Finding(
                Verdict.EXITED_BY, {"step": "exit", "reason": arrival.exit or "no message", **facts}
            )
        variant = variant_of(self._campaign, look.customer["id"])
        case = case_of(look, self._campaign, occurrence, arrival.step, arrival.at, variant)
        refusal = judge(case)
        if refusal is None:
            return Send(case, occurrence)
        if refusal.verdict == Verdict.HELD_OUT:
            return self._held_out(Hold(case, occurrence), refusal)
        return replace(refusal, facts={**facts, **refusal.facts})

    def _held_out(self, hold: Hold, refusal: Finding) -> Finding | Hold:
        """Held out counts only who would have got the message at that time, as with those who do get it."""
        otherwise = judge(hold.case, passing=holdout.check)
        if otherwise is None:
            return hold
        facts = {**refusal.facts, "otherwise": otherwise.verdict.value, **hold.occurrence.facts}
        return Finding(Verdict.HELD_OUT, facts, otherwise.until)


def _joins(later: Occurrence, earlier: Occurrence) -> bool:
    return later.joins and earlier.joins and later.moment <= earlier.moment + JOINED_WITHIN
