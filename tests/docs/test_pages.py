"""The pages themselves: their links lead somewhere, their decisions are complete, and no file speaks of one machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.reading import PAGES, ROOT, anchors, page, section

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_RULE = re.compile(r"\brules? (\d+)")
# Paths of somebody's machine, and hosts of package registries: neither is everybody's.
_ONE_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
_REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|proxy\.golang")
_FOLDERS = ("content", "docs", "functions", "infra", "tests")
_TOP = (
    ".ci/build",
    ".ci/run",
    ".gitignore",
    "Makefile",
    "pyproject.toml",
    "samconfig.toml",
    "template.yaml",
)
_LEFT_BEHIND = re.compile(r"(^|/)\.|__pycache__|node_modules|\.(png|gz)$")


def _links(path: Path) -> list[str]:
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    return [link for link in links if not link.startswith(("https://", "mailto:"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(path: Path) -> None:
    """To a file that exists, and to a heading of it where one is named."""
    for link in _links(path):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_is_complete(path: Path) -> None:
    """Its number, its date, and the four questions it answers."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.search(r"^(Accepted|Replaced by \[.+\]\(.+\)), \w+ 20\d\d\.", text, re.MULTILINE)
    for question in ("Context", "Decision", "Alternatives", "Consequences"):
        assert len(section(text, f"## {question}").split()) > 15, question


def test_decisions_are_numbered_without_gaps() -> None:
    """A decision is replaced, not removed."""
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_rule_the_code_names_is_written_down() -> None:
    """Comments say "rule 8"; the page with the rules says what that is."""
    rules = set(
        re.findall(r"^(\d+)\. ", page("docs/adr/0003-the-rules-of-plan-send-and-settle.md"), re.MULTILINE)
    )
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "functions").rglob("*.py"))
    named = set(_RULE.findall(code))
    assert {"3", "8", "12"} <= named <= rules


def _texts() -> list[Path]:
    """Files of the repository that hold text: not what tools leave behind in hidden folders."""
    inside = (path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.*"))
    kept = (path for path in inside if not _LEFT_BEHIND.search(path.relative_to(ROOT).as_posix()))
    return [*PAGES, *(ROOT / name for name in _TOP), *(path for path in kept if path.is_file())]


@pytest.mark.parametrize("pattern", [_ONE_MACHINE, _REGISTRIES], ids=["one-machine", "registries"])
def test_no_file_speaks_of_one_machine(pattern: re.Pattern[str]) -> None:
    """No path of a developer's own machine and no registry's address: both differ elsewhere."""
    found = [(path.relative_to(ROOT), pattern.search(path.read_text(encoding="utf-8"))) for path in _texts()]
    assert [(str(path), match.group()) for path, match in found if match] == []


def test_such_words_would_be_seen() -> None:
    """The patterns find what they are there for."""
    assert _ONE_MACHINE.search("open('/" + "home/ann/shop.csv')")
    assert _REGISTRIES.search("--index-url https://" + "pypi" + ".org/simple")
