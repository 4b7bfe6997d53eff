"""Where a command looks: at a stack, or at the desk that runs on this machine. Loads the SDK for a stack only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from infra.outlook.sources import Source

DESK = "http://127.0.0.1:8787"


def source_options(command: Any) -> Any:
    """Adds --stack, --region and --desk; without --stack it is the desk."""
    stack = click.option(
        "--stack", envvar="PERENNIAL_STACK", help="Name of the deployed stack; else the desk."
    )
    region = click.option("--region", envvar="AWS_REGION", help="Its region; by default the profile's own.")
    desk = click.option("--desk", metavar="URL", help=f"Where the desk listens. By default {DESK}.")
    return stack(region(desk(command)))


def when(_: click.Context, __: click.Parameter, text: str | None) -> datetime | None:
    """An ISO time; without a zone it is UTC's."""
    from datetime import UTC

    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("write it as 2026-12-01T09:00+01:00.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def world_or_desk(stack: str | None, region: str | None, desk: str | None) -> Source:
    """Customers of a stack, or of the desk."""
    from infra.outlook.sources import DeskSource, WorldSource

    if stack and not desk:
        from infra.command.stack import world_of

        return WorldSource(world_of(stack, region))
    return DeskSource(desk or DESK)
