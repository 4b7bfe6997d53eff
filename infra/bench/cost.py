"""`python -m infra.bench.cost [FILE]`: writes docs/cost.md from the figures in docs/bench.json.

FILE: what `make bench` printed; its figures are taken over first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FIGURES, PAGE, FRAME = (
    ROOT / "docs/bench.json",
    ROOT / "docs/cost.md",
    Path(__file__).with_name("cost_page.txt"),
)
KEPT = (
    "init_ratio",
    "own_cpu_us",
    "whole_cpu_us",
    "calls",
    "write_units",
    "read_units",
    "document_bytes",
    "document_json_bytes",
    "decision_us",
    "machine",
)
CUSTOMERS = (1_000, 10_000, 100_000, 1_000_000)
EVENTS, MESSAGES = 10, 4  # of a customer in a month
NIGHTS, MINUTES = 30, 30 * 24 * 60
SOURCES, POLLS = (
    7,
    5 * 3 * MINUTES,
)  # queues that feed a function; each is asked by 5 pollers every 20 seconds
WAIT_MS = 5  # for one answer of AWS within a region
MEMORY_GB, NIGHT_GB = 0.5, 1.769  # with the second comes a whole core, with less a part of one
SLOWER = NIGHT_GB / MEMORY_GB
GB, MILLION = 1e9, 1e6
KEPT_DAYS, TIMELINE_BYTES = 400, 400  # days an event is kept; bytes of one
LOG_BYTES, SENT_BYTES = 600, 250  # of a function's log lines; of the line of each message that was sent
ALARMS = (ROOT / "infra/observability.yaml").read_text(encoding="utf-8").count("AWS::CloudWatch::Alarm")
PRICES = {
    "HTTP API, a million requests": 1.00,
    "Lambda, a million requests": 0.20,
    "Lambda on arm64, a GB-second": 0.0000133334,
    "SQS, a million requests": 0.40,
    "DynamoDB on demand, a million write units": 0.625,
    "DynamoDB on demand, a million read units": 0.125,
    "DynamoDB storage with point-in-time recovery, a GB": 0.25 + 0.20,
    "CloudWatch logs, a GB": 0.50,
    "CloudWatch, an alarm": 0.10,
    "CloudWatch, a dashboard": 3.00,
    "Secrets Manager, a secret": 0.40,
    "SES à la carte, a thousand mails": 0.10,
    "SES Essentials, a thousand mails": 0.16,
}
Figures = Mapping[str, Any]


class Bill(NamedTuple):
    """Dollars of one month, without the mails themselves."""

    entry: float
    compute: float
    queues: float
    writes: float
    reads: float
    storage: float
    watching: float

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self)


def bill(figures: Figures, customers: int) -> Bill:
    """The formula of the page."""
    events, messages = EVENTS * customers, MESSAGES * customers
    signals = 2 * messages  # Send and Delivery of each mail
    recorded = events + signals
    units, calls, cpu = figures["write_units"], figures["calls"], figures["whole_cpu_us"]
    due = messages * 1.5  # a third of those who are looked at get nothing yet
    took = {name: microseconds * SLOWER / MILLION for name, microseconds in cpu.items()}
    seconds = (
        recorded * (took["event"] + calls["event"] * WAIT_MS / 1000)
        + due * (took["due_customer"] + calls["due_customer"] * WAIT_MS / 1000)
        + messages * (took["message"] + calls["message"] * WAIT_MS / 1000)
        + events * (took["event"] + WAIT_MS / 1000)  # receive
        + MINUTES * 0.1  # a sweep that finds nothing
    )
    nightly = NIGHTS * customers * figures["own_cpu_us"]["due_customer"] / MILLION
    invocations = events + recorded / 5 + messages / 5 + MINUTES + NIGHTS * 33
    requests = 3 * (events + signals + messages) + SOURCES * POLLS
    written = events * units["event_single"] + messages * (
        units["message"] + 1
    )  # 1: the timeline of Delivery
    documents = figures["document_bytes"]
    swept = next(iter(figures["read_units"].values())) / 1000
    scanned = NIGHTS * 2 * customers * documents / 4096 / 2
    read = recorded * calls["event"] + due * swept + messages * 3 + scanned + MINUTES * 16 * 0.5
    kept = customers * (documents + (EVENTS + 2 * MESSAGES) * KEPT_DAYS / 30 * TIMELINE_BYTES)
    price = PRICES
    return Bill(
        entry=events / MILLION * price["HTTP API, a million requests"],
        compute=invocations / MILLION * price["Lambda, a million requests"]
        + (seconds * MEMORY_GB + nightly * NIGHT_GB) * price["Lambda on arm64, a GB-second"],
        queues=requests / MILLION * price["SQS, a million requests"],
        writes=written / MILLION * price["DynamoDB on demand, a million write units"],
        reads=read / MILLION * price["DynamoDB on demand, a million read units"],
        storage=kept / GB * price["DynamoDB storage with point-in-time recovery, a GB"],
        watching=(invocations * LOG_BYTES + messages * SENT_BYTES) / GB * price["CloudWatch logs, a GB"]
        + ALARMS * price["CloudWatch, an alarm"]
        + price["CloudWatch, a dashboard"]
        + 3 * price["Secrets Manager, a secret"],
    )


def page(figures: Figures) -> str:
    """docs/cost.md."""
    head = (
        "Customers",
        *(name.capitalize() for name in Bill._fields),
        "SES à la carte",
        "SES Essentials",
        "All, à la carte",
        "All, Essentials",
    )
    rows = [_row(head), _row(["---:"] * len(head))]
    for customers in CUSTOMERS:
        own = bill(figures, customers)
        mails = MESSAGES * customers / 1000
        carte, plan = (
            mails * PRICES["SES à la carte, a thousand mails"],
            mails * PRICES["SES Essentials, a thousand mails"],
        )
        cells = [*own, carte, plan, own.total + carte, own.total + plan]
        rows.append(_row([f"{customers:,}", *(f"{each:,.2f}" for each in cells)]))
    units, calls = figures["write_units"], figures["calls"]
    prices = "\n".join(_row([name, f"${each:.10f}".rstrip("0").rstrip(".")]) for name, each in PRICES.items())
    return FRAME.read_text(encoding="utf-8").format(
        table="\n".join(rows),
        prices=prices,
        events=EVENTS,
        messages=MESSAGES,
        single=units["event_single"],
        batch=units["event_in_batch_of_20"],
        life=units["message"],
        bytes=figures["document_bytes"],
        calls_event=calls["event"],
        calls_due=calls["due_customer"],
        calls_message=calls["message"],
        cpu_event=figures["whole_cpu_us"]["event"] / 1000,
        cpu_due=figures["whole_cpu_us"]["due_customer"] / 1000,
        cpu_message=figures["whole_cpu_us"]["message"] / 1000,
        wait=WAIT_MS,
        sources=SOURCES,
        alarms=ALARMS,
        load=figures["machine"]["load"],
        cores=figures["machine"]["cores"],
        slower=SLOWER,
        python=figures["machine"]["python"],
    )


def _row(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def main(taken_from: str | None = None) -> None:
    """Take figures over, if a file is named, and write the page."""
    if taken_from:
        measured = json.loads(Path(taken_from).read_text(encoding="utf-8"))
        kept = {name: measured[name] for name in KEPT}
        FIGURES.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(FIGURES.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
