"""What a handler's start costs: CPU time of a fresh process that imports and builds it, as a ratio to boto3's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.bench.stage import SETTINGS
from infra.bench.timing import spread

FUNCTIONS = Path(__file__).parents[2] / "functions"
BASE = 'import boto3; boto3.client("dynamodb")'
# Module of each handler, and the ports that its first event asks for.
HANDLERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "receive": ("on_event.receive", ("browser_queue",)),
    "record": ("on_event.record", ("documents", "timeline", "pointer", "blobs")),
    "sweep": ("scheduler.sweep", ("documents", "pointer", "blobs", "account", "send_queue")),
    "send": ("send.handler", ("documents", "pointer", "blobs", "catalogue", "mailer")),
}
_START = """
import os
from {module} import build
from perennial.bootstrap import AwsWorld
world = AwsWorld(os.environ)
build(world)
for port in {ports!r}:
    getattr(world, port)
"""


def program(handler: str) -> str:
    """What stands for a cold start: import, build, and the clients of the first event."""
    module, ports = HANDLERS[handler]
    return _START.format(module=module, ports=ports)


def starts(rounds: int) -> dict[str, dict[str, Any]]:
    """Per handler the ratios to a base run just before it, and both in CPU milliseconds."""
    pairs: dict[str, list[tuple[float, float]]] = {handler: [] for handler in HANDLERS}
    for each in range(rounds + 1):  # the first writes the byte code and does not count
        for handler, taken in pairs.items():
            pair = cpu_seconds(BASE), cpu_seconds(program(handler))
            if each:
                taken.append(pair)
    return {handler: _figures(taken) for handler, taken in pairs.items()}


def _figures(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    return {
        "ratio": spread([mine / base for base, mine in pairs]),
        "boto3_ms": spread([1000 * base for base, _ in pairs], 1),
        "own_ms": spread([1000 * mine for _, mine in pairs], 1),
    }


def cpu_seconds(source: str) -> float:
    """User and system time of a fresh interpreter that runs this; RuntimeError when it fails."""
    child = subprocess.Popen([sys.executable, "-c", source], env=_environment())  # noqa: S603 - our own text
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"a start failed with exit status {child.returncode}:\n{source}")
    return usage.ru_utime + usage.ru_stime


def _environment() -> dict[str, str]:
    """Nothing of this machine's own AWS configuration: looking it up would be measured too."""
    return {
        **SETTINGS,
        "PYTHONPATH": str(FUNCTIONS),
        "PATH": os.environ.get("PATH", ""),
        "HOME": "/nonexistent",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
