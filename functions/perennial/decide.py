"""`decide`: what should happen to a customer now, when to look again, and why, for every campaign.

Pure: a function of the document, the release and the time. It changes nothing; `plan` carries out its moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from perennial.campaigns import Mode
from perennial.customer import Customer, is_anonymous
from perennial.deciding.arbitrate import arbitrate
from perennial.deciding.consider import Said, consider
from perennial.deciding.look import Look
from perennial.deciding.moves import Move, Note, Send
from perennial.deciding.remembering import remembering
from perennial.deciding.verdicts import Finding, Verdict
from perennial.shop import Shop
from perennial.times import moment

_NEVER = moment("9999-01-01T00:00:00.000Z")
_LIVELIEST = (  # of several verdicts of one campaign, the one that says most about what happens next
    Verdict.SENDING,
    Verdict.QUEUED,
    Verdict.PLANNED,
    Verdict.PACED_UNTIL,
    Verdict.OUTRANKED_BY,
    Verdict.CAPPED_UNTIL,
    Verdict.QUIET_HOURS_UNTIL,
    Verdict.WAITING_UNTIL,
)
_ONLY_A_DRAFT = [Finding(Verdict.NOT_TRIGGERED, {"why": "the campaign is a draft"})]


@dataclass(slots=True)
class Decision:
    """findings: by campaign id. moves: to be carried out, in this order. wake: when time alone may change something.

    notes: to be remembered; they change no decision. standing: what was said of campaigns that no move can change: those
    that have none and did not come as far as the gates, which alone ask what else is planned.
    """

    findings: dict[str, Finding] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    wake: datetime | None = None
    standing: dict[str, list[Said]] = field(default_factory=dict)


def decide(
    customer: Customer,
    shop: Shop,
    now: datetime,
    budget: int | None = None,
    *,
    before: Decision | None = None,
) -> Decision:
    """Judge every campaign. budget: how many messages may be planned now, None for any number.

    before: a decision at this moment whose moves alone have changed the document since. Nothing is decided about an
    anonymous visitor.
    """
    decision = Decision()
    if is_anonymous(customer):
        return decision
    with remembering(customer):
        _decide(decision, Look(customer, shop, now), budget, before.standing if before else {})
    return decision


def _decide(decision: Decision, look: Look, budget: int | None, standing: Mapping[str, list[Said]]) -> None:
    findings: dict[str, list[Finding]] = {}
    wishes: list[Send] = []
    enrollments = look.customer["enrollments"]
    for campaign in look.shop.campaigns.values():
        if campaign.mode is Mode.DRAFT and not enrollments.get(campaign.id):
            findings[campaign.id] = _ONLY_A_DRAFT
            continue
        said = standing.get(campaign.id)
        if said is None:
            said = consider(look, campaign)
        moves = len(decision.moves)
        findings[campaign.id] = _sorted_out(said, decision, wishes)
        if moves == len(decision.moves) and campaign.id not in look.judged:
            decision.standing[campaign.id] = said
    for wish, finding in arbitrate(wishes, look.now, budget):
        findings[wish.case.campaign.id].append(finding)
        if finding.verdict == Verdict.PLANNED:
            decision.moves.append(wish)
    decision.findings = {
        campaign: found[0] if len(found) == 1 else _liveliest(found) for campaign, found in findings.items()
    }
    decision.wake = _wake([each for found in findings.values() for each in found], look.now)


def _sorted_out(said: list[Said], decision: Decision, wishes: list[Send]) -> list[Finding]:
    """The findings; everything else goes to where it belongs."""
    findings: list[Finding] = []
    for each in said:
        if isinstance(each, Finding):
            findings.append(each)
        elif isinstance(each, Note):
            decision.notes.append(each)
        elif isinstance(each, Send):
            wishes.append(each)
        else:
            decision.moves.append(each)
    return findings


def _liveliest(findings: list[Finding]) -> Finding:
    """The liveliest; of those that are over, the newest (they come in the order of their facts)."""
    for verdict in _LIVELIEST:
        alive = [finding for finding in findings if finding.verdict == verdict]
        if alive:
            return min(alive, key=lambda finding: finding.until or _NEVER)
    return findings[-1] if findings else Finding(Verdict.NOT_TRIGGERED)


def _wake(findings: list[Finding], now: datetime) -> datetime | None:
    return min((each.until for each in findings if each.until and each.until > now), default=None)
