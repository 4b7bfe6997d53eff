"""`explain`: why one customer gets, got or does not get each message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import click

from infra.command.output import as_json, print_json, print_table
from infra.command.where import DESK, source_options, when
from perennial.errors import PerennialError


@click.command()
@click.argument("customer")
@click.option("--at", callback=when, help="Explain another time than now. Example: 2026-12-01T09:00+01:00.")
@source_options
@as_json
def explain(
    customer: str, at: datetime | None, stack: str | None, region: str | None, desk: str | None, as_json: bool
) -> None:
    """One verdict for each campaign. CUSTOMER: e-mail, phone, the store's id, or Perennial's own.

    An earlier time is explained from what was known by then, a later one as if the customer did nothing until then; by the
    campaigns that are live now.
    """
    found = _found(customer, at, stack if not desk else None, region, desk or DESK)
    if found is None:
        raise PerennialError("Nobody is known by that. Try the e-mail address, or the store's customer id.")
    if as_json:
        print_json(found["explanation"])
        return
    rows = ((name, each["verdict"], _facts(each["facts"])) for name, each in found["explanation"].items())
    click.echo(_standing(found["standing"]))
    print_table(("campaign", "verdict", "facts"), rows)


def _found(customer: str, at: datetime | None, stack: str | None, region: str | None, desk: str) -> Any:
    if stack is None:
        return _on_the_desk(customer, at, desk)
    from infra.command.stack import world_of
    from infra.desk.people import look_up

    world = world_of(stack, region)
    return look_up(world, customer, world.clock(), at)


def _on_the_desk(customer: str, at: datetime | None, url: str) -> Any:
    from infra.outlook.sources import asked

    query = {"at": at.isoformat()} if at else {}
    return asked(url, f"customers/{quote(customer, safe='')}", **query)


def _standing(standing: Mapping[str, Any]) -> str:
    """Where they stand, and the facts that put them there."""
    if not standing:
        return "Nobody known yet: nothing is decided about a visitor."
    stage, rfm, facts = standing["stage"], standing["rfm"], standing["facts"]
    words = [f"Stage {stage['name']} ({stage['fact']})"]
    if rfm:
        scores = "".join(str(rfm[name]) for name in ("recency", "frequency", "monetary"))
        words.append(f"group {rfm['group']}" + (f" (RFM {scores})" if scores != "000" else ""))
        words += [f"before it {rfm['previous']}"] if rfm["previous"] else []
    return f"{', '.join(words)}. Orders: {facts['orders']}, last: {facts['last_order_at'] or 'none'}."


def _facts(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {_shown(value)}" for name, value in facts.items())


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
