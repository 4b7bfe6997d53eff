"""`pause` and `resume`: the kill switch. It holds sends back within ten seconds; nothing is lost."""

from __future__ import annotations

import click

from infra.command.output import as_json, print_json
from infra.command.stack import stack_options, world_of
from perennial.errors import NotPublished, PerennialError
from perennial.ports.live import Live
from perennial.ports.world import World
from perennial.shop import EVERYTHING

campaign_argument = click.argument("campaign", required=False, default=EVERYTHING, metavar="[CAMPAIGN]")


@click.command()
@campaign_argument
@stack_options
@as_json
def pause(campaign: str, stack: str, region: str | None, as_json: bool) -> None:
    """Hold back a campaign, or everything.

    It takes effect within ten seconds. What is due waits, and is judged again afterwards.
    """
    world = world_of(stack, region)
    _check_known(world, campaign)
    world.pointer.pause(campaign)
    _report(world, as_json)


@click.command()
@campaign_argument
@stack_options
@as_json
def resume(campaign: str, stack: str, region: str | None, as_json: bool) -> None:
    """Let a campaign, or everything, go on.

    Without a name the hold on everything is lifted; campaigns held back by name stay so.
    """
    world = world_of(stack, region)
    if campaign not in _live(world).paused:
        _check_known(world, campaign)
    world.pointer.resume(campaign)
    _report(world, as_json)


def _live(world: World) -> Live:
    live = world.pointer.read()
    if live is None:
        raise NotPublished(
            "Nothing is live, so there is nothing to hold back. Run `perennial publish` first."
        )
    return live


def _check_known(world: World, campaign: str) -> None:
    """A misspelt name would hold back nothing, and nobody would notice."""
    _live(world)
    if campaign == EVERYTHING:
        return
    known = world.shop().campaigns
    if campaign not in known:
        raise PerennialError(
            f"There is no campaign '{campaign}'. Live are: {', '.join(sorted(known)) or 'none'}."
        )


def _report(world: World, as_json: bool) -> None:
    paused = sorted(_live(world).paused)
    if as_json:
        print_json({"paused": paused})
    elif EVERYTHING in paused:
        click.echo("Everything is held back. `perennial resume` lifts it.")
    else:
        click.echo(f"Held back: {', '.join(paused)}." if paused else "Nothing is held back.")
