"""`python -m infra.soak`: prints the trouble that struck and the closing table; exit code 1 when it does not balance."""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from pathlib import Path

import click
from rich.progress import Progress

from infra.command.output import print_table
from infra.soak.run import Plan, Result, Soak
from perennial.publishing import files_of

_CONTENT = Path(__file__).resolve().parents[2] / "content"


@click.command()
@click.option("--customers", default=100_000, show_default=True)
@click.option("--events", default=1_000_000, show_default=True)
@click.option("--days", default=30, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Another one is another month.")
@click.option("--trouble", default=0.002, show_default=True, help="Share of the calls that go wrong.")
def main(customers: int, events: int, days: int, seed: int, trouble: float) -> None:
    """A simulated shop through the real functions, in memory, with every kind of trouble."""
    logging.disable(logging.CRITICAL)
    started = time.process_time()
    with Progress() as progress:
        task = progress.add_task(f"{days} days of {customers} customers", total=1.0)
        soak = Soak(
            Plan(customers, events, days, seed, trouble),
            files_of(_CONTENT),
            lambda share: progress.update(task, completed=share),
        )
        result = soak.run()
    _report(result, time.process_time() - started)
    sys.exit(0 if result.balances else 1)


def _report(result: Result, seconds: float) -> None:
    print_table(("trouble", "times"), ((name, str(times)) for name, times in sorted(result.happened.items())))
    rows = ((row.what, str(row.expected), str(row.found), str(row.difference)) for row in result.rows)
    print_table(("ledger", "expected", "found", "difference"), rows)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(
        json.dumps(
            {
                **result.figures,
                "cpu_seconds": round(seconds),
                "memory_mb": memory,
                "balances": result.balances,
            }
        )
    )


if __name__ == "__main__":
    main()
