"""What `decide` wants done. `plan` carries it out on the document."""

from __future__ import annotations

from dataclasses import dataclass

from perennial.campaigns import Step
from perennial.gates.case import Case
from perennial.triggers.occurrence import Occurrence


@dataclass(frozen=True, slots=True)
class Send:
    """Plan this message. `joined`: other occurrences of the campaign that it speaks of as well."""

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


Move = Send | Skip | Cancel | End
