"""`perennial demo`: plays it, prints what was sent and why the rest was not, and writes `demo/index.html`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from infra.demo import page
from infra.demo.live import CUSTOMERS, Played, play
from infra.demo.outcomes import DROPPED, NOTHING, SENT, Outcome, at_work, of_campaign, outcomes
from infra.demo.wording import Words

FOLDER = Path("demo")
REASONS_SHOWN = 2  # of each campaign; the page has them all


def main(folder: Path = FOLDER, customers: int = CUSTOMERS) -> None:
    """Play the demo and show what came of it."""
    console = Console()
    folder.mkdir(parents=True, exist_ok=True)
    with _bar() as bar:
        task = bar.add_task("Opening the shop", total=None)
        played = play(
            folder,
            lambda what, done, whole: bar.update(task, description=what, completed=done, total=whole),
            customers=customers,
        )
        bar.update(task, description="Writing the pages", total=None)
        where = write(folder, played)
    console.print(_table(played, outcomes(played)))
    console.print(
        f"{played.imported.orders:,} orders imported, {played.imported.rejected} lines rejected. "
        f"{len(played.letters)} messages left, each with its reason. Open {where}",
        highlight=False,
    )


def write(folder: Path, played: Played) -> Path:
    """Everything for the eyes, and `results.json` for programs; where to begin reading."""
    rows = outcomes(played)
    text = json.dumps(_results(played, rows), indent=2, ensure_ascii=False)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    return page.write(folder, played, rows)


def _bar() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _table(played: Played, rows: list[Outcome]) -> Table:
    """A line for each campaign: what left, what was dropped, and why most of the others got nothing."""
    table = Table(title=f"{played.shop.settings.name}, three weeks", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("campaign", "sent", "dropped"):
        table.add_column(heading, justify="left" if heading == "campaign" else "right", no_wrap=True)
    table.add_column("customers who got none, and why")
    for campaign in at_work(played):
        of_it = of_campaign(rows, campaign)
        sent, dropped = (str(sum(number for _, number in of_it[group]) or "") for group in (SENT, DROPPED))
        reasons = ", ".join(f"{number} {what}" for what, number in of_it[NOTHING][:REASONS_SHOWN])
        table.add_row(campaign, sent, dropped, reasons)
    return table


def _results(played: Played, rows: list[Outcome]) -> dict[str, Any]:
    words = Words(played.shop, played.products)
    return {
        "messages": [
            {
                **{
                    name: letter.mail[name]
                    for name in ("id", "campaign", "step", "channel", "to", "subject", "sent_at")
                },
                "why": words.why(letter),
            }
            for letter in played.letters
        ],
        "not_sent": [
            {
                "customer": case.person.name,
                "campaign": case.campaign,
                "verdict": case.verdict,
                "why": words.verdict(case),
            }
            for case in played.cases
        ],
        "outcomes": [row._asdict() for row in rows],
        "rejected_lines": [{"line": each.line, "reason": each.reason} for each in played.remarks],
    }
