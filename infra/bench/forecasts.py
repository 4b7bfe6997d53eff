"""How well and how fast the forecasts are: on real shops where their data lies beside the repository, else on a made-up one.

The data is cut and scored by the programs beside it, which see no more of ours than a file. PERENNIAL_LAB: another place.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from infra.forecasting.book import Book
from infra.forecasting.simulated import GROCERY, shop

Tell = Callable[[str], None]
_ROOT = Path(__file__).parents[2]
_COMMANDS = {"next_order": "next-order", "replenish": "replenishment", "winback": "winback"}
_TASKS = {"online_retail": ("next_order", "replenish", "winback"), "cdnow_sample": ("next_order", "winback")}
_TOLD = ("n", "cindex", "auc14", "f1", "reminders", "precision14", "auc", "brier")
_CAMPAIGNS = ("replenishment", "winback")
CUSTOMERS = 1_600  # of the made-up shop: more than 25,000 pairs


def figures(tell: Tell, *, quick: bool) -> dict[str, Any]:
    """Speed and memory on a made-up shop; quality where there is data. Nothing of the latter in a quick run."""
    with tempfile.TemporaryDirectory() as folder:
        tell("forecasts of a made-up shop")
        found: dict[str, Any] = {"made_up": _speed(Path(folder), 20 if quick else CUSTOMERS)}
        place = Path(os.environ.get("PERENNIAL_LAB", _ROOT.parent / "shared"))
        if why := _missing(place, quick=quick):
            return {**found, "skipped": why}
        for data, tasks in _TASKS.items():
            tell(f"forecasts on {data}")
            found[data] = {task: _scored(place, Path(folder), data, task) for task in tasks}
        tell("backtests on online_retail")
        found["backtest"] = _backtests(place, Path(folder))
    return found


def _missing(place: Path, *, quick: bool) -> str:
    if quick:
        return "a quick run"
    if not (place / "lab/score.py").is_file() or not (place / "data/online_retail.parquet").is_file():
        return f"no data and lab in {place}; name another place with PERENNIAL_LAB"
    if importlib.util.find_spec("pandas") is None or importlib.util.find_spec("pyarrow") is None:
        return "the data needs pandas and pyarrow: .venv/bin/python -m pip install pandas pyarrow"
    return ""


def _speed(folder: Path, customers: int) -> dict[str, Any]:
    orders, out = folder / "orders.csv", folder / "out.csv"
    _write(orders, shop(replace(GROCERY, customers=customers), seed=1))
    measured = _forecast("replenishment", orders, date.fromordinal(737_365), out)
    with out.open(encoding="utf-8", newline="") as written:
        return {"pairs": sum(1 for _ in csv.reader(written)) - 1, **measured}


def _write(orders: Path, book: Book) -> None:
    with orders.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("customer", "ts", "order_id", "product", "category", "qty", "value"))
        for name, person in book.people.items():
            for day, products in zip(person.days, person.products, strict=True):
                at = date.fromordinal(day)
                for each in products:
                    writer.writerow((name, at, f"{name}:{day}", each, book.category_of[each], 1, "10.00"))


def _forecast(command: str, orders: Path, as_of: date, out: Path) -> dict[str, Any]:
    return _run(["forecast", command, str(orders), "--as-of", str(as_of), "--out", str(out)])[1]


def _run(arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """What a `perennial` of its own prints; its seconds on the clock and of CPU, and the most memory it held."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        program = [sys.executable, "-c", "from infra.command.main import main; main()", *arguments]
        process = subprocess.Popen(program, cwd=_ROOT, stdout=said, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"perennial {' '.join(arguments)} ended with {process.returncode}")
        said.seek(0)
        text = said.read()
    kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return text, {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "megabytes": round(kilobytes / 1024),
    }


def _scored(place: Path, folder: Path, data: str, task: str) -> dict[str, Any]:
    cut = folder / f"{data}_{task}"
    _lab(place, "make_task.py", data, task, "--data", str(place / "data"), "--out", str(cut))
    meta = json.loads((cut / "meta.json").read_text(encoding="utf-8"))
    out = cut / "ours.csv"
    measured = _forecast(_COMMANDS[task], cut / "events.csv.gz", date.fromisoformat(meta["cut"]), out)
    answers = _by_id(cut, out) if task == "replenish" else out
    told = json.loads(_lab(place, "score.py", str(cut), str(answers)))
    return {**{name: told[name] for name in _TOLD if name in told}, **measured}


def _by_id(cut: Path, out: Path) -> Path:
    """As the lab asks for pairs: by the number of its question."""
    answers = cut / "answers.csv"
    with (cut / "queries.csv").open(encoding="utf-8", newline="") as questions:
        ids = {(each["customer"], each["product"]): each["id"] for each in csv.DictReader(questions)}
    with (
        out.open(encoding="utf-8", newline="") as ours,
        answers.open("w", encoding="utf-8", newline="") as lines,
    ):
        writer = csv.writer(lines)
        writer.writerow(("id", "days", "score"))
        for row in csv.DictReader(ours):
            if asked := ids.get((row["customer"], row["product"])):
                writer.writerow((asked, row["days"], row["score"]))
    return answers


def _lab(place: Path, program: str, *arguments: str) -> str:
    ran = subprocess.run(  # noqa: S603 - programs that lie beside the data
        [sys.executable, str(place / "lab" / program), *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout


def _backtests(place: Path, folder: Path) -> dict[str, Any]:
    orders = folder / "online_retail.csv"
    _write_goods(place / "data/online_retail.parquet", orders)
    return {campaign: _backtest(orders, campaign) for campaign in _CAMPAIGNS}


def _write_goods(parquet: Path, orders: Path) -> None:
    """Goods that were sold: neither returns nor postage."""
    pandas: Any = importlib.import_module("pandas")
    table = pandas.read_parquet(parquet)
    table = table[(table.qty > 0) & (table.price > 0) & table["product"].str.match(r"^\d{5}")]
    table = table.assign(value=(table.qty * table.price).round(2), category=table["product"].str[:3])
    columns = ["customer", "ts", "order_id", "product", "category", "qty", "value"]
    table[columns].to_csv(orders, index=False)


def _backtest(orders: Path, campaign: str) -> dict[str, Any]:
    file = _ROOT / "content/campaigns" / f"{campaign}.yaml"
    text, measured = _run(["backtest", str(orders), "--campaign", str(file), "--json"])
    told: Mapping[str, Any] = json.loads(text)
    told_of = ("messages", "share", "equal_number")
    rows = {row["who"]: {name: row[name] for name in told_of} for row in told["rows"]}
    return {"good": told["good"], "rows": rows, **measured}
