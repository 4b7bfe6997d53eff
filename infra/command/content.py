"""`validate`, `publish`, `rollback` and `schema`: the marketers' files."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from infra.command.output import as_json, print_json, print_table
from infra.command.stack import stack_options, world_of
from infra.command.watching import saves
from perennial.errors import Conflict, ContentError
from perennial.ports.world import World
from perennial.times import stamp

_TRIES = 3
folder = click.argument("folder", type=click.Path(path_type=Path), default="content", metavar="[DIR]")


@click.command()
@folder
@as_json
@click.pass_context
def validate(context: click.Context, folder: Path, as_json: bool) -> None:
    """Check a content folder; nothing is published.

    Each template is tried with three samples: full, minimal and hostile.
    """
    from perennial.publishing import files_of, in_a_child, read_content

    content = read_content(files_of(folder))
    content.problems += in_a_child(content)
    problems = sorted(set(content.problems))
    if as_json:
        print_json({"problems": [asdict(each) for each in problems], "campaigns": sorted(content.campaigns)})
    else:
        for problem in problems:
            click.echo(f"{folder}/{told(problem)}")
        click.echo(_summary(len(content.errors), len(content.campaigns), len(content.templates)))
    context.exit(1 if content.errors else 0)


def _summary(errors: int, campaigns: int, templates: int) -> str:
    if errors:
        return f"{errors} problem(s). What they are about cannot go live before they are gone."
    return f"{campaigns} campaign(s) and {templates} template(s) are right."


def told(problem: Any) -> str:
    """A problem on one line; a warning says that it is one."""
    return f"warning: {problem}" if problem.warning else str(problem)


@click.command()
@folder
@stack_options
@click.option("--watch", is_flag=True, help="Go on, and publish whatever is saved, until interrupted.")
@as_json
@click.pass_context
def publish(
    context: click.Context, folder: Path, stack: str, region: str | None, watch: bool, as_json: bool
) -> None:
    """Make a content folder live.

    The files of the bucket become those of the folder. A campaign whose files are not right stays in its last good version;
    the exit code says whether there are such. Then the night's function reconsiders every customer, so that who is due
    by now hears of it.
    """
    from perennial.publishing import files_of, read_content

    files = files_of(folder)
    read_content(files).checked_shop()  # before anything is asked of AWS
    world = world_of(stack, region)
    report = _published(world, files)
    if as_json:
        print_json(_as_json(report))
    else:
        _print_report(report)
    if watch:
        for each in saves(folder):
            _publish_again(world, each)
    context.exit(1 if report.errors else 0)


def _publish_again(world: World, files: dict[str, bytes]) -> None:
    try:
        _print_report(_published(world, files))
    except ContentError as error:
        click.echo(f"Nothing goes live.\n{error}")


def _published(world: World, files: dict[str, bytes]) -> Any:
    """Again when the stack's own publish was quicker: the files in the bucket wake it too."""
    from perennial.night.tasks import reconsider_everybody
    from perennial.publishing import Room

    Room(world.blobs).bring(files)
    report = None
    for _ in range(_TRIES - 1):
        with suppress(Conflict):
            report = _publish_once(world, files)
            break
    report = report or _publish_once(world, files)
    reconsider_everybody(world.nightly_queue, report, world.clock())
    return report


def _publish_once(world: World, files: dict[str, bytes]) -> Any:
    from perennial.publishing import in_a_child, publish_files

    return publish_files(files, world.blobs, world.pointer, world.clock, try_out=in_a_child)


@click.command()
@click.argument("release", required=False)
@stack_options
def rollback(release: str | None, stack: str, region: str | None) -> None:
    """Make an earlier release live again.

    The one before, or the one named. Files stay as they are, and the next save that is right makes them live again: put
    right first what was wrong.
    """
    from perennial.publishing import roll_back

    world = world_of(stack, region)
    before, now = roll_back(world.pointer, world.blobs, release)
    click.echo(f"Release {now} is live again. To return: perennial publish, or save a file.")
    click.echo(f"Until now {before} was live.")


def _as_json(report: Any) -> dict[str, Any]:
    campaigns = [
        {**asdict(each), "live_since": stamp(each.live_since) if each.live_since else None}
        for each in report.campaigns
    ]
    problems = [asdict(each) for each in report.problems]
    return {**asdict(report), "campaigns": campaigns, "problems": problems}


def _print_report(report: Any) -> None:
    for problem in report.problems:
        click.echo(told(problem))
    rows = ((each.id, each.mode, _since(each)) for each in report.campaigns)
    print_table(("campaign", "mode", "counts what happens since"), rows)
    for each in report.left_out:
        click.echo(f"{each} is not live: its files are not right, and never were.")
    unchanged = report.replaced == report.release
    click.echo(
        f"Release {report.release} {'was live already: nothing had changed.' if unchanged else 'is live.'}"
    )


def _since(campaign: Any) -> str:
    if campaign.live_since is None:
        return "-"
    remark = " (new)" if campaign.renewed else " (last good version)" if campaign.is_kept else ""
    return f"{stamp(campaign.live_since)}{remark}"


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
