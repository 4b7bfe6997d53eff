"""From campaign file to the campaign of a release, and the rules that look at more than one key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from perennial.events import Name
from perennial.publishing.campaign_file import CampaignFile, ExitRule
from perennial.publishing.expressions import bound
from perennial.publishing.problems import Path, nearest
from perennial.publishing.stepping import breaches_of_steps, compiled_steps, sends
from perennial.publishing.triggers import DEFAULTS
from perennial.publishing.triggers.purchases import Replenishment
from perennial.publishing.triggers.signups import OptIn
from perennial.publishing.values import in_seconds, once_per
from perennial.times import Span, stamp

_ABOUT = {
    "product": (Name.ORDER_COMPLETED, Name.PRODUCT_VIEWED),
    "order": (Name.ORDER_CANCELLED,),
}
_LEAST_APART = 3600  # seconds between two mails that ask for a confirmation


def compile_campaign(
    campaign_id: str, file: CampaignFile, live_since: datetime | None, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The JSON that `perennial.campaigns.campaign_from` reads.

    live_since: None for a draft. settings: the shop's, as they stand in the same release.
    """
    once = file.once_per or once_per(DEFAULTS[file.trigger.kind].once_per)
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
        "steps": compiled_steps(file.steps, settings),
        "once_per": list(once) if isinstance(once, tuple) else None,
        "never_again": once == "never",
        "send_between": list(file.send_between) if file.send_between else None,
        "send_by": list(file.send_by),
        "on_doubt_resend": file.on_doubt == "resend",
        "backfill": file.backfill,
        "experiment": _experiment(file),
    }


def _parameters(file: CampaignFile) -> dict[str, Any]:
    parameters = {name: value for name, value in file.trigger if name not in {"kind", "if_"}}
    return {name: list(value) if isinstance(value, Span) else value for name, value in parameters.items()}


def _exits(file: CampaignFile) -> list[ExitRule]:
    if file.exit_on is not None:
        return file.exit_on
    defaults = DEFAULTS[file.trigger.kind]
    about, fitting = defaults.about, _ABOUT.get(defaults.about or "", ())
    return [ExitRule(event=event, same=about if event in fitting else None) for event in defaults.ends_with]


def _exit(rule: ExitRule) -> dict[str, Any]:
    return {
        "event": rule.event,
        "same_product": rule.same == "product",
        "same_order": rule.same == "order",
    }


def _experiment(file: CampaignFile) -> dict[str, Any] | None:
    wanted = file.experiment
    if wanted is None:
        return None
    return {**wanted.model_dump(), "window": list(wanted.window), "length": list(wanted.length)}


def breaches(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    """What is wrong between the keys of one file: the path, and what to do."""
    yield from breaches_of_steps(file)
    yield from _pointless_exits(file)
    yield from _pointless_experiment(file)
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
    for path, step in sends(file):
        if step.send != "email":
            yield (*path, "send"), "only e-mail can be confirmed in this version. Write 'email'."


def _pointless_exits(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    for index, rule in enumerate(file.exit_on or []):
        path: Path = ("exit_on", index, "event")
        if meant := _meant(rule.event):
            yield path, f"there is no event '{rule.event}'. Did you mean '{meant}'?"
        if rule.same and rule.same != DEFAULTS[file.trigger.kind].about:
            yield (
                (*path[:2], "same"),
                f"a {file.trigger.kind} campaign is not about one {rule.same}. Delete 'same'.",
            )
        elif rule.same and rule.event not in _ABOUT[rule.same]:
            yield (*path[:2], "same"), f"'{rule.event}' is not about one {rule.same}. Delete 'same'."


def _pointless_experiment(file: CampaignFile) -> Iterator[tuple[Path, str]]:
    wanted = file.experiment
    if wanted is None:
        return
    if meant := _meant(wanted.metric):
        yield ("experiment", "metric"), f"there is no event '{wanted.metric}'. Did you mean '{meant}'?"
    if file.type == "transactional":
        yield (
            ("experiment",),
            "a transactional message is owed to whoever asked for it. Delete it, or write 'type: marketing'.",
        )
    elif len(wanted.variants) > 1 and not any(isinstance(step.template, dict) for _, step in sends(file)):
        names = ", ".join(f"{name}: ..." for name in wanted.variants)
        yield ("experiment", "variants"), f"they differ in nothing. Write 'template: {{{names}}}' in a step."
    elif len(wanted.variants) == 1 and not wanted.holdout:
        yield (
            ("experiment",),
            "one variant and no holdout compare nothing. Write 'holdout: 10%', or a second variant.",
        )


def _meant(event: str) -> str | None:
    """The event whose name was probably meant; None for a known one, and for one of the shop's own."""
    return None if event in set(Name) else nearest(event, [*Name], cutoff=0.85)
