"""Renders the samples of everything that may go live, in a process that may be ended, and remembers what was right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from perennial.publishing.content import Content
from perennial.publishing.problems import Problem
from perennial.publishing.trial import PROCESSOR_TIME, run
from perennial.publishing.trial_words import told
from perennial.rendering.sampling import KINDS, three
from perennial.shop import settings_from

Task = Mapping[str, Any]
Findings = list[dict[str, Any]]
Runner = Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]
REMEMBERED = 2000
_CHILDREN = 4  # that may end before their time
_AT_ONCE = 60  # tasks of one child, so that a large shop's templates have as much time as a small one's
_TOO_MUCH: Findings = [{"skip": "template_needs_too_much", "where": None}]
_UNTRIED: Findings = [{"skip": "template_was_not_tried", "where": None}]
_known: dict[str, Findings] = {}


def in_this_process(content: Content) -> Iterator[Problem]:
    """Without a bound on memory: for content that is trusted, or bounded from outside."""
    return _tried(content, run)


def in_a_child(content: Content) -> Iterator[Problem]:
    """Whatever a template does, this process keeps its memory and its time."""
    return _tried(content, run_child)


def _tried(content: Content, runner: Runner) -> Iterator[Problem]:
    if content.shop is None:
        return
    settings = content.shop.settings()
    templates = content.good_templates()
    tasks = list(_tasks(content, settings))
    keys = [_key(content, settings, task) for task in tasks]
    unknown = [index for index, key in enumerate(keys) if key not in _known]
    job = {"settings": settings, "templates": templates, "tasks": [tasks[index] for index in unknown]}
    found = dict(zip(unknown, _answers(job, runner), strict=True)) if unknown else {}
    for index, (task, key) in enumerate(zip(tasks, keys, strict=True)):
        for finding in found[index] if index in found else _known[key]:
            yield from told(content.sources, task, finding)
    _remember({keys[index]: findings for index, findings in found.items()})


def _tasks(content: Content, settings: Mapping[str, Any]) -> Iterator[Task]:
    """Each part of each template with each of its samples."""
    as_settings = settings_from(settings)
    marketing = _marketing(content)
    for template, parts in sorted(content.good_templates().items()):
        if template.startswith("partials/"):
            continue
        stem = template.partition(".")[0]
        own = content.sources.samples.get(template, content.sources.samples.get(stem))
        samples = three(own, as_settings)
        for channel in _channels(parts):
            for kind in KINDS:
                yield {
                    "template": template,
                    "channel": channel,
                    "kind": kind,
                    "sample": samples[kind],
                    "own": own is not None,
                    "marketing": stem in marketing,
                }


def _channels(parts: Mapping[str, str]) -> Iterator[str]:
    if "html" in parts and "subject" in parts:
        yield "email"
    elif "text" in parts:
        yield "bus"
    yield from (each for each in ("sms", "push") if each in parts)


def _marketing(content: Content) -> set[str]:
    """Templates that a marketing campaign sends."""
    ids = [each for each, file in content.campaigns.items() if file.type == "marketing"]
    return {template.partition(".")[0] for each in ids for template in content.templates_of(each)}


def _key(content: Content, settings: Mapping[str, Any], task: Task) -> str:
    """All that what comes of a task depends on."""
    behind = content.sources.closures[task["template"]]
    text = json.dumps([settings, task, [content.templates[name].get(part) for name, part in behind]])
    return sha256(text.encode()).hexdigest()


def _remember(found: Mapping[str, Findings]) -> None:
    """But not that a process ended before its time: the next one may have more of it."""
    if len(_known) + len(found) > REMEMBERED:
        _known.clear()
    _known.update({key: findings for key, findings in found.items() if findings not in (_TOO_MUCH, _UNTRIED)})


def _answers(job: Mapping[str, Any], runner: Runner) -> list[Findings]:
    """The findings of each task in their order, however many processes it takes."""
    answers: dict[int, Findings] = {}
    waiting, ended_early = list(range(len(job["tasks"]))), 0
    while waiting and ended_early < _CHILDREN:
        begun = _round(job, waiting[:_AT_ONCE], runner, answers)
        if begun is None:
            break
        if begun not in answers:
            answers[begun] = _TOO_MUCH
            ended_early += 1
        waiting = [number for number in waiting if number not in answers]
    return [answers.get(number, _UNTRIED) for number in range(len(job["tasks"]))]


def _round(
    job: Mapping[str, Any], waiting: Sequence[int], runner: Runner, answers: dict[int, Findings]
) -> int | None:
    """One process for these. The task it began last, None when it could not even begin."""
    begun = None
    for answer in runner({**job, "tasks": [job["tasks"][number] for number in waiting]}):
        if "begins" in answer:
            begun = waiting[answer["begins"]]
        else:
            answers[waiting[answer["ends"]]] = answer["findings"]
    return begun


def run_child(job: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One process, without any of our settings or keys."""
    command = [sys.executable, "-m", "perennial.publishing.trial"]
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}
    try:
        ended = subprocess.run(  # noqa: S603 - this very Python
            command,
            input=json.dumps(job),
            env=environment,
            capture_output=True,
            text=True,
            timeout=PROCESSOR_TIME,
            check=False,
        )
        output = ended.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return  # it was ended in the middle of a line
