"""`perennial backtest`: a small shop of which everything is known."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.backtesting.outcomes import Rules, fixed, own_mean_gap, practised
from infra.backtesting.report import backtest, compared
from infra.command.main import main
from infra.forecasting.book import until
from infra.forecasting.reading import read
from infra.forecasting.simulated import COFFEE, shop
from perennial.errors import PerennialError

CONTENT = Path(__file__).parents[3] / "content/campaigns"
COLUMNS = "customer,ts,order_id,product,category,qty,value"
FIRST = date(2026, 1, 1)


def lines(customer: str, product: str, *days: int) -> list[str]:
    return [f"{customer},{FIRST + timedelta(days=day)},{customer}{day},{product},c,1,9.5" for day in days]


MONTHLY = lines("monthly", "tea", 0, 30, 60, 90, 120, 150, 180)  # as regular as a clock
STOPPED = lines("stopped", "tea", 0, 30, 60)  # never again
ENDLESS = lines("endless", "soap", *range(0, 250, 10))  # the file goes on


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([COLUMNS, *MONTHLY, *STOPPED, *ENDLESS]), encoding="utf-8")
    return file


def run(orders: Path, *options: str, campaign: str = "replenishment") -> str:
    result = CliRunner().invoke(
        main,
        [
            "backtest",
            str(orders),
            "--campaign",
            str(CONTENT / f"{campaign}.yaml"),
            "--processes",
            "1",
            *options,
        ],
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_who_would_have_been_reminded_when_and_what_they_did(orders: Path, tmp_path: Path):
    """Monthly: some days before each purchase, which came; one who stopped: once at most, and nothing came."""
    out = tmp_path / "messages.csv"
    run(orders, "--from", "2026-03-22", "--to", "2026-06-10", "--out", str(out))
    with out.open(encoding="utf-8", newline="") as written:
        rows = [row for row in csv.DictReader(written) if row["step"] == "reminder"]
    monthly = [row for row in rows if row["customer"] == "monthly"]
    days = [(date.fromisoformat(row["at"][:10]) - FIRST).days for row in monthly]
    assert [day // 30 for day in days] == [2, 3, 4]
    assert [int(row["bought_in"]) for row in monthly] == [30 * (day // 30 + 1) - day for day in days]
    assert all(0 < int(row["bought_in"]) <= 9 for row in monthly)
    assert all(row["bought_in"] == "" for row in rows if row["customer"] == "stopped")


def test_nothing_is_known_of_what_comes_after(orders: Path, tmp_path: Path):
    """Whatever follows the last day changes no message."""
    told = []
    for upto in (200, 130):
        file = tmp_path / f"cut{upto}.csv"
        kept = [
            each
            for each in (*MONTHLY, *STOPPED, *ENDLESS)
            if each.split(",")[1] <= str(FIRST + timedelta(upto))
        ]
        file.write_text("\n".join([COLUMNS, *kept]), encoding="utf-8")
        found = backtest(
            read(file), CONTENT / "replenishment.yaml",
            (FIRST + timedelta(80)).toordinal(), (FIRST + timedelta(125)).toordinal(), processes=1,
        )  # fmt: skip
        told.append([(each.customer, each.at, each.products) for each in found.messages])
    assert told[0] == told[1] != []


def test_the_practices_are_beside_it_and_their_figures_are_right(orders: Path):
    """By hand: the own mean gap meets each purchase of the clock; after 60 days only who stopped is left."""
    book = read(orders)
    rules = Rules((FIRST + timedelta(61)).toordinal(), (FIRST + timedelta(150)).toordinal(), 14)
    tea = [each for each in practised(book, own_mean_gap, rules, products=True) if each.product == "tea"]
    assert [(each.customer, each.bought_in) for each in tea] == [
        ("monthly", 0), ("monthly", 0), ("monthly", 0), ("stopped", None),
    ]  # fmt: skip
    late = practised(book, fixed(60), rules, products=True)
    assert [(each.customer, each.day - FIRST.toordinal()) for each in late] == [("stopped", 120)]
    silent = practised(book, fixed(60), rules, products=False)
    assert [each.customer for each in silent] == ["stopped"]


def test_the_table_names_all_of_them(orders: Path):
    """What was sent, what followed, the usual practice, and when they bought."""
    said = run(orders)
    practices = ["own mean gap", "fixed 60 days", "fixed 90 days"]
    for words in ("this campaign", "bought within 14 days", "none by then", *practices):
        assert words in said
    told = json.loads(run(orders, "--json", campaign="winback"))
    assert [row["who"] for row in told["rows"]] == [
        "this campaign",
        "own mean gap",
        "fixed 60 days",
        "fixed 90 days",
    ]
    assert told["good"] == "no order within 90 days"


def test_other_campaigns_are_replayed_without_a_practice(orders: Path):
    """And one that lives of visits says why it is silent."""
    assert "own mean gap" not in run(orders, campaign="post_purchase")
    assert "tells of no visits" in run(orders, campaign="browse")


def test_the_picture_is_drawn(orders: Path, tmp_path: Path):
    """Well-formed, with a curve for each that sent something."""
    svg = tmp_path / "picture.svg"
    run(orders, "--svg", str(svg))
    root = ET.fromstring(svg.read_text(encoding="utf-8"))  # noqa: S314 - our own
    curves = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(curves) >= 2
    assert all("nan" not in str(each.attrib) for each in root.iter())


def test_too_short_a_file_says_so(tmp_path: Path):
    """No traceback, but what to do."""
    file = tmp_path / "short.csv"
    file.write_text("\n".join([COLUMNS, *lines("a", "tea", 0, 3)]), encoding="utf-8")
    result = CliRunner().invoke(
        main, ["backtest", str(file), "--campaign", str(CONTENT / "replenishment.yaml")]
    )
    assert result.exit_code != 0
    assert "give a longer file" in result.output
    with pytest.raises(PerennialError, match="no order until"):
        until(read(file), FIRST.toordinal() - 1)


def test_days_at_the_end_of_the_calendar_are_no_trouble(tmp_path: Path):
    """A typing error in one year stops nothing."""
    file = tmp_path / "odd.csv"
    file.write_text(f"{COLUMNS}\na,0001-01-01,1,x,c,1,2\nb,9999-12-31,2,x,c,1,2\n", encoding="utf-8")
    assert "Nobody would have been written to" in run(file, campaign="winback")


def test_in_a_made_up_shop_it_beats_the_usual_practice():
    """At equal number, of the reminders that each is surest of; a fixed seed, and a shop the weights have never seen."""
    found = backtest(
        shop(replace(COFFEE, customers=500), seed=77), CONTENT / "replenishment.yaml", processes=1
    )
    own, *practices = found.rows
    assert found.fitted
    for practice in practices:
        number, ours, theirs = compared(own, practice)
        assert number > 60
        assert ours > theirs
