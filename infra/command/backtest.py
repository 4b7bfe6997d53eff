"""`backtest`: what a campaign would have sent over past orders, and what followed, beside the usual practice."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.command.forecast import read_orders
from infra.command.outlook_table import Bar
from infra.command.output import as_json, print_json, print_table

if TYPE_CHECKING:
    from infra.backtesting.report import Backtest, Row

SHOWN = 5  # messages
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_COLUMNS = ("customer", "at", "step", "channel", "product", "chance", "bought_in")


def _day(_: click.Context, __: click.Parameter, text: str | None) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text else None
    except ValueError as error:
        raise click.BadParameter("write a day such as 2026-03-31.") from error


@click.command()
@click.argument("orders", metavar="ORDERS", type=_FILE)
@click.option("--campaign", required=True, type=_FILE, help="The campaign's file, in a content folder.")
@click.option("--from", "first", callback=_day, metavar="DATE", help="The day on which it goes live.")
@click.option("--to", "last", callback=_day, metavar="DATE", help="The last day of its messages.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw a picture there.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write each message there, as CSV."
)
@click.option("--processes", type=click.IntRange(1, 64), help="By default as many as there are processors.")
@as_json
def backtest(orders: Path, campaign: Path, as_json: bool, **given: Any) -> None:
    """What a campaign would have done with past orders.

    Whom it would have written to, when, and what they did.

    ORDERS: a CSV as for `forecast`. What was known by the first day decides, and no more; nobody's orders change by the
    messages, for none was sent. By default the newest 90 days of which the file shows what followed.
    """
    from infra.backtesting.picture import picture
    from infra.backtesting.report import backtest as replayed

    book = read_orders(orders)
    with Bar("Replaying customers", len(book.people)) as bar:
        found = replayed(
            book,
            campaign,
            given["first"],
            given["last"],
            given["processes"],
            lambda done, _: bar.advance(done),
        )
    if given["svg"] is not None:
        given["svg"].write_text(picture(found), encoding="utf-8")
    if given["out"] is not None:
        _write(given["out"], found)
    if as_json:
        print_json(_plain(found))
    else:
        _print(found)
        for what in ("svg", "out"):
            if given[what] is not None:
                click.echo(f"Written: {given[what]}.")


def _print(found: Backtest) -> None:
    first, last = date.fromordinal(found.first), date.fromordinal(found.last)
    click.echo(
        f"{found.campaign.name}, from {first} to {last}; {found.customers:,} customers had ordered by then."
    )
    if not found.messages:
        click.echo(
            "Nobody would have been written to. A file of orders tells of no visits, carts or answers."
        )
        return
    steps = [(step.id, sum(each.step == step.id for each in found.messages)) for step in found.campaign.sends]
    click.echo("Messages: " + ", ".join(f"{number:,} {step}" for step, number in steps) + f". {_by(found)}")
    print_table(_COLUMNS, (list(map(str, row)) for row in _lines(found, SHOWN)))
    click.echo("... All of them with --out FILE.csv. Times are UTC; bought_in: days, by the file.")
    _print_comparison(found)


def _by(found: Backtest) -> str:
    if len(found.rows) == 1:
        return ""
    if not found.fitted:
        return "Shipped weights: the orders before that teach too little."
    return (
        f"Weights fitted on {found.fitted:,} examples of the orders before {date.fromordinal(found.first)}."
    )


def _print_comparison(found: Backtest) -> None:
    from infra.backtesting.report import compared

    own, *practices = found.rows
    is_winback = found.campaign.kind == "winback"
    good = "no order within 90 days" if is_winback else "bought within 14 days"
    click.echo(f"\nRight is a first message ('{found.first_step}') with this after it: {good}.")
    print_table(
        ("who decides", "messages", "right", "equal number", "right then", "this campaign"),
        [
            (own.who, f"{len(own.outcomes):,}", f"{own.share:.1%}", "", "", ""),
            *((*_sent(row), *_equally(compared(own, row))) for row in practices),
        ],
    )
    if practices:
        thing = "customers" if is_winback else "products, each reminder counted"
        click.echo(
            f"By {thing}; at equal number those that each is surest of; practices follow the campaign's once_per."
        )
    click.echo("\nDays from the message to the next purchase:")
    print_table(
        ("who decides", "0-6", "7-13", "14-27", "28-90", "none by then", "median"), map(_weeks, found.rows)
    )


def _sent(row: Row) -> tuple[str, str, str]:
    return row.who, f"{len(row.outcomes):,}", f"{row.share:.1%}" if row.outcomes else ""


def _equally(figures: tuple[int, float, float]) -> tuple[str, str, str]:
    number, ours, theirs = figures
    return (f"{number:,}", f"{theirs:.1%}", f"{ours:.1%}") if number else ("", "", "")


def _weeks(row: Row) -> tuple[str, ...]:
    middle = row.median_days()
    weeks = (f"{each:.1%}" if row.outcomes else "" for each in row.weeks())
    return (row.who, *weeks, "" if middle is None else f"{middle:g}")


def _lines(found: Backtest, most: int | None = None) -> Iterable[tuple[Any, ...]]:
    """One for each message and product."""
    outcomes = iter(found.outcomes)
    told = 0
    for message in found.messages:
        for _ in message.products if found.campaign.kind == "replenishment" else ("",):
            each = next(outcomes, None)
            if each is None or (most is not None and told == most):
                return
            told += 1
            chance = f"{each.surety:.2f}" if each.surety else ""
            bought_in = "" if each.bought_in is None else each.bought_in
            at = f"{message.at:%Y-%m-%d %H:%M}"
            yield message.customer, at, message.step, message.channel, each.product, chance, bought_in


def _write(out: Path, found: Backtest) -> None:
    with out.open("w", encoding="utf-8", errors="surrogateescape", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(_lines(found))


def _plain(found: Backtest) -> dict[str, Any]:
    from infra.backtesting.report import WEEKS, compared

    own = found.rows[0]
    return {
        "campaign": found.campaign.id,
        "from": str(date.fromordinal(found.first)),
        "to": str(date.fromordinal(found.last)),
        "customers": found.customers,
        "fitted_on": found.fitted,
        "messages": {
            step.id: sum(each.step == step.id for each in found.messages) for step in found.campaign.sends
        },
        "good": "no order within 90 days" if found.campaign.kind == "winback" else "bought within 14 days",
        "rows": [
            {
                "who": row.who,
                "messages": len(row.outcomes),
                "share": round(row.share, 4),
                "equal_number": dict(
                    zip(
                        ("number", "this_campaign", "share"),
                        (round(x, 4) for x in compared(own, row)),
                        strict=True,
                    )
                ),
                "days_to_purchase": dict(
                    zip(
                        [*(f"{low}-{high}" for low, high in WEEKS), "none"],
                        (round(x, 4) for x in row.weeks()),
                        strict=True,
                    )
                ),
                "median_days": row.median_days(),
            }
            for row in found.rows
        ],
    }
