"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


SHORT = 10  # characters of a cell that is never broken: a date is one


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output; what stands in brackets is text, not markup."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table, rows = Table(box=SIMPLE_HEAD, pad_edge=False), list(rows)
    for position, column in enumerate(columns):
        is_short = all(len(row[position]) <= SHORT for row in rows)
        table.add_column(column, no_wrap=is_short or position == 0, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
