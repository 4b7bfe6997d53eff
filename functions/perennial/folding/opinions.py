"""What customers answered on the feedback page: of each stage the newest number. Words stay on the timeline."""

from __future__ import annotations

from perennial.customer import Customer, Opinion
from perennial.events import Event
from perennial.times import stamp

KEPT = 6  # stages; one more for what no stage asked


def fold(draft: Customer, event: Event) -> None:
    """One more answer, from our own page or a trusted server."""
    score = event.properties.get("score")
    if event.trusted and isinstance(score, int):
        told = Opinion(score=score, at=stamp(event.occurred_at))
        _keep(draft, str(event.properties.get("stage") or ""), told)


def join(draft: Customer, other: Customer) -> None:
    """What is known of both, once they turn out to be one person."""
    for stage, told in other.get("opinions", {}).items():
        _keep(draft, stage, told)


def newest(customer: Customer) -> tuple[str, Opinion] | None:
    """The last answer and the stage that was asked about."""
    held = customer.get("opinions")
    return max(held.items(), key=lambda each: _newness(each[1])) if held else None


def _keep(draft: Customer, stage: str, told: Opinion) -> None:
    held = draft.setdefault("opinions", {})
    held[stage] = max(told, held.get(stage, told), key=_newness)
    if len(held) > KEPT:
        del held[min(held, key=lambda each: (held[each]["at"], each))]


def _newness(told: Opinion) -> tuple[str, int]:
    """Of two answers of one moment the worse counts."""
    return told["at"], -told["score"]
