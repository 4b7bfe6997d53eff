"""`import`: orders and sign-ups from a plain CSV, into the shop's stack."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from infra.command.output import as_json, print_json
from infra.command.stack import stack_options, world_of
from on_event.orders_file.record import Imported, record
from on_event.orders_file.report import Report
from on_event.orders_file.translate import Remark, Terms, translate
from perennial.errors import Unintelligible
from perennial.ports.world import World
from perennial.times import zone_of

SHOWN = 10  # remarks printed; the rest is counted
_NOT_UTF8 = (
    "{} is not in UTF-8. Save it as `CSV UTF-8` (spreadsheets offer it under that name), and import it again."
)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@stack_options
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="Write the rejected lines to this CSV, with reasons."
)
@as_json
def import_orders(file: Path, stack: str, region: str | None, rejects: Path | None, as_json: bool) -> None:
    """Import orders and sign-ups from a CSV FILE.

    Columns: customer, ts, order_id, product, category, qty, value; if you have them also email, first_name, last_name,
    phone, locale, timezone, country, email_consent, sms_consent, consent_at, title, url, image, currency, cycle_days.
    The same file again changes nothing.
    """
    world = world_of(stack, region)
    notes = _Notes()
    with file.open(encoding="utf-8-sig", newline="") as lines, ExitStack() as opened:
        if rejects is not None:
            notes.write_to(opened.enter_context(rejects.open("w", encoding="utf-8", newline="")), file)
        imported = _import(lines, world, notes, file)
    if as_json:
        print_json({**asdict(imported), "remarks": notes.shown})
    else:
        _print(imported, notes, rejects)


def _import(lines: TextIO, world: World, notes: _Notes, file: Path) -> Imported:
    settings = world.shop().settings
    terms = Terms(zone_of(settings.timezone), settings.currency, world.clock())
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        try:
            return record(
                translate(lines, terms),
                world,
                progress=lambda done, known: progress.update(task, completed=done, total=known),
                remark=notes.take,
            )
        except UnicodeDecodeError as error:
            raise Unintelligible(_NOT_UTF8.format(file)) from error


class _Notes:
    """Remarks on lines: the first are shown, rejected lines are written to a file if one is given."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self.count = 0
        self._report: Report | None = None

    def write_to(self, report: TextIO, imported: Path) -> None:
        """Rejected lines go there, under the columns of the imported file."""
        with imported.open(encoding="utf-8-sig", newline="", errors="replace") as lines:
            self._report = Report(report, next(lines, ""))

    def take(self, remark: Remark) -> None:
        """One remark."""
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append({"line": remark.line, "rejected": remark.rejected, "reason": remark.reason})
        if self._report:
            self._report.take(remark)


def _print(imported: Imported, notes: _Notes, rejects: Path | None) -> None:
    for each in notes.shown:
        click.echo(
            f"line {each['line']}: {each['reason']}{'' if each['rejected'] else ' (the rest was taken)'}"
        )
    if notes.count > len(notes.shown):
        click.echo(f"... and {notes.count - len(notes.shown)} more remarks.")
    click.echo(
        f"{imported.orders} order(s) of {imported.customers} customer(s), {imported.products} product(s). "
        f"{imported.rejected} line(s) rejected."
    )
    if imported.failed:
        click.echo(
            f"{imported.failed} event(s) could not be recorded. Import the file again: only they are taken."
        )
    if imported.rejected and rejects is None:
        click.echo("`--rejects FILE` writes them to a file that can be mended and imported.")
    if imported.rejected and rejects is not None:
        click.echo(f"They are in {rejects}: mend them there, then import that file.")
