"""Everything that can be set is described, and every command that is described exists."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra.command.main import main
from infra.desk.intrinsics import read
from tests.docs.reading import PAGES, code, page, rows, section

TEMPLATE: dict[str, Any] = read(page("template.yaml"))
_MAKE = re.compile(r"^(?:\s*|.*`)make ([a-z-]+)", re.MULTILINE)
_COMMAND = re.compile(r"(?:^\s*|`|bin/)perennial ([a-z]+(?:-[a-z]+)*)", re.MULTILINE)


def test_the_readme_describes_the_parameters() -> None:
    """Each parameter of the stack in its order, and no other."""
    described = [code(row[0])[0] for row in rows(section(page("README.md"), "### Parameters"))]
    assert described == list(TEMPLATE["Parameters"])


def test_the_defaults_described_are_the_templates() -> None:
    """A default is quoted as it is; one that is empty is told in words."""
    for name, default, *_ in rows(section(page("README.md"), "### Parameters")):
        given = TEMPLATE["Parameters"][name.strip("`")].get("Default", "")
        assert code(default) == ([str(given)] if given != "" else []), name


def test_operations_describes_the_environment() -> None:
    """Each variable that a function is given, and no other."""
    functions = [
        each for each in TEMPLATE["Resources"].values() if each["Type"] == "AWS::Serverless::Function"
    ]
    given = {name for each in functions for name in each["Properties"]["Environment"]["Variables"]}
    described = [
        name for row in rows(section(page("docs/operations.md"), "## Settings")) for name in code(row[0])
    ]
    assert sorted(described) == sorted(given)


def test_operations_describes_every_queue_of_last_resort() -> None:
    """What each dead-letter queue holds and what to do about it."""
    found = {name for name, each in TEMPLATE["Resources"].items() if _is_last_resort(each)}
    assert {code(row[0])[0] for row in rows(section(page("docs/operations.md"), "## Dead letters"))} == found


def _is_last_resort(resource: dict[str, Any]) -> bool:
    return resource["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" not in resource["Properties"]


@pytest.mark.parametrize(
    "name", ["WriteKey", "WebhookUrl", "TrackingUrl", "ServerKeyCommand", "CustomDomainTarget"]
)
def test_the_outputs_a_shop_needs_exist(name: str) -> None:
    """The README sends its reader to them."""
    assert f"`{name}`" in page("README.md")
    assert name in TEMPLATE["Outputs"]


def test_every_make_target_that_is_named_exists() -> None:
    """In the README and all other pages."""
    targets = set(re.findall(r"^([a-z-]+):.*##", page("Makefile"), re.MULTILINE))
    named = {target for each in PAGES for target in _MAKE.findall(each.read_text(encoding="utf-8"))}
    assert {"demo", "dev", "test", "check", "bench", "sam"} <= named <= targets


def test_every_subcommand_that_is_named_exists() -> None:
    """`perennial explain` and the like."""
    named = {word for each in PAGES for word in _COMMAND.findall(each.read_text(encoding="utf-8"))}
    assert {"explain", "publish", "pause"} <= named <= main.commands.keys()


def test_every_subcommand_is_named_somewhere() -> None:
    """A command that no page mentions will not be found."""
    pages = "\n".join(each.read_text(encoding="utf-8") for each in PAGES)
    assert not [
        name for name in main.commands if f"perennial {name}" not in pages and f"`{name}`" not in pages
    ]


def test_what_the_targets_make_is_ignored_by_git() -> None:
    """Environments, builds and the demo's pages do not end up in a commit."""
    assert {".venv/", ".venv-*/", ".aws-sam/", "/demo/"} <= set(page(".gitignore").split())
