"""`python -m infra.bench [--quick]`: progress on standard error, the figures as one JSON object on standard output."""

from __future__ import annotations

import json
import time

import click

from infra.bench.report import QUICK, Extent, report


@click.command()
@click.option("--quick", is_flag=True, help="A few seconds instead of minutes; the times mean nothing then.")
def main(*, quick: bool) -> None:
    """Measure what starting, an event, a due customer and a message cost, and how good the forecasts are."""
    began = time.monotonic()

    def tell(what: str) -> None:
        click.echo(f"{time.monotonic() - began:5.0f} s  {what}", err=True)

    figures = report(QUICK if quick else Extent(), tell)
    tell("done")
    click.echo(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
