"""`perennial`: the desk, the content, and the shop's stack, from a terminal."""

from __future__ import annotations

import click

from infra.command.content import publish, rollback, schema, validate
from infra.command.coupons import coupons
from infra.command.errors import PlainErrors
from infra.command.experiment import experiment
from infra.command.explain import explain
from infra.command.local import demo, dev
from infra.command.orders import import_orders
from infra.command.preview import preview
from infra.command.switch import pause, resume


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="perennial")
def main() -> None:
    """Lifecycle marketing that runs in a shop's own AWS account."""


for command in (
    coupons,
    demo,
    dev,
    validate,
    preview,
    publish,
    rollback,
    schema,
    explain,
    experiment,
    import_orders,
    pause,
    resume,
):
    main.add_command(command)
