"""From campaign file to the campaign of a release, and the rules that look at more than one key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from perennial.events import Name
from perennial.publishing.campaign_file import CampaignFile, ExitRule, SendStep, WaitStep
from perennial.publishing.expressions import bound
from perennial.publishing.problems import Path, nearest
from perennial.publishing.triggers import DEFAULTS, OptIn, Replenishment
from perennial.publishing.values import duration, in_seconds
from perennial.times import Span, stamp

_ABOUT_A_PRODUCT = (Name.ORDER_COMPLETED, Name.PRODUCT_VIEWED)
_LEAST_APART = 3600  # seconds between two mails that ask for a confirmation


def compile_campaign(
    campaign_id: str, file: CampaignFile, live_since: datetime | None, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The JSON that `perennial.campaigns.campaign_from` reads.

    live_since: None for a draft. settings: the shop's, as they stand in the same release.
    """
    once = file.once_per or duration(DEFAULTS[file.trigger.kind].once_per)
    return {
        "id": campaign_id,
        "name": file.name,
        "description": file.description,
        "stage": file.stage or "",
        "topic": file.topic,
        "transactional": file.type == "transactional",
        "mode": file.mode,
        "live_since": stamp(live_since) if live_since else None,
        "priority": file.priority,
        "kind": file.trigger.kind,
        "trigger": _parameters(file),
        "condition": bound(file.trigger.if_, settings),
        "audience": bound(file.audience, settings),
        "exit_on": [_exit(rule) for rule in _exits(file)],
        "steps": _steps(file),
        "once_per": list(once) if isinstance(once, tuple) else None,
        "never_again": once == "never",
        "send_between": list(file.send_between) if file.send_between else None,
        "send_by": list(file.send_by),
        "on_doubt_resend": file.on_doubt == "resend",
    }


def _parameters(file: CampaignFile) -> dict[str, Any]:
    parameters = {name: value for name, value in file.trigger if name not in {"kind", "if_"}}
    return {name: list(value) if isinstance(value, Span) else value for name, value in parameters.items()}


def _exits(file: CampaignFile) -> list[ExitRule]:
    if file.exit_on is not None:
        return file.exit_on
    defaults = DEFAULTS[file.trigger.kind]
    return [ExitRule(event=defaults.ends_with, same="product" if defaults.about_a_product else None)]


def _exit(rule: ExitRule) -> dict[str, Any]:
    return {"event": rule.event, "same_product": rule.same == "product"}


def _steps(file: CampaignFile) -> list[dict[str, Any]]:
    return [_step(step) for step in file.steps]


def _step(step: SendStep | WaitStep) -> dict[str, Any]:
    if isinstance(step, WaitStep):
        return {"kind": "wait", "span": list(step.wait)}
    return {"kind": "send", "id": step.id, "channel": step.send, "template": step.template}


def sends(file: CampaignFile) -> Iterator[tuple[int, SendStep]]:
    """The sending steps, each with its position in the file."""
    return ((index, step) for index, step in enumerate(file.steps) if isinstance(step, SendStep))


def breaches(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    """What is wrong between the keys of one file: the path, and what to do."""
    yield from _misplaced_waits(file)
    yield from _repeated_ids(file)
    yield from _pointless_exits(file)
    trigger = file.trigger
    if file.on_doubt and file.type == "marketing":
        yield (
            ("on_doubt",),
            "a marketing mail is never risked twice. Delete it; it is for 'type: transactional'.",
        )
    if isinstance(trigger, OptIn):
        yield from _unfit_for_opt_in(file)
    if isinstance(trigger, Replenishment) and in_seconds(trigger.before) >= in_seconds(trigger.default_cycle):
        yield ("trigger", "before"), "this must be shorter than 'default_cycle'."


def _unfit_for_opt_in(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    """Anybody can ask in anybody's name, so these mails are bounded, and go to people who agreed to nothing yet."""
    if file.type != "transactional":
        yield ("type",), "whoever has not confirmed yet gets no marketing. Write 'type: transactional'."
    if file.exit_on is not None:
        yield ("exit_on",), "it ends with the customer's answer, and with nothing else. Delete this key."
    if file.once_per == "always" or (
        isinstance(file.once_per, Span) and in_seconds(file.once_per) < _LEAST_APART
    ):
        yield ("once_per",), "a form can be filled in with anybody's address. Write '1 hour' or longer."
    for index, step in sends(file):
        if step.send != "email":
            yield ("steps", index, "send"), "only e-mail can be confirmed in this version. Write 'email'."


def _misplaced_waits(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    waits = [isinstance(step, WaitStep) for step in file.steps]
    if waits[0]:
        remedy = "set 'after' of the trigger instead" if file.trigger.kind == "browse" else "delete it"
        yield ("steps", 0), f"the first message is due when the trigger fires, without a wait: {remedy}."
    elif waits[-1]:
        yield ("steps", len(waits) - 1), "nothing follows this wait. Delete it, or add a message after it."
    for index in range(1, len(waits)):
        if waits[index - 1] and waits[index]:
            yield ("steps", index), "two waits in a row. Write one with the whole time."


def _repeated_ids(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    seen: dict[str, int] = {}
    for index, step in sends(file):
        if step.id in seen:
            other = f"steps[{seen[step.id]}]"
            yield ("steps", index, "id"), f"'{step.id}' is the id of {other} too. Each step needs its own."
        seen.setdefault(step.id, index)


def _pointless_exits(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    for index, rule in enumerate(file.exit_on or []):
        path: Path = ("exit_on", index, "event")
        meant = None if rule.event in set(Name) else nearest(rule.event, [*Name], cutoff=0.85)
        if meant:
            yield path, f"there is no event '{rule.event}'. Did you mean '{meant}'?"
        if rule.same and not DEFAULTS[file.trigger.kind].about_a_product:
            yield (
                (*path[:2], "same"),
                f"a {file.trigger.kind} campaign is not about one product. Delete 'same'.",
            )
        elif rule.same and rule.event not in _ABOUT_A_PRODUCT:
            yield (*path[:2], "same"), f"'{rule.event}' is not about a product. Delete 'same'."


def missing_parts(
    file: CampaignFile, templates: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[Path, str]]:
    """Steps whose template is not there, or lacks a part that the channel needs."""
    for index, step in sends(file):
        path: Path = ("steps", index, "template")
        if step.template not in templates:
            near = nearest(step.template, templates)
            hint = f"Did you mean '{near}'?" if near else f"Add templates/{step.template}.html."
            yield path, f"there is no template '{step.template}'. {hint}"
            continue
        for part, needed in _NEEDED[step.send].items():
            if part not in templates[step.template]:
                yield path, f"'send: {step.send}' needs {needed.format(step.template)}."


_MAIL = {
    "html": "templates/{}.html",
    "subject": "a 'subject:' at the top of templates/{}.html, between two lines of ---",
    "text": "templates/{}.txt, the mail as plain text",
}
_SMS = {"sms": "templates/{}.sms, the text message"}
_NEEDED = {"email": _MAIL, "sms": _SMS, "best": _MAIL | _SMS}
