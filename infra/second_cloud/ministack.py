"""ministack as a process on the loopback, with nothing in it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from infra.desk.intrinsics import ACCOUNT, REGION

HOST = "127.0.0.1"
_PATIENCE = 30.0  # seconds


@contextmanager
def running(python: Path) -> Iterator[str]:
    """Its address, until the block ends. python: of the virtual environment it is installed in. RuntimeError if it fails."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Path(folder, "ministack.log").open("w+", encoding="utf-8") as log,
    ):
        port = _free_port()
        process = subprocess.Popen(  # noqa: S603 - our own
            [str(python), "-m", "ministack"],
            cwd=folder,
            env=_environment(port, folder),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(url := f"http://{HOST}:{port}", process)
            yield url
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def ask(url: str, path: str, method: str = "GET") -> Any:
    """What it tells beside AWS's interfaces, or does, such as `reset`."""
    with urlopen(Request(f"{url}/_ministack/{path}", method=method), timeout=_PATIENCE) as answer:  # noqa: S310 - on this machine
        return json.load(answer)


def _environment(port: int, folder: str) -> dict[str, str]:
    """Three names for one thing: by default it listens to everybody, and names itself otherwise."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "TMPDIR": folder,
        "BIND_HOST": HOST,
        "AUTH": "true",  # roles are enforced
        "MINISTACK_HOST": HOST,
        "HOSTNAME": HOST,
        "GATEWAY_PORT": str(port),
        "EDGE_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            ask(url, "health")
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("ministack has not started; what it said stands above.")
