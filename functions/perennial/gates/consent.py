"""Consent: marketing goes to who subscribed to the channel, did not leave the topic, and did not ask for a pause.

And to nobody to whom a `sunset` campaign said goodbye, until they click, order or say yes again.
"""

from __future__ import annotations

from perennial.deciding.verdicts import Finding, Verdict
from perennial.events import ConsentState
from perennial.folding import consent, preferences
from perennial.gates.case import Case
from perennial.insight import sunsetting


def check(case: Case) -> Finding | None:
    if case.campaign.transactional:
        return None
    said = consent.standing(case.customer, case.channel)
    if said is not None and said["state"] == ConsentState.SUBSCRIBED:
        return _unwanted(case)
    facts = {"channel": case.channel, "state": ConsentState.NOT_SUBSCRIBED.value, **(said or {})}
    return Finding(Verdict.NO_CONSENT, facts)


def _unwanted(case: Case) -> Finding | None:
    refusal = preferences.refusal(case.customer, case.campaign.topic, case.now)
    refusal = refusal or sunsetting.refusal(case.customer, case.shop)
    return Finding(Verdict.NO_CONSENT, {"channel": case.channel, **refusal}) if refusal else None
