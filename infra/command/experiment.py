"""`experiment`: what a campaign really changes, and whether one may say so yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from infra.command.experiment_report import Report, report_on
from infra.command.output import as_json, print_json, print_table
from infra.command.stack import stack_options, world_of
from perennial.campaigns import Campaign
from perennial.errors import PerennialError
from perennial.experiments.looks import LOOKS
from perennial.experiments.reading import Answer, Comparison
from perennial.money import Money
from perennial.rendering.formats import money_text
from perennial.shop import Shop
from perennial.times import stamp

_WORDS = {
    Answer.NOT_STARTED: "nobody has finished yet",
    Answer.TOO_EARLY: "too early to say",
    Answer.KEEP_WAITING: "no verdict yet, keep waiting",
    Answer.BETTER: "better",
    Answer.WORSE: "worse",
    Answer.NO_DIFFERENCE_SHOWN: "no difference shown (which is not: no difference)",
    Answer.BROKEN_SPLIT: "no verdict: the split is not the planned one",
}


@click.command()
@click.argument("campaign")
@click.option("--opens", is_flag=True, help="Attribute orders to opened mails too; slower, and flattering.")
@stack_options
@as_json
def experiment(campaign: str, stack: str, region: str | None, as_json: bool, opens: bool) -> None:
    """What CAMPAIGN changes, by its holdout and variants.

    Before it starts: the smallest effect that this audience could show. While it runs: figures as of the last of ten looks,
    and a verdict only when there is one.
    """
    world = world_of(stack, region)
    shop = world.shop()
    report = report_on(world, shop, _campaign(shop, campaign), world.clock(), opens=opens)
    if as_json:
        print_json(_plain(report))
    else:
        _print(report, shop)


def _campaign(shop: Shop, campaign_id: str) -> Campaign:
    campaign = shop.campaigns.get(campaign_id)
    if campaign is None:
        raise PerennialError(
            f"There is no campaign '{campaign_id}'. Live are: {', '.join(sorted(shop.campaigns)) or 'none'}."
        )
    if campaign.experiment is None:
        raise PerennialError(
            f"'{campaign_id}' has no experiment. Write 'experiment: {{holdout: 10%}}' into campaigns/{campaign_id}.yaml."
        )
    return campaign


def _plain(report: Report) -> dict[str, Any]:
    """For programs. Times are stamps, shares lie between 0 and 1, money is in minor units."""
    return {
        "campaign": report.campaign,
        "metric": report.metric,
        "look": report.look.number,
        "looks": LOOKS,
        "as_of": stamp(report.look.at),
        "next_look_at": stamp(report.look.next_at) if report.look.next_at else None,
        "audience": report.audience,
        "base_share": report.base,
        "smallest_effect": dict(report.smallest),
        "running": report.measured.running,
        "arms": {name: asdict(arm) for name, arm in report.measured.arms.items()},
        "split_p": report.split_p,
        "comparisons": [_without_infinities(asdict(each)) for each in report.comparisons],
        "attributed": asdict(report.owed),
    }


def _without_infinities(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows none: no limit yet, and intervals of too few customers, are null."""
    far = (float("inf"), float("-inf"))
    return {
        name: [None if each in far else each for each in value]
        if isinstance(value, tuple)
        else None
        if value in far
        else value
        for name, value in values.items()
    }


def _print(report: Report, shop: Shop) -> None:
    click.echo(f"{report.campaign}: {report.metric} within the window, look {report.look.number} of {LOOKS}.")
    for line in _effects(report):
        click.echo(line)
    if not report.measured.first_at:
        return
    rows = [
        (
            name,
            str(arm.customers),
            str(arm.converted),
            f"{arm.share.value:.1%}",
            _money(arm.mean_revenue, shop),
        )
        for name, arm in ((each, report.measured.arms.get(each)) for each in report.shares)
        if arm is not None
    ]
    print_table(("arm", "customers", "converted", "share", "revenue each"), rows)
    for each in report.comparisons:
        for line in _verdict(each, shop):
            click.echo(line)
    revenue = Money(
        amount=report.owed.revenue.get(shop.settings.currency, 0), currency=shop.settings.currency
    )
    click.echo(
        f"Attributed (last click: e-mail and SMS 5 days, push 24 hours): {report.owed.orders} orders, "
        f"{money_text(revenue, shop.settings.locale)}. It counts what would have been bought anyway."
    )
    click.echo(f"{report.measured.running} customers are still inside their window.")
    if report.look.next_at:
        click.echo(f"Next look: {report.look.next_at:%Y-%m-%d %H:%M} UTC.")


def _effects(report: Report) -> Iterator[str]:
    yield (
        f"{report.audience} customers can be written to; {report.base:.1%} of them do it in such a time anyway. "
        "If all of them entered, four times out of five it would show a rise of:"
    )
    for name, rise in report.smallest.items():
        yield f"  {name}: {rise:.1%} points or more"


def _verdict(each: Comparison, shop: Shop) -> Iterator[str]:
    yield f"{each.variant} against {each.control}: {_WORDS[each.answer]}."
    if each.answer in (Answer.TOO_EARLY, Answer.NOT_STARTED, Answer.BROKEN_SPLIT):
        return
    low, high = each.interval
    conversions, revenue = each.incremental
    yield (
        f"  difference {low:+.1%} to {high:+.1%}, z {each.z:.2f} where {each.limit:.2f} is asked for; "
        f"incremental {conversions:+.0f} conversions, {_money(revenue, shop)}"
    )


def _money(minor: float, shop: Shop) -> str:
    amount = Money(amount=round(minor), currency=shop.settings.currency)
    return money_text(amount, shop.settings.locale)
