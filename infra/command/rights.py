"""`export` and `erase`: what is kept of one customer, and that it be kept no longer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import click

from infra.command.output import as_json, print_json
from infra.command.stack import stack_or_desk, world_of
from perennial.errors import PerennialError

_NOBODY = "Nobody is known by that. Try the e-mail address, or the store's customer id."
_AGAIN = "Whatever was being written at this moment is erased by a second pass, within six minutes."


@click.command()
@click.argument("customer")
@stack_or_desk
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it to this file, not to the screen.",
)
def export(
    customer: str, stack: str | None, region: str | None, desk: str | None, output: Path | None
) -> None:
    """Everything kept of one CUSTOMER, as JSON.

    Document, identities, every word on consent, timeline. CUSTOMER: e-mail, phone, the store's id, or Perennial's own.
    """
    if desk:
        found = _ask(f"{desk}/_local/export/{quote(customer, safe='')}")
    else:
        from infra.desk.rights import told_of

        found = told_of(world_of(str(stack), region), customer)
    if found is None:
        raise PerennialError(_NOBODY)
    if output is None:
        print_json(found)
        return
    output.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")
    click.echo(f"Everything kept of {found['customer']} is in {output}: {len(found['timeline'])} event(s).")


@click.command()
@click.argument("customer")
@stack_or_desk
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(
    customer: str, stack: str | None, region: str | None, desk: str | None, yes: bool, as_json: bool
) -> None:
    """Erase one CUSTOMER for good: document, timeline, identities.

    Their addresses stay unwritten to, by a hash of them. Export first if the customer asked for that too.
    """
    if not yes:
        click.confirm("This cannot be taken back. Erase this customer?", abort=True)
    if desk:
        answer = _ask(f"{desk}/_local/erase", {"customer": customer})
        gone = answer["erased"] if answer else None
    else:
        from infra.desk.rights import erased

        gone = erased(world_of(str(stack), region), customer)
    if gone is None:
        raise PerennialError(_NOBODY)
    if as_json:
        print_json({"erased": gone})
    else:
        click.echo(f"Erased: {gone}. {_AGAIN}")


def _ask(url: str, body: Any = None) -> Any:
    """The desk's answer; None when it knows nobody by that."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data=data), timeout=60) as answer:  # noqa: S310 - the address is the operator's own
            return json.loads(answer.read())
    except HTTPError as error:
        if error.code == 404:
            return None
        raise PerennialError(f"The desk refused: {error.read().decode('utf-8', 'replace')}") from error
    except URLError as error:
        raise PerennialError(f"No desk answers at {url}. Start it with `perennial dev`.") from error
