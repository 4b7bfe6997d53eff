"""One campaign for one customer: what was entered and how it goes on, what may be entered now, and what speaks against it.

What was entered is remembered as an enrollment. Everything before that (waiting for the moment, quiet hours, caps) is
computed afresh each time from stored facts, so a newer visit replaces an older one without bookkeeping, and a message is
judged on what is true when it is planned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perennial.campaigns import Campaign
from perennial.deciding.continuing import Continuing
from perennial.deciding.entering import Entrance
from perennial.deciding.look import Look
from perennial.deciding.moves import Cancel, End, Move, Note
from perennial.deciding.verdicts import Finding, Verdict
from perennial.messaging.messages import Enrollment
from perennial.triggers import TRIGGERS
from perennial.triggers.occurrence import Nothing, Occurrence

REPLACED_BY_NEWER = frozenset({"browse", "cart", "checkout"})  # until something was sent
_NOBODY: Mapping[str, Any] = {}

Said = Finding | Move | Note


def consider(look: Look, campaign: Campaign) -> list[Said]:
    """What there is to say and to do, older facts first."""
    inside: Mapping[str, Enrollment] = look.customer["enrollments"].get(campaign.id, _NOBODY)
    found = TRIGGERS[campaign.kind](look.customer, campaign, look.shop, look.now)
    if isinstance(found, Nothing):
        told = Finding(Verdict.NOT_TRIGGERED, found.facts, found.until)
        return [told] if not inside else [told, *_inside(look, campaign, inside, [])[0]]
    entrance = Entrance(look, campaign, inside)
    if not inside:
        return list(entrance.enter(found, set()))
    new = [each for each in found if not entrance.was_entered(each)]
    replacing = [each for each in new if campaign.kind in REPLACED_BY_NEWER and not entrance.objection(each)]
    said, open_ones = _inside(look, campaign, inside, replacing)
    return [*said, *entrance.enter(new, open_ones)]


def _inside(
    look: Look, campaign: Campaign, inside: Mapping[str, Enrollment], replacing: list[Occurrence]
) -> tuple[list[Said], set[str]]:
    """What there is to say of its enrollments, and the subjects of those that stay open."""
    said: list[Said] = []
    open_ones: set[str] = set()
    newer = {each.subject for each in replacing}
    for subject, enrollment in sorted(inside.items(), key=lambda item: item[1]["since"]):
        progress = list(Continuing(look, campaign, subject, enrollment).progress(replaced=subject in newer))
        said += progress
        if enrollment["state"] != "ended" and not any(isinstance(each, (Cancel, End)) for each in progress):
            open_ones.add(subject)
    return said, open_ones
