"""The last good version of a campaign, beside the new versions of others: its templates live on under names of their own.

An edition of a template is called `browse/reminder@1f2e3d4c`, after what it and its partials say. What it builds on is
looked for in the same edition (`rendering.templates`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from perennial.publishing.parsing import said

Templates = Mapping[str, Mapping[str, str]]


def kept(
    campaign: Mapping[str, Any], release: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A campaign as it stands in a release, its templates and their needs, all under the names of their edition."""
    templates: dict[str, Any] = {}
    needs: dict[str, Any] = {}
    names: dict[str, str] = {}
    for template in templates_in(campaign["steps"]):
        closure = _closure(template, release["templates"])
        edition = _edition(closure)
        names[template] = _within(template, edition)
        for name, parts in closure.items():
            templates[_within(name, edition)] = parts
            if name in release.get("needs", {}):
                needs[_within(name, edition)] = release["needs"][name]
    return {**campaign, "steps": [_renamed(step, names) for step in campaign["steps"]]}, templates, needs


def templates_in(steps: Any) -> set[str]:
    """The templates that the steps of a release name, those in branches too."""
    found: set[str] = set()
    for step in steps:
        template = step.get("template")
        found |= {template} if isinstance(template, str) else set((template or {}).values())
        found |= templates_in([*step.get("then", ()), *step.get("else", ())])
    return found


def _renamed(step: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    renamed = dict(step)
    template = step.get("template")
    if isinstance(template, str):
        renamed["template"] = names[template]
    elif template:
        renamed["template"] = {variant: names[each] for variant, each in template.items()}
    for way in ("then", "else"):
        if way in step:
            renamed[way] = [_renamed(each, names) for each in step[way]]
    return renamed


def _closure(template: str, templates: Templates) -> dict[str, Mapping[str, str]]:
    """The template with its translations, and all that they build on, in their translations too."""
    stem, _, edition = template.partition("@")
    waiting, found = [stem], dict[str, Mapping[str, str]]()
    while waiting:
        wanted = waiting.pop()
        for name, parts in templates.items():
            base, _, its_edition = name.partition("@")
            if name in found or its_edition != edition or base.partition(".")[0] != wanted:
                continue
            found[name] = parts
            for source in parts.values():
                waiting += [each.rpartition(".")[0] for each in said(source).references if each]
    return found


def _within(name: str, edition: str) -> str:
    return name if "@" in name else f"{name}@{edition}"


def _edition(closure: Templates) -> str:
    text = json.dumps(closure, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:8]
