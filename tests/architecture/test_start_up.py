"""What a function has loaded when its first event comes: each library costs every cold start."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from infra.desk.template import load_template

FUNCTIONS = Path(__file__).parents[2] / "functions"
HANDLERS = sorted(function.module for function in load_template().functions.values())
# Which libraries a function may not have loaded before it needs them.
LATER = {
    "on_event.receive": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic", "yaml"},
    "on_event.files": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic", "yaml"},
    "on_event.record": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic", "yaml"},
    "on_event.pages": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic", "yaml"},
    "scheduler.breaker": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic", "yaml"},
    "publish.handler": {"aws_lambda_powertools", "email_validator"},
    "scheduler.nightly": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic"},
    "scheduler.sweep": {"aws_lambda_powertools", "email_validator", "jinja2", "pydantic", "yaml"},
    "send.handler": {"aws_lambda_powertools", "email_validator", "pydantic", "yaml"},
}


@cache
def loaded_by(module: str) -> frozenset[str]:
    """Modules in memory after importing this one in a Python of its own, without any environment."""
    program = f"import json, sys; import {module}; print(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", program]
    answer = subprocess.run(
        command, env={"PYTHONPATH": str(FUNCTIONS)}, capture_output=True, text=True, check=True
    )
    return frozenset(json.loads(answer.stdout))


def test_every_function_of_the_template_is_looked_at() -> None:
    """A new function must say what it leaves for later."""
    assert sorted(LATER) == HANDLERS


@pytest.mark.parametrize("module", HANDLERS)
def test_heavy_libraries_wait_until_they_are_needed(module: str) -> None:
    """Importing the handler, which Lambda does before the first event, loads none of them."""
    assert not loaded_by(module) & LATER[module]


@pytest.mark.parametrize("module", HANDLERS)
def test_importing_a_handler_makes_no_client(module: str) -> None:
    """It needs no setting and loads no adapter: those come with the first event, and only those it uses."""
    assert not [name for name in loaded_by(module) if name.startswith("perennial.adapters.")]
