"""`forecast`: next orders, reminders and lost customers of a file of orders, as a CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from infra.forecasting.book import Book
    from perennial.forecast.models import Model

_ORDERS = click.argument(
    "orders", metavar="ORDERS", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
_OUT = click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The CSV to write.",
)


def _day(_: click.Context, __: click.Parameter, text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise click.BadParameter("write a day such as 2026-03-31.") from error


_AS_OF = click.option(
    "--as-of",
    required=True,
    callback=_day,
    metavar="DATE",
    help="The day from which days are counted. It hides nothing: the file ends where the past ends.",
)


@click.group()
def forecast() -> None:
    """Forecast from a CSV of orders, plain or gzipped.

    Columns: customer, ts, order_id, product, category, qty, value. The models are fitted on the file's own history; where it
    is too short, the shipped weights stand.
    """


@forecast.command("next-order")
@_ORDERS
@_AS_OF
@_OUT
def next_order(orders: Path, as_of: date, out: Path) -> None:
    """Days until each customer's next order: customer,days."""
    from infra.forecasting.ordering import next_orders

    book = _read(orders, as_of)
    found, model = next_orders(book, as_of.toordinal())
    _write(out, ("customer", "days"), ((each.customer, f"{each.days:.3f}") for each in found))
    _say(f"{len(found)} customers", out, model)


@forecast.command()
@_ORDERS
@_AS_OF
@_OUT
def replenishment(orders: Path, as_of: date, out: Path) -> None:
    """Whether and when to remind of a product: customer,product,days,score.

    Every customer and product bought on two days or more. days: from --as-of, blank for no reminder; score: the chance of a
    purchase within 14 days.
    """
    from infra.forecasting.replenishing import reminders

    book = _read(orders, as_of)
    found, model = reminders(book, as_of.toordinal())
    rows = (
        (each.customer, each.product, "" if each.days is None else each.days, f"{each.score:.6f}")
        for each in found
    )
    _write(out, ("customer", "product", "days", "score"), rows)
    reminded = sum(each.days is not None for each in found)
    _say(f"{len(found)} customers and products, {reminded} of them to be reminded", out, model)


@forecast.command()
@_ORDERS
@_AS_OF
@_OUT
def winback(orders: Path, as_of: date, out: Path) -> None:
    """Who will not order within 90 days: customer,score,p_lost.

    score: larger when it is surer. p_lost: the chance of it.
    """
    from infra.forecasting.ordering import losses

    book = _read(orders, as_of)
    found, model = losses(book, as_of.toordinal())
    rows = ((each.customer, f"{each.score:.6f}", f"{each.p_lost:.6f}") for each in found)
    _write(out, ("customer", "score", "p_lost"), rows)
    _say(f"{len(found)} customers", out, model)


def read_orders(orders: Path) -> Book:
    """The orders of a file; what is wrong with it is said."""
    from infra.forecasting.reading import read

    with _progress(orders) as progress:
        book = read(orders, progress)
    for remark in book.remarks:
        click.echo(remark, err=True)
    if book.bad > len(book.remarks):
        click.echo(f"... and {book.bad - len(book.remarks)} more.", err=True)
    if book.bad:
        click.echo(f"{book.bad} line(s) were left out.", err=True)
    if book.returns:
        click.echo(f"{book.returns} line(s) with no quantity bought count as no purchase.", err=True)
    return book


def _read(orders: Path, as_of: date) -> Book:
    book = read_orders(orders)
    if book.last > as_of.toordinal():
        last = date.fromordinal(book.last)
        click.echo(
            f"The file goes on after {as_of}, until {last}, and all of it is used. To look back, cut the file.",
            err=True,
        )
    return book


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal, by bytes of the file; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    at = 0
    with click.progressbar(length=path.stat().st_size, label="Reading orders", file=sys.stderr) as bar:

        def upto(read: int) -> None:
            nonlocal at
            bar.update(read - at)
            at = read

        yield upto


def _write(out: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from infra.forecasting.reading import ENCODING, ERRORS

    with out.open("w", encoding=ENCODING, errors=ERRORS, newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _say(what: str, out: Path, model: Model) -> None:
    by = (
        f"fitted on {model.rows} examples of the file"
        if model.rows
        else "shipped: the file teaches too little"
    )
    click.echo(f"{what}, in {out}. Weights: {by}.")
