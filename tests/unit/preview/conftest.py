"""A content folder with one template in it, to be edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """shop.yaml, the campaign that follows a visit, and its template with the partials."""
    made = tmp_path / "content"
    for part in ("templates/partials", "templates/browse"):
        shutil.copytree(CONTENT / part, made / part)
    (made / "campaigns").mkdir()
    for file in ("shop.yaml", "offers.yaml", "campaigns/browse.yaml"):
        shutil.copy(CONTENT / file, made / file)
    return made
