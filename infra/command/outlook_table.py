"""How an outlook is shown to people: progress while it is worked out, and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import click

from infra.command.output import print_table
from perennial.deciding.verdicts import Verdict

_IN_THE_WAY = frozenset(
    {
        *(
            Verdict.OUTSIDE_AUDIENCE,
            Verdict.HELD_OUT,
            Verdict.SUPPRESSED,
            Verdict.NO_CONSENT,
            Verdict.NO_ADDRESS,
        ),
        *(Verdict.QUIET_HOURS_UNTIL, Verdict.CAPPED_UNTIL, Verdict.PAST_SEND_BY),
        *(Verdict.EXITED_BY, Verdict.TOO_SOON, Verdict.SKIPPED_BECAUSE, Verdict.UNCONFIRMED),
    }
)


class Bar:
    """Progress on standard error, where people look and programs do not."""

    def __init__(self, what: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", total=total)

    def __enter__(self) -> Self:
        self._progress.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.__exit__(kind, error, trace)

    def advance(self, done: int) -> None:
        """So many more."""
        self._progress.advance(self._task, done)

    def upto(self, done: int, known: int) -> None:
        """So many of those known by now."""
        self._progress.update(self._task, completed=done, total=known)


def print_outlook(result: Mapping[str, Any]) -> None:
    """Campaigns, days, what changes, and the first words of a message of each kind."""
    click.echo(
        f"{result['customers']} customers, {result['messages']} messages, about ${result['cost']:,.2f}, "
        f"from {result['from'][:16]} to {result['to'][:16]}."
    )
    if busiest := result["busiest_hour"]:
        click.echo(f"Busiest hour: {busiest['hour']}, {busiest['messages']} messages.")
    _print_campaigns(result["campaigns"])
    _print_days(result["days"])
    if "changes" in result:
        _print_changes(result["changes"])
    for each in result["samples"]:
        words = each.get("subject") or f"would be skipped: {each['skipped']}"
        click.echo(f"{each['campaign']}, {each['step']}, {each['variant']}, {each['channel']}: {words}")


def _print_campaigns(campaigns: Mapping[str, Any]) -> None:
    rows = [
        (
            name,
            each["mode"],
            str(each["customers"]),
            str(each["messages"]) if each["mode"] != "dry_run" else f"{each['dry_run']} dry",
            (each["first_at"] or "-")[:10],
            "\n".join(_in_the_way(each)) or "-",
        )
        for name, each in campaigns.items()
        if each["mode"] != "draft"
    ]
    print_table(("campaign", "mode", "customers", "messages", "first", "in the way"), rows)


def _in_the_way(told: Mapping[str, Any]) -> Iterator[str]:
    """Customers by what kept a message from them, or put it off; of other campaigns, which took its slot."""
    for verdict, number in told["verdicts"].items():
        if verdict in _IN_THE_WAY:
            yield f"{number} {verdict.replace('_', ' ')}"
    yield from (f"{number} lost a slot to {winner}" for winner, number in told["outranked_by"].items())


def _print_days(days: Mapping[str, Mapping[str, int]]) -> None:
    rows = [
        (day, str(sum(by.values())), ", ".join(f"{name} {number}" for name, number in by.items()))
        for day, by in days.items()
    ]
    print_table(("day", "messages", "by campaign"), rows)


def _print_changes(changes: Mapping[str, Mapping[str, list[int]]]) -> None:
    if not changes:
        click.echo("The change changes nothing in these days.")
        return
    rows = [
        (name, *(f"{old} -> {new}" for old, new in (each["messages"], each["customers"], each["dry_run"])))
        for name, each in changes.items()
    ]
    print_table(("changed", "messages", "customers", "in dry run"), rows)
