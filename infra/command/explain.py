"""`explain`: why one customer gets, got or does not get each message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from infra.command.output import as_json, print_json, print_table
from infra.command.stack import stack_options, world_of
from perennial.errors import PerennialError


@click.command()
@click.argument("customer")
@stack_options
@as_json
def explain(customer: str, stack: str, region: str | None, as_json: bool) -> None:
    """One verdict for each campaign. CUSTOMER: e-mail, phone, the store's id, or Perennial's own."""
    from infra.desk.people import look_up

    world = world_of(stack, region)
    found = look_up(world, customer, world.clock())
    if found is None:
        raise PerennialError("Nobody is known by that. Try the e-mail address, or the store's customer id.")
    if as_json:
        print_json(found["explanation"])
    else:
        rows = ((name, each["verdict"], _facts(each["facts"])) for name, each in found["explanation"].items())
        print_table(("campaign", "verdict", "facts"), rows)


def _facts(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {_shown(value)}" for name, value in facts.items())


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
