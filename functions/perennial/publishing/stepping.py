"""The steps of a file: compiled for the release, and checked against each other and the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.expressions import bound
from perennial.publishing.problems import Path, did_you_mean, known_are, nearest
from perennial.publishing.step_file import (
    MOST_STEPS,
    AnyStepFile,
    ExitStep,
    IfStep,
    OfferFile,
    SendStep,
    WaitStep,
)

_Breach = tuple[Path, str]


def compiled_steps(steps: Sequence[AnyStepFile], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As `steps_from` reads them. A branch is known by its messages, so that edits around it do no harm."""
    met: Counter[str] = Counter()
    return [_step(step, settings, met) for step in steps]


def _step(step: AnyStepFile, settings: Mapping[str, Any], met: Counter[str]) -> dict[str, Any]:
    match step:
        case SendStep():
            return {
                "kind": "send",
                "id": step.id,
                "channel": step.send,
                "template": step.template,
                "offer": _offer(step.offer),
            }
        case WaitStep() if step.is_duration:
            return {"kind": "wait", "span": list(step.wait)}
        case WaitStep():
            return {"kind": "wait", **step.until._asdict()}
        case ExitStep():
            return {"kind": "exit", "reason": step.exit}
    ways = [[_step(each, settings, met) for each in way] for way in (step.then, step.else_)]
    inside = [each.get("id") or each.get("reason", "") for way in ways for each in way]
    name = " ".join(["if", *filter(None, inside)])
    met[name] += 1
    branch = name if met[name] == 1 else f"{name} {met[name]}"
    return {
        "kind": "branch",
        "id": branch,
        "if": bound(step.if_, settings),
        "then": ways[0],
        "else": ways[1],
    }


def _offer(offer: OfferFile | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    return {"coupon": offer.coupon, "expires": list(offer.expires) if offer.expires else None}


def all_steps(file: CampaignFile) -> Iterator[tuple[Path, AnyStepFile]]:
    """Every step with its path, those inside a branch behind it."""
    for index, step in enumerate(file.steps):
        yield ("steps", index), step
        if isinstance(step, IfStep):
            for way, inner in _ways(step):
                yield from ((("steps", index, way, place), each) for place, each in enumerate(inner))


def sends(file: CampaignFile) -> Iterator[tuple[Path, SendStep]]:
    """The messages, each with its path in the file."""
    return ((path, step) for path, step in all_steps(file) if isinstance(step, SendStep))


def _ways(step: IfStep) -> tuple[tuple[str, Sequence[AnyStepFile]], ...]:
    return ("then", step.then), ("else", step.else_)


def breaches_of_steps(file: CampaignFile) -> Iterator[_Breach]:
    """What is wrong between the steps of one file: the path, and what to do."""
    steps = list(all_steps(file))
    if len(steps) > MOST_STEPS:
        yield ("steps",), f"there are {len(steps)} steps in all; {MOST_STEPS} is the most."
    if not any(isinstance(step, SendStep) for _, step in steps):
        yield ("steps",), "there is no message among them. Add one: {send: ..., id: ..., template: ...}."
    yield from _early_waits(file)
    yield from _order(("steps",), file.steps, goes_on=False)
    for index, step in enumerate(file.steps):
        if isinstance(step, IfStep):
            for way, inner in _ways(step):
                yield from _order(("steps", index, way), inner, goes_on=index + 1 < len(file.steps))
    yield from _repeated_ids(file)
    yield from _variants(file)


def _early_waits(file: CampaignFile) -> Iterator[_Breach]:
    remedy = "set 'after' of the trigger instead" if hasattr(file.trigger, "after") else "delete it"
    text = f"the first message is due when the trigger fires, without a wait: {remedy}."
    for index, step in enumerate(file.steps):
        if isinstance(step, WaitStep):
            yield ("steps", index), text
            return
        if not isinstance(step, IfStep):
            return
        ways = [(way, inner[0] if inner else None) for way, inner in _ways(step)]
        for way, first in ways:
            if isinstance(first, WaitStep):
                yield ("steps", index, way, 0), text
        if all(first is not None for _, first in ways):
            return


def _order(path: Path, steps: Sequence[AnyStepFile], *, goes_on: bool) -> Iterator[_Breach]:
    """goes_on: something follows these steps."""
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        if isinstance(step, WaitStep) and last and index and not goes_on:
            yield (*path, index), "nothing follows this wait. Delete it, or add a message after it."
        if isinstance(step, ExitStep) and not last:
            yield (*path, index), "nothing behind this exit is ever reached. Delete what follows it."
        if isinstance(step, WaitStep) and index and _are_one(steps[index - 1], step):
            yield (*path, index), "two waits in a row. Write one with the whole time."


def _are_one(first: AnyStepFile, second: WaitStep) -> bool:
    """A duration and then "until" is more than either can say; anything else is said by one of them."""
    return isinstance(first, WaitStep) and (second.is_duration or not first.is_duration)


def _repeated_ids(file: CampaignFile) -> Iterator[_Breach]:
    seen: dict[str, Path] = {}
    for path, step in sends(file):
        if step.id in seen:
            other = f"steps[{seen[step.id][1]}]"
            yield (*path, "id"), f"'{step.id}' is the id of {other} too. Each step needs its own."
        seen.setdefault(step.id, path)


def _variants(file: CampaignFile) -> Iterator[_Breach]:
    """Templates by variant name each variant of the experiment, and no other."""
    for path, step in sends(file):
        if isinstance(step.template, str):
            continue
        if file.experiment is None:
            names = ", ".join(step.template)
            remedy = f"Name one template, or add 'experiment: {{variants: ...}}' with {names}."
            yield (*path, "template"), f"there is no experiment whose variants these could be. {remedy}"
            continue
        known = file.experiment.variants
        for name in step.template.keys() - known.keys():
            hint = did_you_mean(name, known) or known_are(known)
            yield (*path, "template", name), f"the experiment has no variant '{name}'.{hint}"
        for name in known.keys() - step.template.keys():
            yield (*path, "template"), f"the variant '{name}' has no template. Add '{name}: ...'."


def missing_parts(file: CampaignFile, templates: Mapping[str, Mapping[str, str]]) -> Iterator[_Breach]:
    """Steps whose template is not there, or lacks a part that the channel needs."""
    for place, step in sends(file):
        for variant, template in step.templates.items():
            path: Path = (*place, "template", *([variant] if variant else []))
            if template not in templates:
                near = nearest(template, templates)
                hint = f"Did you mean '{near}'?" if near else f"Add templates/{template}.mjml."
                yield path, f"there is no template '{template}'. {hint}"
                continue
            parts = templates[template]
            for part, needed in NEEDED[step.send].items():
                if part not in parts:
                    yield path, f"'send: {step.send}' needs {needed.format(template)}."
            if step.send == "best" and not parts.keys() & {"sms", "push"}:
                remedy = f"Add templates/{template}.sms or .push, or write 'send: email'."
                yield path, f"'send: best' chooses between channels, and this template speaks one. {remedy}"


_MAIL = {
    "html": "templates/{}.mjml (or .html)",
    "subject": "a 'subject:' at the top of templates/{}.mjml (or .html), between two lines of ---",
}
_SMS = {"sms": "templates/{}.sms, the text message"}
NEEDED: Mapping[str, Mapping[str, str]] = {
    "email": _MAIL,
    "sms": _SMS,
    "push": {"push": "templates/{}.push, the title on its first line and the text below"},
    "bus": {"text": "templates/{}.txt, the message as plain text"},
    "best": _MAIL,
}
