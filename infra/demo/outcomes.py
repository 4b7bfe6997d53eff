"""What was sent, what was planned and dropped, and why the others got nothing: counted by campaign."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from infra.demo.live import Played
from perennial.campaigns import Mode
from perennial.customer import Customer
from perennial.deciding.explain import explain
from perennial.deciding.verdicts import Verdict
from perennial.messaging.outbox import Status


class Outcome(NamedTuple):
    """One row: what became of it, and how often by campaign. The first groups count messages, the last one customers."""

    group: str
    what: str
    by_campaign: dict[str, int]


GROUPS = SENT, DROPPED, NOTHING = "Messages sent", "Planned, then dropped", "Customers who got none"
_CHANNELS = {"email": "by e-mail", "sms": "by text message"}
_LABELS = {
    Verdict.WAITING_UNTIL: "not due yet",
    Verdict.NO_CONSENT: "no consent",
    Verdict.NO_ADDRESS: "no address",
    Verdict.SUPPRESSED: "address bounced",
    Verdict.TOO_SOON: "had one too lately",
    Verdict.OUTSIDE_AUDIENCE: "outside the audience",
    Verdict.QUIET_HOURS_UNTIL: "waiting for the morning",
    Verdict.CAPPED_UNTIL: "waiting for a free slot",
    Verdict.EXITED_BY: "bought meanwhile",
    Verdict.PAST_SEND_BY: "too late to be of use",
}


def outcomes(played: Played) -> list[Outcome]:
    """Rows in their groups, the most frequent first. Whom a campaign did not reach stands in its last group, once."""
    counts: dict[tuple[str, str], Counter[str]] = {}

    def count(group: str, what: str, campaign: str) -> None:
        counts.setdefault((group, what), Counter())[campaign] += 1

    for letter in played.letters:
        count(SENT, _CHANNELS[letter.mail["channel"]], letter.mail["campaign"])
    reached = {(letter.customer["id"], letter.mail["campaign"]) for letter in played.letters}
    for customer in played.customers:
        for settled in customer["settled"]:
            if settled["status"] == Status.SKIPPED:
                count(DROPPED, settled.get("reason", "").replace("_", " "), settled["campaign"])
        for campaign, label in _standing(customer, played).items():
            if (customer["id"], campaign) not in reached:
                count(NOTHING, label, campaign)
    ordered = sorted(counts, key=lambda key: (GROUPS.index(key[0]), -counts[key].total(), key[1]))
    return [Outcome(group, what, dict(counts[group, what])) for group, what in ordered]


def at_work(played: Played) -> list[str]:
    """Campaigns that are not drafts, in their order."""
    return [campaign.id for campaign in played.shop.campaigns.values() if campaign.mode is not Mode.DRAFT]


def of_campaign(rows: list[Outcome], campaign: str) -> dict[str, list[tuple[str, int]]]:
    """By group, what became of it and how often, the most frequent first."""
    found: dict[str, list[tuple[str, int]]] = {group: [] for group in GROUPS}
    for row in rows:
        if number := row.by_campaign.get(campaign):
            found[row.group].append((row.what, number))
    return {group: sorted(counted, key=lambda each: -each[1]) for group, counted in found.items()}


def _standing(customer: Customer, played: Played) -> dict[str, str]:
    told = explain(customer, played.shop, played.end)
    return {
        campaign: _label(each["verdict"], each["facts"])
        for campaign, each in told.items()
        if played.shop.campaigns[campaign].mode is not Mode.DRAFT
    }


def _label(verdict: str, facts: dict[str, str]) -> str:
    if verdict == Verdict.NOT_TRIGGERED:
        return facts.get("why", "not triggered")
    if verdict == Verdict.SKIPPED_BECAUSE:
        return f"planned, then dropped: {facts['reason'].replace('_', ' ')}"
    return _LABELS.get(Verdict(verdict), verdict.replace("_", " "))
