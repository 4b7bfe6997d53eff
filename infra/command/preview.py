"""`preview`: a template as people will see it, on a page that follows every save; and test sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import click

from infra.command.stack import some_stack_options, world_of
from perennial.errors import PerennialError

if TYPE_CHECKING:
    from infra.preview.server import People
    from infra.preview.trying import Kitchen

DESK = "http://127.0.0.1:8787"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was typed."""

    template: str | None
    content: Path
    customer: str | None
    view: str
    port: int
    send_to: str | None
    sample: str
    desk: str
    stack: str | None
    region: str | None

    @property
    def address(self) -> str:
        """The page to begin with."""
        query = {"as": self.view} | ({"customer": self.customer} if self.customer else {})
        return f"{quote(self.template)}?{urlencode(query)}" if self.template else ""


@click.command()
@click.argument("template", required=False)
@click.option("--content", type=click.Path(path_type=Path), default="content", show_default=True)
@click.option("--customer", help="Show what this customer would get, beside the samples.")
@click.option(
    "--as",
    "view",
    type=click.Choice(["phone", "desktop", "dark", "text"]),
    default="phone",
    show_default=True,
)
@click.option("--port", default=8788, show_default=True, help="Where the page is, on this machine.")
@click.option(
    "--send-to", metavar="ADDRESS", help="Send it to one of the test_addresses of shop.yaml instead."
)
@click.option(
    "--sample", type=click.Choice(["full", "minimal", "hostile"]), default="full", show_default=True
)
@click.option(
    "--desk", default=DESK, show_default=True, help="The desk that has the customer or takes the mail."
)
@some_stack_options
def preview(**typed: Any) -> None:
    """Look at a template as people will see it.

    TEMPLATE is a name such as browse/reminder; without one you see all of them. The page shows the inbox line, the mail, SMS
    and push with every sample, and what the lint says, and reads the folder anew after each save.
    """
    wish = _Wish(**typed)
    if wish.send_to:
        _send(wish, wish.send_to)
    else:
        _serve(wish)


def _people(wish: _Wish) -> People:
    from infra.preview.people import from_desk, from_world

    if wish.stack is None:
        return lambda text, template: from_desk(wish.desk, text, template)
    world = world_of(wish.stack, wish.region)
    return lambda text, template: from_world(world, text, template)


def _serve(wish: _Wish) -> None:
    from infra.preview.server import HOST, Preview, PreviewServer
    from perennial.publishing import files_of

    files_of(wish.content)  # no folder, no page
    try:
        server = PreviewServer(Preview(wish.content, _people(wish)), wish.port)
    except OSError as error:
        raise PerennialError(
            f"Port {wish.port} is taken ({error.strerror}). Choose another with --port."
        ) from error
    click.echo(f"http://{HOST}:{server.server_port}/{wish.address}")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("The preview is closed.")


def _send(wish: _Wish, to: str) -> None:
    from infra.preview.posting import send, through_desk, written
    from infra.preview.trying import kitchen

    if wish.template is None:
        raise PerennialError("Name the template to send: perennial preview browse/reminder --send-to ADDRESS")
    its = kitchen(wish.content, wish.template)
    message = written(its, wish.template, _sample(its, wish.template, wish), to)
    if wish.stack is None:
        through_desk(wish.desk, message, to)
        click.echo(f"Sent on the desk: {wish.desk}/_local/outbox?format=html")
    else:
        send(world_of(wish.stack, wish.region, sends=True), its.shop.settings, message, to)
        click.echo(f"Sent to {to}.")


def _sample(its: Kitchen, template: str, wish: _Wish) -> Mapping[str, Any]:
    samples = its.samples(template)
    if wish.customer:
        return {**samples["full"], **_people(wish)(wish.customer, template)}
    return samples[wish.sample]
