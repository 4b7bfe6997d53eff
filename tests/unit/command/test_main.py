"""The command as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from infra.command.main import main
from tests.unit.command.conftest import Run


def test_the_commands() -> None:
    """What a shop can ask for."""
    assert sorted(main.commands) == [
        "backtest",
        "coupons",
        "dead-letters",
        "demo",
        "dev",
        "erase",
        "experiment",
        "explain",
        "export",
        "forecast",
        "import",
        "let-go",
        "pause",
        "plan",
        "preview",
        "publish",
        "resume",
        "rollback",
        "schema",
        "validate",
    ]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_explains_itself_in_one_line(run: Run, command: str) -> None:
    """The overview is not cut off, and `-h` works everywhere."""
    overview = run("-h").stdout
    line = next(line for line in overview.splitlines() if line.split()[:1] == [command])
    assert not line.endswith("...")
    assert run(command, "-h").exit_code == 0


def test_help_is_quick() -> None:
    """Neither moto nor the marketers' models are loaded for it."""
    heavy = "{'moto', 'pydantic', 'jinja2'} & set(sys.modules)"
    code = f"import sys, infra.command.main; sys.exit(len({heavy}))"
    path = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=path, check=False).returncode == 0
