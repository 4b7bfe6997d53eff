"""`python -m infra.privileges`: writes docs/permissions.md; fails when a permission is missing or unused."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from infra.privileges.report import lines, page
from infra.privileges.uses import everything

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def main() -> int:
    """0 when every permission is there, and every one is needed."""
    logging.disable(logging.CRITICAL)  # faults are part of what is tried
    report = everything()
    sys.stdout.writelines(f"{line}\n" for line in lines(report))
    if report.missing or report.unused:
        return 1
    PAGE.write_text(page(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
