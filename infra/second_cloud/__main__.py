"""`python -m infra.second_cloud PYTHON LIBRARIES [pytest's arguments]`: the tests that need ministack, with one running."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from infra.second_cloud.ministack import running

TESTS = ("tests/adapters", "tests/second_cloud")


def main(python: str, libraries: str, *arguments: str) -> int:
    """What pytest answered."""
    with running(Path(python).absolute()) as url:
        told = {"PERENNIAL_SECOND_CLOUD": url, "PERENNIAL_LIBRARIES": str(Path(libraries).absolute())}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(arguments or TESTS)]
        return subprocess.run(command, env=os.environ | told, check=False).returncode  # noqa: S603 - our own


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
