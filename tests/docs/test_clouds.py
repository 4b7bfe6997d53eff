"""docs/clouds.md knows of every difference that a test counts on."""

from __future__ import annotations

import re

from tests.docs.reading import ROOT, page, rows, section


def test_every_known_difference_is_listed() -> None:
    """By the name that the test gives it, and the other way round for tests that are expected to fail."""
    marks = {
        what
        for path in (ROOT / "tests" / "adapters").glob("test_*.py")
        for what in re.findall(r'mark\.differs\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    listed = rows(section(page("docs/clouds.md"), "## Where ministack differs from AWS"))
    assert marks == {what for what, _, does in listed if "expect the test" in does}
