"""What `decide` wants done. `plan` carries it out on the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perennial.campaigns import Step
from perennial.gates.case import Case
from perennial.messaging.messages import Awaited
from perennial.triggers.occurrence import Occurrence


@dataclass(frozen=True, slots=True)
class Send:
    """Plan this message. `joined`: other occurrences of the campaign that it speaks of as well."""

    case: Case
    occurrence: Occurrence
    joined: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Enter without a message: of those held out, this is when they would have got it."""

    case: Case
    occurrence: Occurrence
    joined: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """A later step is refused for good: on to the next one."""

    campaign: str
    subject: str
    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """A planned message became pointless."""

    message_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """An enrollment is over."""

    campaign: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """To be remembered of an enrollment that waits; nothing else has to be decided anew for it."""

    campaign: str
    subject: str
    awaits: Awaited
    turns: Mapping[str, bool]


Move = Send | Hold | Skip | Cancel | End
