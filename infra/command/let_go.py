"""`let-go`: what came too late and was not sent, after hours without a sweep, say; and what is late by now."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from infra.command.output import as_json, print_json, print_table
from infra.command.where import source_options, when, world_or_desk

if TYPE_CHECKING:
    from infra.outlook.sources import Source

_BY_DEFAULT = timedelta(days=1)


@click.command("let-go")
@click.option("--since", callback=when, help="By default a day ago. Example: 2026-12-01T09:00+01:00.")
@source_options
@as_json
def let_go(
    since: datetime | None, stack: str | None, region: str | None, desk: str | None, as_json: bool
) -> None:
    """See what came too late and was let go, by campaign.

    Also who waits for a sweep. After hours without one the `send_by` of each campaign decides what still goes. Reads all
    customers and changes nothing.
    """
    found = _counted(world_or_desk(stack, region, desk), since)
    if as_json:
        print_json(found)
        return
    rows = (
        (name, str(each["messages"]), each["first_at"], each["last_at"])
        for name, each in found["campaigns"].items()
    )
    print_table(("campaign", "let go", "first", "last"), rows)
    waiting = found["waiting"]
    click.echo(
        f"{waiting['customers']} of {found['customers']} customers wait for a sweep, the first since {waiting['since']}."
        if waiting["customers"]
        else f"None of {found['customers']} customers waits for a sweep."
    )


def _counted(source: Source, since: datetime | None) -> dict[str, Any]:
    from infra.command.outlook_table import Bar
    from perennial.customer import is_anonymous
    from perennial.messaging.letting_go import let_go as told
    from perennial.people.erased import is_tombstone
    from perennial.shop import pack, unpack
    from perennial.times import stamp

    now, begin = source.now, since or source.now - _BY_DEFAULT
    shop = unpack(*pack(source.release))
    times: dict[str, list[str]] = {}
    counted: Counter[str] = Counter()
    waits: list[str] = []
    with Bar("Customers", source.total) as bar:
        for customer in source.customers():
            bar.advance(1)
            if is_anonymous(customer) or is_tombstone(customer):
                continue
            counted["customers"] += 1
            if customer["wake_at"] and customer["wake_at"] <= stamp(now):
                waits.append(customer["wake_at"])
            for campaign, at in told(customer, shop, begin, now):
                times.setdefault(campaign, []).append(at)
    return {
        "since": stamp(begin),
        "now": stamp(now),
        "customers": counted["customers"],
        "waiting": {"customers": len(waits), "since": min(waits, default=None)},
        "campaigns": {
            name: {"messages": len(each), "first_at": min(each), "last_at": max(each)}
            for name, each in sorted(times.items())
        },
    }
