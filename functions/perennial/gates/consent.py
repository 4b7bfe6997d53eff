"""Consent: marketing goes to those who subscribed to the channel, and to nobody else."""

from __future__ import annotations

from perennial.events import ConsentState
from perennial.gates.case import Case
from perennial.verdicts import Finding, Verdict


def check(case: Case) -> Finding | None:
    if case.campaign.transactional:
        return None
    consent = case.customer["consent"].get(case.channel)
    if consent is not None and consent["state"] == ConsentState.SUBSCRIBED:
        return None
    facts = {"channel": case.channel, "state": ConsentState.NOT_SUBSCRIBED.value, **(consent or {})}
    return Finding(Verdict.NO_CONSENT, facts)
