"""Enrollments: what was entered, how far it came, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from perennial.campaigns import Campaign
from perennial.deciding.cases import case_of
from perennial.deciding.look import Look
from perennial.deciding.moves import Cancel, End, Move, Note, Send, Skip
from perennial.deciding.verdicts import Finding, Verdict
from perennial.deciding.walking import Arrival, rest_after, walk
from perennial.gates import judge
from perennial.gates.exits import exited
from perennial.messaging.messages import Awaited, Enrollment
from perennial.messaging.outbox import EXIT, REPLACED, STEP_REMOVED, Status, message_id
from perennial.times import moment, stamp
from perennial.triggers.occurrence import Occurrence


class Continuing:
    """One campaign's memory of one subject."""

    def __init__(self, look: Look, campaign: Campaign, subject: str, enrollment: Enrollment) -> None:
        self._look, self._campaign = look, campaign
        self._subject, self._enrollment = subject, enrollment

    def progress(self, *, replaced: bool) -> Iterator[Finding | Move | Note]:
        """What there is to say and to do. replaced: something newer takes its place, if nothing was sent yet."""
        state = self._enrollment["state"]
        if state == "ended":
            yield self._ended()
        elif state == "planned":
            yield from self._planned(replaced=replaced)
        else:
            yield from self._waiting()

    def _ended(self) -> Finding:
        """What was remembered, and which order or event it was that ended it, as long as that is known."""
        finding = remembered(self._enrollment)
        exit_ = self._exited() if finding.verdict == Verdict.EXITED_BY else None
        return Finding(exit_.verdict, {**finding.facts, **exit_.facts}) if exit_ else finding

    def _exited(self) -> Finding | None:
        enrollment, campaign = self._enrollment, self._campaign
        return exited(
            self._look.customer, campaign.exit_on, enrollment["since"], self._subject, enrollment["facts"]
        )

    def _planned(self, *, replaced: bool) -> Iterator[Finding | Move]:
        enrollment, customer = self._enrollment, self._look.customer
        message = message_id(self._campaign.id, enrollment["key"], enrollment["step"], customer["id"])
        entry = customer["outbox"][message]
        facts = {"step": entry["step"], "channel": entry["channel"], "planned_at": entry["planned_at"]}
        if entry["status"] == Status.SENDING:
            yield Finding(Verdict.SENDING, facts)
            return
        over = self._over()
        if over is None and replaced and "settled_at" not in enrollment and "doubted_at" not in entry:
            over = Finding(Verdict.SKIPPED_BECAUSE, {"reason": REPLACED})
        if over is None:
            yield Finding(Verdict.QUEUED, facts)
        else:
            yield Cancel(message, _reason(over))
            yield over

    def _over(self) -> Finding | None:
        """Why what is left of it is pointless now."""
        enrollment, campaign = self._enrollment, self._campaign
        if exit_ := self._exited():
            return exit_
        if campaign.step(enrollment["step"]) is None:
            return Finding(Verdict.SKIPPED_BECAUSE, {"reason": STEP_REMOVED})
        if enrollment["state"] == "planned" and not self._look.holds(campaign.audience, enrollment["facts"]):
            return Finding(Verdict.OUTSIDE_AUDIENCE)
        return None

    def _waiting(self) -> Iterator[Finding | Move | Note]:
        enrollment = self._enrollment
        over = self._over()
        rest = rest_after(self._campaign.steps, enrollment["step"])
        if over is not None or rest is None:
            reason = _reason(over) if over else STEP_REMOVED
            yield self._end(reason)
            is_told = over is not None and over.verdict == Verdict.EXITED_BY
            yield over if over and is_told else remembered(enrollment)
            return
        turns = enrollment.get("turns", {})
        settled = moment(enrollment["settled_at"])
        arrival = walk(self._look, rest, settled, enrollment["facts"], turns, self._never_before_now)
        if arrival.exit and self._look.now >= arrival.at:
            yield self._end(f"{EXIT}{arrival.exit}")
            yield Finding(Verdict.EXITED_BY, {"step": "exit", "reason": arrival.exit})
        elif not arrival.name:
            yield self._end("completed")
            yield remembered(enrollment)
        else:
            yield from self._noted(arrival)
            yield from self._arrived(arrival)

    def _end(self, reason: str) -> End:
        return End(self._campaign.id, self._subject, reason)

    def _never_before_now(self, name: str, due: datetime) -> datetime:
        """An edit that shortens a wait makes what was waited for due at once, not too late."""
        awaited, now = self._enrollment.get("awaits"), self._look.now
        if awaited is None or awaited["step"] != name or due >= now:
            return due
        return max(due, min(moment(awaited["at"]), now))

    def _noted(self, arrival: Arrival) -> Iterator[Note]:
        awaits = Awaited(step=arrival.name, at=stamp(arrival.at))
        held = self._enrollment
        if held.get("awaits") != awaits or held.get("turns", {}) != arrival.turns:
            yield Note(self._campaign.id, self._subject, awaits, arrival.turns)

    def _arrived(self, arrival: Arrival) -> Iterator[Finding | Move]:
        if self._look.now < arrival.at or arrival.step is None:
            facts = {"until": stamp(arrival.at), "step": arrival.name}
            yield Finding(Verdict.WAITING_UNTIL, facts, until=arrival.at)
            return
        occurrence = _occurrence_of(self._subject, self._enrollment)
        variant = self._enrollment["variant"]
        case = case_of(self._look, self._campaign, occurrence, arrival.step, arrival.at, variant)
        refusal = judge(case)
        if refusal is None:
            yield Send(case, occurrence)
        elif refusal.until is not None:
            yield replace(refusal, facts={"step": arrival.step.id, **refusal.facts})
        elif refusal.verdict == Verdict.OUTSIDE_AUDIENCE:
            yield from (self._end(refusal.verdict), refusal)
        else:
            yield from (Skip(self._campaign.id, self._subject, arrival.step, refusal.verdict.value), refusal)


def _reason(finding: Finding) -> str:
    return str(finding.facts.get("reason", finding.verdict))


def _occurrence_of(subject: str, enrollment: Enrollment) -> Occurrence:
    return Occurrence(
        key=enrollment["key"],
        subject=subject,
        since=enrollment["since"],
        moment=moment(enrollment["moment"]),
        facts=enrollment["facts"],
    )


def remembered(enrollment: Enrollment) -> Finding:
    """The verdict on an enrollment that is over."""
    facts = {"step": enrollment["step"], "at": enrollment.get("settled_at", enrollment["entered_at"])}
    reason = enrollment.get("reason", "completed")
    if reason in ("completed", "joined", STEP_REMOVED) and enrollment.get("outcome") in _OUTCOMES:
        return Finding(_OUTCOMES[enrollment.get("outcome")], {**facts, **enrollment["facts"]})
    if reason in _VERDICTS:
        return Finding(Verdict(reason), facts)
    if reason.startswith(EXIT):
        return Finding(Verdict.EXITED_BY, {**facts, "reason": reason.removeprefix(EXIT)})
    return Finding(Verdict.SKIPPED_BECAUSE, {"reason": reason, **facts})


_OUTCOMES: dict[str | None, Verdict] = {Status.SENT: Verdict.SENT, Status.UNCONFIRMED: Verdict.UNCONFIRMED}
_VERDICTS = frozenset(Verdict)
