"""What would happen to all customers, in sums: of bounded size, and those of two processes can be added up."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from perennial.customer import Customer
from perennial.deciding.verdicts import Verdict
from perennial.messaging.messages import Planned
from perennial.outlook.foreseeing import Foreseen, Message
from perennial.times import zone_of


class Kind(NamedTuple):
    """Messages that are counted together. day: in the shop's zone, YYYY-MM-DD."""

    day: str
    campaign: str
    step: str
    variant: str
    channel: str
    is_trial: bool


class Part(NamedTuple):
    """Of which one message is kept to look at."""

    campaign: str
    step: str
    variant: str
    channel: str


class Sample(NamedTuple):
    """A message as it would be written. lot: the customer's; the lowest of a part is kept."""

    lot: int
    at: datetime
    message: str
    entry: Planned
    customer: Customer


@dataclass(slots=True)
class Tally:
    """messages: by kind. reached: customers by campaign. hours: messages by hour (UTC, YYYY-MM-DDTHH), all campaigns.

    verdicts: customers by campaign and verdict, each counted once for each verdict they were given.
    outranked: customers by campaign and by the one that took its slot. first: stamp of a campaign's first message.
    """

    zone: str
    customers: int = 0
    messages: Counter[Kind] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, Verdict]] = field(default_factory=Counter)
    outranked: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[str, datetime] = field(default_factory=dict)
    samples: dict[Part, Sample] = field(default_factory=dict)

    def add(self, found: Foreseen) -> None:
        """One customer's."""
        self.customers += 1
        for each in found.messages:
            self._message(each)
        self.reached.update({each.entry["campaign"] for each in found.messages if not each.is_trial})
        for campaign, verdicts in found.verdicts.items():
            self.verdicts.update((campaign, verdict) for verdict in verdicts)
        for campaign, winners in found.outranked_by.items():
            self.outranked.update((campaign, winner) for winner in winners if winner)

    def _message(self, message: Message) -> None:
        entry, at = message.entry, message.at
        part = Part(entry["campaign"], entry["step"], entry["variant"], entry["channel"])
        day = at.astimezone(zone_of(self.zone)).date().isoformat()
        self.messages[Kind(day, *part, message.is_trial)] += 1
        if not message.is_trial:
            self.hours[at.strftime("%Y-%m-%dT%H")] += 1
            self.first[part.campaign] = min(at, self.first.get(part.campaign, at))
        lot = zlib.crc32(message.id.encode())
        self._keep(part, Sample(lot, at, message.id, entry, message.customer))

    def _keep(self, part: Part, sample: Sample) -> None:
        held = self.samples.get(part)
        if held is None or (sample.lot, sample.message) < (held.lot, held.message):
            self.samples[part] = sample

    def merge(self, other: Tally) -> None:
        """All of another one, of other customers."""
        self.customers += other.customers
        for name in ("messages", "hours", "reached", "verdicts", "outranked"):
            getattr(self, name).update(getattr(other, name))
        for campaign, at in other.first.items():
            self.first[campaign] = min(at, self.first.get(campaign, at))
        for part, sample in other.samples.items():
            self._keep(part, sample)

    @property
    def busiest(self) -> tuple[str, int] | None:
        """The hour with the most messages, and how many."""
        return max(self.hours.items(), key=lambda each: (each[1], each[0]), default=None)


def by_campaign(messages: Mapping[Kind, int], *, trials: bool = False) -> Counter[str]:
    """Messages by campaign, all days; `trials`: those of campaigns in dry run instead."""
    found: Counter[str] = Counter()
    for kind, number in messages.items():
        if kind.is_trial == trials:
            found[kind.campaign] += number
    return found
