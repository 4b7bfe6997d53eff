"""`perennial forecast` on files: what it reads, and exactly what it writes."""

from __future__ import annotations

import csv
import gzip
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from infra.command.main import main

COLUMNS = "customer,ts,order_id,product,category,qty,value"
FIRST = date(2026, 1, 1)


def line(customer, day, product, qty="1"):
    """Of an order, on that day of the file."""
    return f"{customer},{FIRST + timedelta(days=day)} 10:00:00,o{customer}{day},{product},c,{qty},9.5"


LINES = [
    line("007", 0, "00123"), line("007", 30, "00123"), line("007", 30, "tea"),
    line("007", 60, "00123"), line("b", 10, "tea"), line("b", 10, "tea"), line("c", 59, "00123"),
]  # fmt: skip


@pytest.fixture
def forecast(tmp_path):
    """Runs one, and reads what it wrote."""

    def run(kind, lines, as_of="2026-03-02", data=None):
        orders, out = tmp_path / "orders.csv", tmp_path / "out.csv"
        orders.write_bytes(data if data is not None else "\n".join([COLUMNS, *lines]).encode())
        result = CliRunner().invoke(
            main, ["forecast", kind, str(orders), "--as-of", as_of, "--out", str(out)]
        )
        if not out.exists():
            return result, []
        with out.open(encoding="utf-8", errors="surrogateescape", newline="") as written:
            return result, list(csv.reader(written))

    return run


def test_every_pair_of_two_days_is_in_it_and_no_other(forecast):
    """Twice on one day is one day; ids keep their zeros; there are no more columns than four."""
    result, rows = forecast("replenishment", LINES)
    assert result.exit_code == 0, result.output
    assert rows[0] == ["customer", "product", "days", "score"]
    assert [row[:2] for row in rows[1:]] == [["007", "00123"]]
    assert rows[1][2] == "" or int(rows[1][2]) >= 1
    assert 0 < float(rows[1][3]) < 1


@pytest.mark.parametrize(
    ("kind", "columns"), [("next-order", ["customer", "days"]), ("winback", ["customer", "score", "p_lost"])]
)
def test_every_customer_is_in_it(forecast, kind, columns):
    """Those who ordered once too, each once."""
    result, rows = forecast(kind, LINES)
    assert result.exit_code == 0, result.output
    assert rows[0] == columns
    assert sorted(row[0] for row in rows[1:]) == ["007", "b", "c"]
    assert all(float(cell) is not None for row in rows[1:] for cell in row[1:])


def test_a_gzipped_file_says_the_same(forecast):
    """Whatever its name."""
    plain = forecast("winback", LINES)[1]
    assert forecast("winback", [], data=gzip.compress("\n".join([COLUMNS, *LINES]).encode()))[1] == plain


def test_bad_lines_are_told_of_and_left_out(forecast):
    """With their number in the file and what is wrong; the rest is forecast."""
    bad = [
        "d,31.12.2025,o,tea,c,1,1",
        ",2026-01-03,o,tea,c,1,1",
        "d,2026-01-03,o,tea,c,many,1",
        "d",
        line("d", 5, "tea", "-1"),
    ]
    result, rows = forecast("winback", [*LINES, *bad])
    assert result.exit_code == 0
    said = result.stderr
    assert "line 9: ts '31.12.2025' is no day" in said
    assert "line 10: it names no customer" in said
    assert "line 11: qty 'many' is no number" in said
    assert "line 12: it has too few columns" in said
    assert "4 line(s) were left out" in said
    assert "1 line(s) with no quantity" in said
    assert len(rows) == 4


def test_a_file_in_another_encoding_keeps_its_ids(forecast):
    """The bytes come out as they went in."""
    data = "\n".join([COLUMNS, line("Müller", 0, "tea"), line("Müller", 9, "tea")]).encode("latin-1")
    _, rows = forecast("next-order", [], data=data)
    assert rows[1][0].encode("utf-8", "surrogateescape") == "Müller".encode("latin-1")


def test_what_comes_after_the_day_is_used_and_told(forecast):
    """--as-of hides nothing: days are counted from it, and the file is taken to its end."""
    result, rows = forecast("replenishment", LINES, as_of="2026-02-20")
    assert "goes on after 2026-02-20" in result.stderr
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"customer,ts\na,2026-01-01\n", "no column product"),
        (f"{COLUMNS}\nd,yesterday,o,tea,c,1,1\n".encode(), "There is no order in the file"),
        (b"", "no column"),
        (b"\x1f\x8b\x08broken", "cannot be read"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(forecast, data, remedy):
    """One sentence, and no traceback."""
    result, rows = forecast("winback", [], data=data)
    assert result.exit_code == 1
    assert remedy in result.output
    assert not rows


def test_one_order_is_enough(forecast):
    """The shipped weights speak for a shop that knows nothing."""
    result, rows = forecast("next-order", [LINES[0]])
    assert float(rows[1][1]) > 0
    assert "shipped" in result.output
