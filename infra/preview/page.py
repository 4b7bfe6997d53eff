"""The pages of the preview: all templates, and one template with everything that is to be known of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from infra.preview.pictures import served
from infra.preview.trying import Kitchen
from perennial.rendering.renderer import Message
from perennial.rendering.sampling import sample_links
from perennial.rendering.texting import build_text, segments
from perennial.rendering.values import SkipMessage

HERE = Path(__file__).parent
VIEWS = {"phone": (375, "light"), "desktop": (640, "light"), "dark": (375, "dark"), "text": (0, "light")}
PICTURES = "/pictures"
PUSH_TITLE, PUSH_TEXT = 40, 140  # characters that a locked telephone shows
SUBJECT_ON_A_PHONE = 40
_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")


def gallery(whole: Kitchen) -> str:
    """Every template, with its subject as the full sample makes it."""
    rows = []
    for name in whole.templates:
        channels = whole.channels(name)
        found = whole.message(name, channels[0], whole.samples(name)["full"])
        shown = found.subject or found.text if isinstance(found, Message) else f"No message: {found}"
        rows.append({"name": name, "channels": channels, "shown": shown})
    problems = [str(problem) for problem in whole.problems]
    return _template("gallery.html").render(rows=rows, problems=problems, style=_style())


def template_page(
    its: Kitchen, name: str, view: str, people: Mapping[str, dict[str, Any]], version: str
) -> str:
    """One template. people: samples made of customers, by what they were looked up by."""
    samples = its.samples(name) if its.content.shop else {}
    real = {each: {**samples.get("full", {}), **sample} for each, sample in people.items()}
    return _template("page.html").render(
        name=name,
        view=view,
        views=list(VIEWS),
        width=VIEWS[view][0],
        version=version,
        shop=its.content.shop.name if its.content.shop else "",
        customers=list(people),
        problems=[_finding(each) for each in its.problems],
        columns=[_column(its, name, title, sample, view) for title, sample in {**real, **samples}.items()],
        style=_style(),
        script=Markup((HERE / "page.js").read_text(encoding="utf-8")),  # noqa: S704 - our own
    )


def _finding(problem: Any) -> dict[str, Any]:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    told = f"{problem.key}: {problem.text}" if problem.key else problem.text
    return {"place": place, "text": told, "rule": problem.rule, "warning": problem.warning}


def _column(its: Kitchen, name: str, title: str, sample: dict[str, Any], view: str) -> dict[str, Any]:
    shown = {channel: its.message(name, channel, sample) for channel in its.channels(name)}
    return {
        "title": title,
        "mail": _mail(shown["email"], view) if "email" in shown else None,
        "sms": _sms(its, shown["sms"]) if "sms" in shown else None,
        "push": _push(shown["push"]) if "push" in shown else None,
        "sample": json.dumps(sample, indent=2, ensure_ascii=False, default=str),
    }


def _mail(found: Message | str, view: str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"refused": found}
    return {
        "refused": None,
        "subject": found.subject,
        "preheader": found.preheader,
        "long": len(found.subject) > SUBJECT_ON_A_PHONE,
        "size": f"{len(found.html.encode()) / 1024:.0f} KB",
        "html": served(in_scheme(found.html, VIEWS[view][1]), PICTURES),
        "text": found.text,
    }


def in_scheme(html: str, scheme: str) -> str:
    """The mail as shown where the reader prefers light or dark, whatever the reader of the preview prefers."""
    return _DARK.sub("@media all" if scheme == "dark" else "@media not all", html)


def _sms(its: Kitchen, found: Message | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"refused": found}
    settings = its.shop.settings
    try:
        text = build_text(found.text, settings, sample_links(settings).unsubscribe)
    except SkipMessage as skipped:
        return {"refused": skipped.reason}
    count = segments(text)
    why = f", because of \u201c{count.dearest}\u201d" if count.dearest else ""
    return {"refused": None, "text": text, "note": f"{count.billed} SMS, {count.alphabet}{why}"}


def _push(found: Message | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"refused": found}
    cut = [
        f"the {what} has {len(text)} characters; about {most} are shown"
        for what, text, most in (("title", found.subject, PUSH_TITLE), ("text", found.text, PUSH_TEXT))
        if len(text) > most
    ]
    return {"refused": None, "title": found.subject, "text": found.text, "note": "; ".join(cut)}


@cache
def _template(file: str) -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["path"] = lambda text: quote(text, safe="/.")
    return environment.from_string((HERE / file).read_text(encoding="utf-8"))


def _style() -> Markup:
    return Markup((HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
