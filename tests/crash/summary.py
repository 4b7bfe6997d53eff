"""What the harness tried, told at the end of the run: a number that shrinks unnoticed would be worth nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

NOTE = "crash harness"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Points, and how their messages ended ("sent 1": one mail accepted); also for tests that ran in other processes."""
    points, faults, ends = 0, 0, Counter[str]()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, tally in report.user_properties:
                if name == NOTE:
                    points += tally["points"]
                    faults += tally["faults"]
                    ends.update(tally["ends"])
    if points:
        told = ", ".join(f"{end}: {number}" for end, number in sorted(ends.items()))
        terminalreporter.write_line(
            f"crash harness: {points} faults and meetings tried, {'all healed' if not faults else f'{faults} NOT HEALED'};"
            f" ends, with mails accepted: {told}"
        )
