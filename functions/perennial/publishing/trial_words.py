"""What came of a sample, in a marketer's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from perennial.publishing.problems import Problem, nearest
from perennial.publishing.template_files import Place, TemplateSources
from perennial.rendering import schema

_FRONT = ("subject", "preheader")
_NO_SAMPLE = "it could not be tried, for want of a sample with {1}. Add templates/{0}.sample.json."
_FIRST = {"email": "html", "sms": "sms", "push": "push", "bus": "text"}
_WHOLE = {
    "template_too_large": "it gets longer than 100 KB, of which Gmail hides the end. Show fewer products or shorter texts.",
    "template_works_too_long": "it works too long. Take loops inside of loops apart.",
    "template_needs_too_much_memory": "it needs too much memory. Write shorter texts and fewer loops.",
    "template_needs_too_much": "it needs too much memory or time. Write shorter texts and fewer loops.",
    "template_was_not_tried": "it could not be tried, since other templates needed too much. Put those right first.",
    "no_unsubscribe_link": "a marketing mail needs {{ unsubscribe_url }} in its HTML and in its text. Include the footer.",
    "sms_too_long": "the text message takes more than four SMS. Shorten it.",
}


def told(sources: TemplateSources, task: Mapping[str, Any], finding: Mapping[str, Any]) -> Iterator[Problem]:
    """The problem of a finding; none for what is meant to happen, such as `skip` with an unknown customer."""
    if "rule" in finding:
        file, line = _found(sources, task["template"], finding)
        key = finding["part"] if finding["part"] in _FRONT else ""
        yield Problem(file, line, key, finding["text"], finding["rule"], finding["warning"])
        return
    reason, kind = finding["skip"], task["kind"]
    name, _, detail = reason.partition(":")
    if name in {"skip", "product_unavailable"} and kind != "full":
        return
    if detail.startswith("event.") and kind != "full":
        return  # facts are there or not whoever the customer is
    part, file, line = _where(sources, task, finding)
    text, rule, warning = _words(name, detail, part, kind)
    if rule == "sample" and not task["own"]:
        text, warning = _NO_SAMPLE.format(task["template"].partition(".")[0], detail or name), True
    yield Problem(file, line, part if part in _FRONT else "", text, rule, warning)


def _found(sources: TemplateSources, template: str, finding: Mapping[str, Any]) -> tuple[str, int]:
    """The first line in the template's own file, or one it is made of, that holds what the finding is about."""
    part = finding["part"]
    place = _place(sources, template, part)
    if part in _FRONT and (template, part) in sources.places:
        return place.at(1)
    for anchor in finding["anchors"]:
        for file in (place.file, *sorted(sources.behind[template] - {place.file})):
            at = sources.raw.get(file, "").find(anchor)
            if at >= 0:
                return file, sources.raw[file].count("\n", 0, at) + 1
    return place.file, 1


def _words(name: str, detail: str, part: str, kind: str) -> tuple[str, str, bool]:
    if name == "missing_field":
        if detail not in schema.NULLABLE and not detail.startswith("event."):
            return f"there is no {detail}.{_meant(detail)}", "unknown-name", False
        if kind == "full":
            text = f'the full sample has no {detail}. Add it to the sample, or write {{{{ {detail}|default("...") }}}}.'
            return text, "sample", False
        text = f'{detail} may be empty, and the message is not sent then. Write {{{{ {detail}|default("there") }}}}.'
        return text, "empty-name", part not in _FRONT
    if name in {"skip", "product_unavailable"}:
        text = f"the full sample is not sent ({detail or name}). Give it what the template asks for."
        return text, "sample", False
    if name == "link_not_allowed":
        text = f"a link leads to {detail}, which is none of the hosts of shop.yaml. Correct it, or add the host there."
        return text, "link-host", False
    if name == "template_error":
        said = detail.partition(": ")[2] or detail
        return (
            f"{said.rstrip('.')} (with the {kind} sample). Correct the tag in this line.",
            "does-not-render",
            False,
        )
    return f"{_WHOLE.get(name, name)} (with the {kind} sample)", "does-not-render", False


def _meant(path: str) -> str:
    owner, _, name = path.rpartition(".")
    near = nearest(name, schema.FIELDS.get(owner, ()))
    return f" Did you mean {owner}.{near}?" if near else " docs/templates.md lists the names."


def _where(
    sources: TemplateSources, task: Mapping[str, Any], finding: Mapping[str, Any]
) -> tuple[str, str, int]:
    if finding["where"]:
        name, _, part = finding["where"][0].rpartition(".")
        part = "text" if part == "txt" else part
        if (name, part) in sources.places:
            return part, *sources.places[name, part].at(finding["where"][1])
    part = _FIRST[task["channel"]]
    return part, _place(sources, task["template"], part).file, 0


def _place(sources: TemplateSources, template: str, part: str) -> Place:
    places = sources.places
    return places.get((template, part)) or next(
        place for (name, _), place in places.items() if name == template
    )
