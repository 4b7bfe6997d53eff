"""`plan`: what would go to whom in the next days, before it does; and what a changed campaign would change."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.command.outlook_table import Bar, print_outlook
from infra.command.output import as_json, print_json
from infra.command.where import source_options, when, world_or_desk
from perennial.errors import PerennialError

if TYPE_CHECKING:
    from infra.outlook.samples import Rendered
    from infra.outlook.sources import Source

MOST_DAYS = 366
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, MOST_DAYS), help="How far to look."
)
@source_options
@click.option("--orders", type=_FILE, help="Read customers from this CSV (the format of `import`) instead.")
@click.option("--content", type=_FOLDER, help="See what this content folder would change.")
@click.option("--campaign", type=_FILE, help="See what this campaign file would change, with its templates.")
@click.option(
    "--at", callback=when, help="Begin at this time instead of now. Example: 2026-12-01T09:00+01:00."
)
@click.option(
    "--price", "prices", multiple=True, metavar="CHANNEL=PRICE", help="Of one message. Example: sms=0.05."
)
@click.option(
    "--samples", type=click.Path(path_type=Path, file_okay=False), help="Write a message of each kind there."
)
@click.option("--processes", type=click.IntRange(1, 64), help="By default as many as there are processors.")
@as_json
def plan(as_json: bool, **given: Any) -> None:
    """See what would go to whom in the next days.

    On copies: nothing is sent or written. As if nobody ordered or answered meanwhile. Customers are read from a stack, from
    the desk, or from a CSV of orders.
    """
    from infra.outlook.samples import write

    wish = Wish(**given)
    result, messages = _outlook(wish)
    if wish.samples is not None:
        from infra.outlook.samples import write

        write(messages, wish.samples)
    if as_json:
        print_json(result)
    else:
        print_outlook(result)
        if wish.samples is not None:
            click.echo(f"One message of each kind is in {wish.samples}.")


@dataclass(frozen=True)
class Wish:
    """What was asked for, by the names of the options."""

    days: int
    stack: str | None
    region: str | None
    desk: str | None
    orders: Path | None
    content: Path | None
    campaign: Path | None
    at: datetime | None
    prices: tuple[str, ...]
    samples: Path | None
    processes: int | None


def _outlook(wish: Wish) -> tuple[dict[str, Any], list[Rendered]]:
    """As JSON, and a message of each kind in words."""
    from infra.outlook.samples import rendered
    from infra.outlook.sharing import foresee_all
    from perennial.outlook.telling import differences, told
    from perennial.shop import pack, unpack

    costs = _prices(wish.prices)
    with ExitStack() as opened:
        source = _source(wish, opened)
        now = wish.at or source.now
        releases = [source.release]
        if changed := _changed(wish, source, now):
            releases.append(changed)
        end = now + timedelta(days=wish.days)
        bar = opened.enter_context(Bar("Looking ahead", source.total))
        tallies = foresee_all(source.customers(), releases, now, end, wish.processes, bar.advance)
        shops = [unpack(*pack(each)) for each in releases]
        outlooks = [told(*each, costs) for each in zip(tallies, shops, strict=True)]
        messages = list(rendered(tallies[-1].samples, shops[-1], source.products))
    samples = [each.summary() for each in messages]
    result = {"from": now.isoformat(), "to": end.isoformat(), **outlooks[-1], "samples": samples}
    if len(outlooks) > 1:
        result["changes"] = differences(*outlooks)
    return result, messages


def _source(wish: Wish, opened: ExitStack) -> Source:
    from perennial.times import utc_now

    if wish.orders is None:
        return world_or_desk(wish.stack, wish.region, wish.desk)
    from infra.outlook.orders import OrdersSource

    lines = opened.enter_context(wish.orders.open(encoding="utf-8-sig", newline=""))
    with Bar("Reading orders", None) as bar:
        source = OrdersSource(lines, wish.content or Path("content"), wish.at or utc_now(), bar.upto)
    if source.remarks:
        remark = f"{source.remarks} line(s) of the file were not taken whole; `perennial import` says which."
        click.echo(remark, err=True)
    return source


def _changed(wish: Wish, source: Source, now: datetime) -> dict[str, Any] | None:
    """Another release to look at beside the live one."""
    from infra.outlook.trial import published, with_campaign

    if wish.campaign is not None:
        if wish.content is not None and wish.orders is None:
            raise PerennialError(
                "Give either --campaign or --content: the folder holds the campaign already."
            )
        return with_campaign(wish.campaign, source.release, now)
    if wish.content is not None and wish.orders is None:
        return published(wish.content, source.release, now)
    return None


def _prices(given: tuple[str, ...]) -> dict[str, float]:
    from perennial.outlook.telling import PRICES

    prices = dict(PRICES)
    for each in given:
        channel, _, price = each.partition("=")
        try:
            prices[channel] = float(price)
        except ValueError:
            channel = ""
        if channel not in PRICES:
            raise PerennialError(
                f"--price {each} is no price. Write a channel and US dollars, such as sms=0.05."
            )
    return prices
