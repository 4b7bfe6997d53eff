"""The steps of a campaign: messages, and what stands between them. Read from a release, never checked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from perennial.times import Span

PLAIN = "plain"  # the variant of a campaign without an experiment


@dataclass(frozen=True, slots=True)
class Offer:
    """What a message offers. coupon: as `offers.yaml` names it. expires: from the sending, None: as the offer says."""

    coupon: str
    expires: Span | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One message. channel: email, sms, push, bus or best (the consented channel the customer last answered on).

    template: its name, or names by variant.
    """

    kind: ClassVar[str] = "send"
    id: str
    channel: str
    template: str | Mapping[str, str]
    offer: Offer | None = None

    @property
    def templates(self) -> tuple[str, ...]:
        """Every template that it may use."""
        return (self.template,) if isinstance(self.template, str) else tuple(self.template.values())

    def template_for(self, variant: str) -> str:
        """The variant's template; the first one's for a variant that an edit took away."""
        if isinstance(self.template, str):
            return self.template
        return self.template.get(variant) or next(iter(self.template.values()))


@dataclass(frozen=True, slots=True)
class Wait:
    """Time between two steps, counted from the settling of the message before.

    One of: span; clock ("HH:MM", the next time the customer's clock shows it, on `weekday` 0..6 if given); predicted (the
    moment the forecast expects the next purchase).
    """

    kind: ClassVar[str] = "wait"
    span: Span = Span()
    clock: str = ""
    weekday: int | None = None
    predicted: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The campaign ends here for whoever comes by, for a reason in the marketer's words."""

    kind: ClassVar[str] = "exit"
    reason: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One way or the other, decided when it is reached. condition: compiled. id: stays while its messages' ids do."""

    kind: ClassVar[str] = "branch"
    id: str
    condition: Any
    then: tuple[Step | Wait | Stop, ...]
    otherwise: tuple[Step | Wait | Stop, ...] = ()


AnyStep = Step | Wait | Branch | Stop


def sends(steps: Sequence[AnyStep]) -> Iterator[Step]:
    """All messages, those of both ways of a branch too, in the order of the file."""
    for step in steps:
        if isinstance(step, Branch):
            yield from sends((*step.then, *step.otherwise))
        elif isinstance(step, Step):
            yield step


def steps_from(data: Sequence[Mapping[str, Any]]) -> tuple[AnyStep, ...]:
    """Steps from their JSON in a release."""
    return tuple(step for each in data for step in _steps_from(each))


def _steps_from(data: Mapping[str, Any]) -> Iterator[AnyStep]:
    match data.get("kind"):
        case "send":
            yield _send(data)
        case "wait":
            fields = {**data, "span": Span(*data.get("span", ()))}
            yield Wait(**{key: value for key, value in fields.items() if key != "kind"})
        case "exit":
            yield Stop(data["reason"])
        case "branch":
            ways = (steps_from(data["then"]), steps_from(data["else"]))
            yield Branch(data["id"], data["if"], *ways)  # type: ignore[arg-type]  # publishing allows no nesting
        case _:  # a release of the first kind: messages alone, each with the wait before it
            if any(data["wait"]):
                yield Wait(Span(*data["wait"]))
            yield _send(data)


def _send(data: Mapping[str, Any]) -> Step:
    offer = data.get("offer")
    expires = Span(*offer["expires"]) if offer and offer.get("expires") else None
    return Step(
        data["id"], data["channel"], data["template"], Offer(offer["coupon"], expires) if offer else None
    )
