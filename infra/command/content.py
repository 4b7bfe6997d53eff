"""`validate`, `publish` and `schema`: the marketers' files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from infra.command.output import as_json, print_json, print_table
from infra.command.stack import stack_options, world_of
from perennial.times import stamp

folder = click.argument("folder", type=click.Path(path_type=Path), default="content", metavar="[DIR]")


@click.command()
@folder
@as_json
@click.pass_context
def validate(context: click.Context, folder: Path, as_json: bool) -> None:
    """Check a content folder; nothing is published."""
    from perennial.publishing import files_of, read_content

    content = read_content(files_of(folder))
    problems = sorted(set(content.problems))
    if as_json:
        print_json({"problems": [asdict(each) for each in problems], "campaigns": sorted(content.campaigns)})
    else:
        for problem in problems:
            click.echo(f"{folder}/{problem}")
        click.echo(_summary(len(problems), len(content.campaigns), len(content.templates)))
    context.exit(1 if problems else 0)


def _summary(problems: int, campaigns: int, templates: int) -> str:
    if problems:
        return f"{problems} problem(s). Nothing of this folder can go live before they are gone."
    return f"{campaigns} campaign(s) and {templates} template(s) are right."


@click.command()
@folder
@stack_options
@as_json
def publish(folder: Path, stack: str, region: str | None, as_json: bool) -> None:
    """Make a content folder live, all of it or nothing.

    Then the night's function reconsiders every customer, so that who is due by now hears of it.
    """
    from perennial.night.tasks import reconsider_everybody
    from perennial.publishing import files_of, publish_files, read_content

    files = files_of(folder)
    read_content(files).checked_shop()  # before anything is asked of AWS
    world = world_of(stack, region)
    report = publish_files(files, world.blobs, world.pointer, world.clock)
    reconsider_everybody(world.nightly_queue, report, world.clock())
    if as_json:
        print_json(_as_json(report))
    else:
        _print_report(report)


def _as_json(report: Any) -> dict[str, Any]:
    campaigns = [
        {**asdict(each), "live_since": stamp(each.live_since) if each.live_since else None}
        for each in report.campaigns
    ]
    return {**asdict(report), "campaigns": campaigns}


def _print_report(report: Any) -> None:
    rows = ((each.id, each.mode, _since(each)) for each in report.campaigns)
    print_table(("campaign", "mode", "counts what happens since"), rows)
    unchanged = report.replaced == report.release
    click.echo(
        f"Release {report.release} {'was live already: nothing had changed.' if unchanged else 'is live.'}"
    )


def _since(campaign: Any) -> str:
    if campaign.live_since is None:
        return "-"
    return f"{stamp(campaign.live_since)}{' (new)' if campaign.renewed else ''}"


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write it to this file.")
def schema(output: Path | None) -> None:
    """The JSON Schema of campaign files, for editors."""
    from perennial.publishing.schema import schema_text

    if output is None:
        click.echo(schema_text(), nl=False)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(schema_text(), encoding="utf-8")
