"""`perennial import`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from infra.command.orders import SHOWN
from perennial.adapters.memory import MemoryWorld
from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from tests.unit.command.conftest import CONTENT, Run

HEADER = "customer,ts,order_id,product,category,qty,value,email,email_consent"
GOOD = "7,2026-01-05,A1,tea,Tea,1,9.00,ada@example.com,yes"
BAD = "8,05.01.2026,B1,tea,Tea,1,9.00,eve@example.com,yes"
STACK = ("--stack", "garden")


@pytest.fixture
def shop(run: Run, world: MemoryWorld) -> MemoryWorld:
    """The shipped content is live."""
    assert run("publish", str(CONTENT), *STACK).exit_code == 0
    return world


def file_of(folder: Path, *lines: str, encoding: str = "utf-8") -> str:
    path = folder / "orders.csv"
    path.write_text("".join(f"{line}\n" for line in (HEADER, *lines)), encoding=encoding)
    return str(path)


def orders_of(world: MemoryWorld, store_id: str) -> int:
    identity = Identity(Kind.STORE, store_id)
    owners = world.documents.owners([identity])
    if identity not in owners:
        return 0
    return orders.count(world.documents.load([owners[identity]])[owners[identity]])


def test_a_file_is_imported(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """What was taken, what was not and why, and what to do about it."""
    result = run("import", file_of(tmp_path, GOOD, BAD), *STACK)
    assert result.exit_code == 0 and orders_of(shop, "7") == 1
    assert "line 3: ts '05.01.2026' is no time" in result.stdout
    assert "1 order(s) of 1 customer(s), 1 product(s). 1 line(s) rejected." in result.stdout
    assert "--rejects FILE" in result.stdout


def test_import_for_programs(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """The same as JSON."""
    told = json.loads(run("import", file_of(tmp_path, GOOD, BAD), *STACK, "--json").stdout)
    assert (told["orders"], told["customers"], told["rejected"], told["failed"]) == (1, 1, 1, 0)
    assert [(each["line"], each["rejected"]) for each in told["remarks"]] == [(3, True)]


def test_rejected_lines_can_be_mended_and_imported(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """They are written with line and reason, under the columns they came with."""
    rejects = tmp_path / "rejects.csv"
    run("import", file_of(tmp_path, GOOD, BAD), *STACK, "--rejects", str(rejects))
    (line,) = csv.DictReader(rejects.read_text(encoding="utf-8").splitlines())
    assert line["line"] == "3" and "no time" in line["reason"] and line["order_id"] == "B1"
    rejects.write_text(
        rejects.read_text(encoding="utf-8").replace("05.01.2026", "2026-01-05"), encoding="utf-8"
    )
    result = run("import", str(rejects), *STACK)
    assert "0 line(s) rejected" in result.stdout and "not known" not in result.stdout
    assert orders_of(shop, "8") == 1


def test_a_file_full_of_faults_does_not_flood_the_terminal(
    run: Run, shop: MemoryWorld, tmp_path: Path
) -> None:
    """The first ones are shown, the others are counted."""
    result = run("import", file_of(tmp_path, *[BAD.replace("B1", f"B{n}") for n in range(SHOWN + 5)]), *STACK)
    assert result.stdout.count("is no time") == SHOWN and "and 5 more remarks" in result.stdout


def test_another_encoding_is_told(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """What a spreadsheet saves by default, and what to choose instead."""
    path = file_of(tmp_path, GOOD.replace("ada", "adá"), encoding="cp1252")
    result = run("import", path, *STACK)
    assert result.exit_code == 1 and "CSV UTF-8" in result.stderr


def test_a_file_with_other_columns_is_refused(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """Before anything is written."""
    path = tmp_path / "other.csv"
    path.write_text("name,price\nTea,9\n", encoding="utf-8")
    result = run("import", str(path), *STACK)
    assert result.exit_code == 1 and "no column customer" in result.stderr


def test_without_a_live_shop_there_is_no_currency(run: Run, world: MemoryWorld, tmp_path: Path) -> None:
    """The zone and the currency of the file are the shop's, so it is published first."""
    result = run("import", file_of(tmp_path, GOOD), *STACK)
    assert result.exit_code == 1 and "perennial publish" in result.stderr
