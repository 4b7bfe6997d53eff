"""`coupons`: pools of unique codes. `import` fills one, `status` says what is left."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from infra.command.output import as_json, print_json, print_table
from infra.command.stack import stack_options, world_of
from perennial.errors import NotPublished, PerennialError
from perennial.messaging.pools import Pool, pools
from perennial.ports.data import Coupons
from perennial.ports.world import World

SHOWN = 10  # lines named; the rest is counted
AT_ONCE = 1000  # codes read before they are put into the pool
_NOT_UTF8 = "{} is not in UTF-8. Save it as `CSV UTF-8`, and import it again."


@click.group()
def coupons() -> None:
    """Unique codes for the offers that take theirs from a pool."""


@coupons.command("import")
@click.argument("pool")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@stack_options
@as_json
def import_codes(pool: str, file: Path, stack: str, region: str | None, as_json: bool) -> None:
    """Put the codes of a CSV FILE into a POOL.

    Of each line the first column, or the column that is called `code`, as the store wrote it. Codes that are in the pool
    already, spent or not, stay as they are: the same file again changes nothing.
    """
    _check_name(pool)
    world = world_of(stack, region)
    imported = _import(file, pool, world.coupons)
    if as_json:
        print_json(imported.as_json())
    else:
        _print_imported(imported, pool, world)


@coupons.command()
@stack_options
@as_json
def status(stack: str, region: str | None, as_json: bool) -> None:
    """What is left of each pool that the live offers take from."""
    world = world_of(stack, region)
    counted = [(each, world.coupons.claimed(each.name)) for each in _pools(world)]
    if as_json:
        print_json([{**each._asdict(), "claimed": claimed, "low": each.is_low} for each, claimed in counted])
    elif counted:
        print_table(("pool", "free", "spent", "low below", "offers"), (_row(*each) for each in counted))
    else:
        click.echo("No live offer takes its code from a pool. `pool:` in offers.yaml names one.")


def _row(pool: Pool, claimed: int) -> tuple[str, ...]:
    free = f"{pool.free} (low)" if pool.is_low else str(pool.free)
    return pool.name, free, str(claimed), str(pool.low_at), ", ".join(pool.coupons)


def _pools(world: World) -> list[Pool]:
    return pools(world.shop().offers, world.coupons, exactly=True)


def _check_name(pool: str) -> None:
    from perennial.publishing.values import identifier

    try:
        identifier(pool)
    except ValueError as error:
        raise PerennialError(f"The pool {error}") from error


@dataclass(slots=True)
class _Imported:
    """added: how many are new. repeated: codes that were there, in the pool or earlier in the file. wrong: line, reason."""

    added: int = 0
    repeated: list[str] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        wrong = [{"line": line, "reason": reason} for line, reason in self.wrong]
        return {"added": self.added, "repeated": self.repeated, "wrong": wrong}


def _import(file: Path, pool: str, codes: Coupons) -> _Imported:
    imported = _Imported()
    columns = (SpinnerColumn(), TextColumn("Importing: {task.completed} codes"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        found = _codes(file, imported)
        while some := list(islice(found, AT_ONCE)):
            repeated = codes.add(pool, some)
            imported.repeated += repeated
            imported.added += len(some) - len(repeated)
            progress.advance(task, len(some))
    return imported


def _codes(file: Path, imported: _Imported) -> Iterator[str]:
    """The codes of the file, in its order; lines that hold none are noted."""
    from perennial.publishing.offers_file import is_code

    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows, column = csv.reader(lines), 0
        try:
            for row in rows:
                heads = [cell.strip().lower() for cell in row]
                if rows.line_num == 1 and "code" in heads:
                    column = heads.index("code")
                    continue
                code = row[column].strip() if len(row) > column else ""
                if is_code(code):
                    yield code
                elif any(map(str.strip, row)):
                    imported.wrong.append((rows.line_num, "there is no code of one line and 60 characters"))
        except UnicodeDecodeError as error:
            raise PerennialError(_NOT_UTF8.format(file)) from error
        except csv.Error as error:
            raise PerennialError(f"{file}, line {rows.line_num}: this is not CSV: {error}.") from error


def _print_imported(imported: _Imported, pool: str, world: World) -> None:
    for line, reason in imported.wrong[:SHOWN]:
        click.echo(f"line {line}: {reason}")
    _print_rest(len(imported.wrong), "lines")
    for code in imported.repeated[:SHOWN]:
        click.echo(f"{code}: is in the pool already")
    _print_rest(len(imported.repeated), "codes")
    free = world.coupons.free(pool)
    click.echo(
        f"{imported.added} new code(s) in '{pool}', {len(imported.repeated)} repeated, {len(imported.wrong)} line(s)"
        f" left out. {free} are free now."
    )
    try:
        is_used = any(each.pool == pool for each in world.shop().offers.values())
    except NotPublished:
        is_used = False
    if not is_used:
        click.echo(f"No live offer takes from it yet: write `pool: {pool}` in offers.yaml, and publish.")


def _print_rest(count: int, what: str) -> None:
    if count > SHOWN:
        click.echo(f"... and {count - SHOWN} more {what} like that.")
