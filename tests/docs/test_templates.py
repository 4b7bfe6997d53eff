"""docs/templates.md lists what templates can name, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from perennial.deciding.facts import FACTS
from perennial.publishing.triggers import DEFAULTS
from perennial.rendering import schema
from perennial.rendering.filters import FILTERS, TESTS
from tests.docs.reading import ROOT, code, page, rows, section

TEMPLATES = page("docs/templates.md")


def names() -> dict[str, list[str]]:
    """What the first column of the table of names says, and what stands in backticks behind it."""
    found = {}
    for first, second in rows(section(TEMPLATES, "## Names")):
        for name in code(first):
            found[name.partition("(")[0]] = code(second)
    return found


def test_every_name_is_listed() -> None:
    """Objects, lists, links, words and functions."""
    known = {*schema.OBJECTS, *schema.LISTS, *schema.LINKS, *schema.WORDS, *schema.IN_BODY, *schema.FUNCTIONS}
    assert set(names()) == known


def test_every_field_is_listed() -> None:
    """Behind its object."""
    listed = names()
    for name, fields in schema.OBJECTS.items():
        if fields is not None:
            assert set(fields) <= set(listed[name]), name
    assert set(schema.ITEM) <= set(listed["items"])


def test_every_filter_and_test_is_listed() -> None:
    """And no other."""
    listed = {
        name.partition("(")[0] for row in rows(section(TEMPLATES, "## Filters")) for name in code(row[0])
    }
    assert listed == FILTERS.keys() - {"counted"}
    for name in TESTS:
        assert f"`is {name}`" in TEMPLATES


def test_every_partial_is_listed() -> None:
    """With what it is for, so that a marketer finds it."""
    files = {
        path.stem for path in Path(ROOT, "content/templates/partials").glob("*.mjml") if "." not in path.stem
    }
    listed = {
        name.partition("(")[0] for row in rows(section(TEMPLATES, "## Partials")) for name in code(row[0])
    }
    assert {
        "product_grid",
        "cart_items",
        "button",
        "hero",
        "footer",
        "reorder_button",
        "layout",
    } <= files & listed


def test_facts_are_those_of_the_page_on_campaigns() -> None:
    """Templates are checked by them, so each trigger's row must say the same."""
    found = {}
    triggers = section(page("docs/campaigns.md"), "## Triggers").partition("### ")[0]
    for trigger, _, facts, *_ in rows(triggers):
        sure: list[str] = []
        maybe: list[str] = []
        for part in facts.split(","):
            (maybe if part.strip().endswith("?") else sure).extend(code(part))
        found[code(trigger)[0]] = (set(sure), set(maybe))
    assert found == {kind: (set(each.always), set(each.sometimes)) for kind, each in FACTS.items()}
    assert FACTS.keys() == DEFAULTS.keys()


def test_every_rule_is_listed() -> None:
    """Those that the code gives, and no other."""
    folder = ROOT / "functions/perennial/publishing"
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    listed = {name for row in rows(section(TEMPLATES, "## What is checked")) for name in code(row[0])}
    assert {name for name in listed if f'"{name}"' in source} == listed
    named = set(re.findall(r'(?:Said|Finding)\(\s*"([a-z-]+)"', source))
    assert named <= listed
