"""The command against a world in memory in place of a stack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.command import content, coupons, experiment, orders, rights, switch
from infra.command import stack as stack_module
from infra.command.main import main
from perennial.adapters.memory import MemoryWorld
from tests.making import NOON

CONTENT = Path(__file__).parents[3] / "content"
Run = Callable[..., Result]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> MemoryWorld:
    """What `--stack garden` leads to."""
    made = MemoryWorld(lambda: NOON, {"IDENTITY_KEY": "test"})

    def world_of(stack: str, region: str | None) -> MemoryWorld:
        assert stack == "garden"
        return made

    for module in (content, coupons, experiment, orders, rights, stack_module, switch):
        monkeypatch.setattr(module, "world_of", world_of)
    return made


@pytest.fixture
def run() -> Run:
    """Runs `perennial ...` and gives back what it printed."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return invoke
