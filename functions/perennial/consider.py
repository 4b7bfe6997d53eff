"""One campaign for one customer: what was entered and how it goes on, what may be entered now, and what speaks against it.

What was entered is remembered as an enrollment. Everything before that (waiting for the moment, quiet hours, caps) is
computed afresh each time from stored facts, so a newer visit replaces an older one without bookkeeping, and a message is
judged on what is true when it is planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from perennial.campaigns import Campaign, Mode, Step, Wait
from perennial.channels import choose
from perennial.conditions import holds
from perennial.customer import Customer, Enrollment
from perennial.gates import judge
from perennial.gates.case import Case
from perennial.gates.exits import exited
from perennial.gates.quiet_hours import zone_for
from perennial.moves import Cancel, End, Move, Send, Skip
from perennial.outbox import Status, message_id
from perennial.profile import profile
from perennial.shop import Shop
from perennial.times import after, moment, stamp
from perennial.triggers import TRIGGERS
from perennial.triggers.occurrence import Nothing, Occurrence
from perennial.verdicts import Finding, Verdict

JOINED_WITHIN = timedelta(days=7)  # products due this close to the earliest join its message


def consider(customer: Customer, campaign: Campaign, shop: Shop, now: datetime) -> list[Finding | Move]:
    """What there is to say and to do, older facts first."""
    return list(_Campaign(customer, campaign, shop, now).views())


class _Campaign:
    """One campaign for one customer."""

    def __init__(self, customer: Customer, campaign: Campaign, shop: Shop, now: datetime) -> None:
        self.customer, self.campaign, self.shop, self.now = customer, campaign, shop, now
        self.inside = customer["enrollments"].get(campaign.id, {})

    def views(self) -> Iterator[Finding | Move]:
        """What there is to say and to do, older facts first."""
        open_ones: set[str] = set()
        for subject, enrollment in sorted(self.inside.items(), key=lambda item: item[1]["since"]):
            progress = list(self._progress(subject, enrollment))
            yield from progress
            if enrollment["state"] != "ended" and not any(
                isinstance(each, (Cancel, End)) for each in progress
            ):
                open_ones.add(subject)
        found = TRIGGERS[self.campaign.kind](self.customer, self.campaign, self.shop, self.now)
        if isinstance(found, Nothing):
            yield from [Finding(Verdict.NOT_TRIGGERED, found.facts, found.until)] if not self.inside else []
            return
        yield from self._enter([each for each in found if not self._was_entered(each)], open_ones)

    def _was_entered(self, occurrence: Occurrence) -> bool:
        """Also when late facts moved its key: nothing older than what was entered is entered after it."""
        memory = self.inside.get(occurrence.subject)
        return memory is not None and (
            memory["key"] == occurrence.key
            or occurrence.since <= memory["since"]
            or stamp(occurrence.moment) <= memory["moment"]
        )

    # Enrollments: what was entered.

    def _progress(self, subject: str, enrollment: Enrollment) -> Iterator[Finding | Move]:
        if enrollment["state"] == "ended":
            yield _remembered(enrollment)
        elif enrollment["state"] == "planned":
            yield from self._planned(subject, enrollment)
        else:
            yield from self._waiting(subject, enrollment)

    def _planned(self, subject: str, enrollment: Enrollment) -> Iterator[Finding | Move]:
        message = message_id(self.campaign.id, enrollment["key"], enrollment["step"], self.customer["id"])
        entry = self.customer["outbox"][message]
        facts = {"step": entry["step"], "channel": entry["channel"], "planned_at": entry["planned_at"]}
        if entry["status"] == Status.SENDING:
            yield Finding(Verdict.SENDING, facts)
            return
        exit_ = exited(
            self.customer, self.campaign.exit_on, enrollment["since"], subject, enrollment["facts"]
        )
        if exit_:
            yield Cancel(message, exit_.verdict)
            yield exit_
        else:
            yield Finding(Verdict.QUEUED, facts)

    def _waiting(self, subject: str, enrollment: Enrollment) -> Iterator[Finding | Move]:
        exit_ = exited(
            self.customer, self.campaign.exit_on, enrollment["since"], subject, enrollment["facts"]
        )
        if exit_:
            yield from (End(self.campaign.id, subject, exit_.verdict), exit_)
            return
        wait, step = self._next_step(enrollment["step"])
        if step is None:
            gone = self.campaign.step(enrollment["step"]) is None
            yield End(self.campaign.id, subject, "step_removed" if gone else "completed")
            yield _remembered(enrollment)
            return
        occurrence = _occurrence_of(subject, enrollment)
        due = after(moment(enrollment["settled_at"]), wait.span, self._zone())
        if self.now < due:
            yield Finding(Verdict.WAITING_UNTIL, {"until": stamp(due), "step": step.id}, until=due)
            return
        case = self._case(occurrence, step, due)
        refusal = judge(case)
        if refusal is None:
            yield Send(case, occurrence)
        elif refusal.until is None:
            yield from (Skip(self.campaign.id, subject, step, refusal.verdict), refusal)
        else:
            yield refusal

    def _next_step(self, step_id: str) -> tuple[Wait, Step | None]:
        passed, wait = False, Wait()
        for step in self.campaign.steps:
            if isinstance(step, Wait):
                wait = step
            elif isinstance(step, Step):
                if passed:
                    return wait, step
                passed, wait = step.id == step_id, Wait()
        return Wait(), None

    # Occurrences: what may be entered.

    def _enter(self, occurrences: list[Occurrence], open_ones: set[str]) -> Iterator[Finding | Move]:
        wish: Send | None = None
        for occurrence in occurrences:
            if occurrence.subject in open_ones:
                yield Finding(Verdict.ALREADY_INSIDE, {"since": self.inside[occurrence.subject]["since"]})
                continue
            joins = wish is not None and _joins(occurrence, wish.occurrence)
            refusal = self._refusal(occurrence, judged_when_due=not joins)
            if refusal is not None:
                yield refusal
            elif wish is None:
                wish = Send(self._case(occurrence, self.campaign.sends[0], occurrence.moment), occurrence)
            elif joins:
                wish = replace(wish, joined=(*wish.joined, occurrence))
        if wish is not None:
            yield wish

    def _refusal(self, occurrence: Occurrence, *, judged_when_due: bool) -> Finding | None:
        """Why the occurrence is not entered now. One that joins another's message need not be due itself."""
        facts = occurrence.facts
        exit_ = exited(self.customer, self.campaign.exit_on, occurrence.since, occurrence.subject, facts)
        if exit_:
            return exit_
        if self.campaign.mode == Mode.DRAFT or self.campaign.live_since is None:
            return Finding(Verdict.NOT_TRIGGERED, {"why": "the campaign is a draft", **facts})
        if occurrence.moment < self.campaign.live_since:
            since = stamp(self.campaign.live_since)
            return Finding(
                Verdict.NOT_TRIGGERED, {"why": "due before the campaign went live", "live_since": since}
            )
        if not self._condition_holds(occurrence):
            return Finding(Verdict.NOT_TRIGGERED, {"why": "the trigger's condition is not met", **facts})
        too_soon = self._too_soon(occurrence)
        if too_soon or not judged_when_due:
            return too_soon
        if self.now < occurrence.moment:
            until = occurrence.moment
            return Finding(Verdict.WAITING_UNTIL, {"until": stamp(until), **facts}, until=until)
        return self._with_facts(
            judge(self._case(occurrence, self.campaign.sends[0], occurrence.moment)), facts
        )

    def _with_facts(self, finding: Finding | None, facts: dict[str, Any]) -> Finding | None:
        return finding and replace(finding, facts={**facts, **finding.facts})

    def _condition_holds(self, occurrence: Occurrence) -> bool:
        if self.campaign.condition is None:
            return True
        names = {"customer": profile(self.customer, self.shop.settings.currency), "event": occurrence.facts}
        return holds(self.campaign.condition, names)

    def _too_soon(self, occurrence: Occurrence) -> Finding | None:
        """Judged at the occurrence's own moment, so that waiting never turns "too soon" into "later"."""
        memory = self.inside.get(occurrence.subject)
        last = memory.get("first_sent_at") if memory else None
        if last is None:
            return None
        if self.campaign.never_again:
            return Finding(Verdict.TOO_SOON, {"last_sent_at": last, "once_per": "never"})
        if self.campaign.once_per is None:
            return None
        free = after(moment(last), self.campaign.once_per, self._zone())
        if occurrence.moment >= free:
            return None
        return Finding(Verdict.TOO_SOON, {"last_sent_at": last, "free_from": stamp(free)})

    def _case(self, occurrence: Occurrence, step: Step, due: datetime) -> Case:
        return Case(
            customer=self.customer,
            shop=self.shop,
            campaign=self.campaign,
            step=step,
            channel=choose(self.customer, step.channel),
            message_id=message_id(self.campaign.id, occurrence.key, step.id, self.customer["id"]),
            subject=occurrence.subject,
            since=occurrence.since,
            due_at=due,
            send_by=after(due, self.campaign.send_by, self._zone()),
            now=self.now,
            facts=occurrence.facts,
        )

    def _zone(self) -> str:
        return zone_for(self.customer, self.shop).key


def _joins(later: Occurrence, earlier: Occurrence) -> bool:
    return later.joins and earlier.joins and later.moment <= earlier.moment + JOINED_WITHIN


def _occurrence_of(subject: str, enrollment: Enrollment) -> Occurrence:
    return Occurrence(
        key=enrollment["key"],
        subject=subject,
        since=enrollment["since"],
        moment=moment(enrollment["moment"]),
        facts=enrollment["facts"],
    )


def _remembered(enrollment: Enrollment) -> Finding:
    """The verdict on an enrollment that is over."""
    facts = {"step": enrollment["step"], "at": enrollment.get("settled_at", enrollment["entered_at"])}
    reason = enrollment.get("reason", "completed")
    if reason in ("completed", "joined", "step_removed") and enrollment.get("outcome") in _OUTCOMES:
        return Finding(_OUTCOMES[enrollment.get("outcome")], {**facts, **enrollment["facts"]})
    if reason in _VERDICTS:
        return Finding(Verdict(reason), facts)
    return Finding(Verdict.SKIPPED_BECAUSE, {"reason": reason, **facts})


_OUTCOMES: dict[str | None, Verdict] = {Status.SENT: Verdict.SENT, Status.UNCONFIRMED: Verdict.UNCONFIRMED}
_VERDICTS = frozenset(Verdict)
