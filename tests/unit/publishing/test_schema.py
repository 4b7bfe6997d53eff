"""The JSON Schema that editors read is the one of the models, and agrees with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from perennial.publishing.schema import campaign_schema, schema_text
from tests.unit.publishing.conftest import BROWSE

FILE = Path(__file__).parents[3] / "content/schemas/campaign.schema.json"


def test_the_file_in_the_content_folder_is_current() -> None:
    """Made by `perennial schema --output content/schemas/campaign.schema.json`."""
    assert FILE.read_text(encoding="utf-8") == schema_text()


def test_it_is_draft_7() -> None:
    """The newest draft that the YAML language server reads."""
    schema = campaign_schema()
    Draft7Validator.check_schema(schema)
    text = json.dumps(schema)
    assert "$defs" not in text
    assert "prefixItems" not in text
    assert all(len(each) == 1 for each in _references(schema)), "draft 7 does not look at keys beside a $ref"


def _references(node: Any) -> list[dict[str, Any]]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = [each for value in inner for each in _references(value)]
    return [node, *found] if isinstance(node, dict) and "$ref" in node else found


def _objects(node: Any) -> list[dict[str, Any]]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = [each for value in inner for each in _objects(value)]
    return [node, *found] if isinstance(node, dict) and "properties" in node else found


def test_every_key_is_described() -> None:
    """Hovering over any key says what it is for, and shows an example or a default."""
    for model in _objects(campaign_schema()):
        for key, schema in model["properties"].items():
            if key != "kind":
                assert schema.get("description"), key
                assert "examples" in schema or "default" in schema or "enum" in schema, key


def test_defaults_and_examples_are_right_themselves() -> None:
    """What an editor inserts is accepted."""
    schema = campaign_schema()
    for model in _objects(schema):
        for key, part in model["properties"].items():
            checked = Draft7Validator({**part, "definitions": schema["definitions"]})
            for value in [*part.get("examples", []), *([part["default"]] if "default" in part else [])]:
                assert checked.is_valid(value), (key, value)


def test_a_right_campaign_is_right_for_the_editor() -> None:
    """No false alarms."""
    Draft7Validator(campaign_schema()).validate(yaml.safe_load(BROWSE))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("name: Browse reminder\n", ""),
        ("mode: live", "modus: live"),
        ("mode: live", "mode: Live"),
        ("mode: live", "mode: live\npriority: 200"),
        ("mode: live", "mode: live\nsend_by: 5"),
        ("mode: live", "mode: live\nonce_per: sometimes"),
        ("mode: live", "mode: live\nsend_between: ['09:00']"),
        ("mode: live", "mode: live\nstage: retain"),
        ("kind: browse", "kind: brows"),
        ("4 hours", "4 hourz"),
        ("4 hours", "4 hours, before: 3 days"),
        ("send: email", "send: mail"),
        ("id: reminder, ", ""),
        ("browse/reminder", "../reminder"),
        ("reminder}\n", "reminder}\n  - wait: 3 dayz\n"),
    ],
)
def test_the_editor_sees_what_the_publisher_refuses(right: str, wrong: str) -> None:
    """Mistakes in form are underlined while typing."""
    assert right in BROWSE
    assert not Draft7Validator(campaign_schema()).is_valid(yaml.safe_load(BROWSE.replace(right, wrong)))
