"""`dead-letters`: what the queues could not get rid of, and what nobody could understand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import boto3
import click

from infra.command.bodies import shown
from infra.command.letters import DeadLetters, Letter
from infra.command.output import as_json, print_json
from infra.command.stack import resources_of, stack_options
from perennial.errors import PerennialError

ids = click.argument("ids", nargs=-1, metavar="[ID]...")
of_queue = click.option("--queue", help="Only those of this queue, such as SignedDeadLetters.")
everything = click.option("--all", "all_", is_flag=True, help="All of them, or all of --queue.")


@click.group("dead-letters")
def dead_letters() -> None:
    """See, replay or discard what could not be handled. It is kept for 14 days."""


@dead_letters.command("list")
@of_queue
@stack_options
@as_json
def list_(queue: str | None, stack: str, region: str | None, as_json: bool) -> None:
    """Each letter with its queue, id, age and reason; no bodies, which hold personal data."""
    with letters_of(stack, region).held(queue) as letters:
        found = [_summary(each) for each in letters]
    if as_json:
        print_json(found)
    elif not found:
        click.echo("There are no dead letters.")
    for each in () if as_json else found:  # an id that a table broke in two could not be copied
        click.echo(f"{each['id']}  {each['queue']}  {each['since']}  {each['from']}\n    {each['reason']}")


@dead_letters.command("show")
@click.argument("letter", metavar="ID")
@of_queue
@stack_options
def show(letter: str, queue: str | None, stack: str, region: str | None) -> None:
    """One letter with its body, as JSON."""
    with letters_of(stack, region).held(queue) as letters:
        (found,) = _chosen(letters, [letter])
        print_json({**_summary(found), "message": shown(found.body)})


@dead_letters.command("replay")
@ids
@of_queue
@everything
@stack_options
@as_json
def replay(
    ids: tuple[str, ...], queue: str | None, all_: bool, stack: str, region: str | None, as_json: bool
) -> None:
    """Send letters back to the queues they came from. Safe: what was applied before is known by its id."""
    found = letters_of(stack, region)
    with found.held(queue) as letters:
        sent = [{"id": each.id, "to": found.replay(each)} for each in _chosen(letters, ids, all_=all_)]
    _report(sent, f"Sent back: {len(sent)}.", as_json=as_json)


@dead_letters.command("discard")
@ids
@of_queue
@everything
@click.option("--yes", is_flag=True, help="Do not ask.")
@stack_options
@as_json
def discard(
    ids: tuple[str, ...],
    queue: str | None,
    all_: bool,
    yes: bool,
    stack: str,
    region: str | None,
    as_json: bool,
) -> None:
    """Throw letters away for good."""
    found = letters_of(stack, region)
    with found.held(queue) as letters:
        chosen = _chosen(letters, ids, all_=all_)
        if not yes:
            click.confirm(f"Throw {len(chosen)} letter(s) away for good?", abort=True)
        for each in chosen:
            found.discard(each)
    gone = [{"id": each.id} for each in chosen]
    _report(gone, f"Thrown away: {len(gone)}.", as_json=as_json)


def letters_of(stack: str, region: str | None) -> DeadLetters:
    """Those of a deployed stack."""
    session: Any = boto3.Session(region_name=region)
    found = resources_of(session.client("cloudformation"), stack)
    queues = {name: url for name, url in found.items() if name.endswith(("DeadLetters", "Queue"))}
    return DeadLetters(session.client("sqs"), queues)


def _chosen(letters: Iterable[Letter], ids: Iterable[str], *, all_: bool = False) -> list[Letter]:
    """By their ids, or by a beginning of them that only one has."""
    letters, chosen = list(letters), []
    if all_:
        return letters
    for wanted in ids:
        found = [each for each in letters if each.id.startswith(wanted)]
        if len(found) != 1:
            raise PerennialError(
                f"{'No letter has' if not found else 'Several letters have'} the id {wanted}."
                " See `perennial dead-letters list`."
            )
        chosen += found
    if not chosen:
        raise PerennialError("Name letters by their ids, or add --all.")
    return chosen


def _summary(letter: Letter) -> dict[str, Any]:
    return {
        "queue": letter.queue,
        "id": letter.id,
        "since": letter.since.isoformat(timespec="seconds"),
        "from": _origin(letter.body),
        "reason": letter.reason,
    }


def _origin(body: str) -> str:
    """What sort of message it is, without anything personal."""
    told = shown(body)
    if not isinstance(told, dict):
        return "unknown"
    headers = told.get("headers")
    topic = headers.get("topic", "") if isinstance(headers, dict) else ""
    return " ".join(each for each in (str(told.get("source", "")), topic) if each) or "unknown"


def _report(done: list[dict[str, str]], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        click.echo(words)
