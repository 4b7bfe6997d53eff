"""The npm clients: installed once into a folder that git does not see, or the tests of them are skipped and say why."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

PATIENCE = 300  # seconds
_COMMAND = (
    "npm",
    "install",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
)


def installed(folder: Path) -> None:
    """What the folder's package.json names is there, in these versions; else the test that asks is skipped."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no Node here: the npm clients are not run")
    with (folder / "package.json").open() as wanted:
        fcntl.flock(wanted, fcntl.LOCK_EX)  # several workers may ask at once
        mark = folder / "node_modules" / ".installed"
        text = wanted.read()
        if not (mark.exists() and mark.read_text() == text):
            _install(folder)
            mark.write_text(text)


def _install(folder: Path) -> None:
    try:
        done = subprocess.run(
            _COMMAND, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        said = done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired:
        said = f"it took longer than {PATIENCE} seconds"
    if said:
        pytest.skip(f"the npm clients cannot be installed here: {said[:300]}")
