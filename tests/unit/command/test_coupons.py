"""`perennial coupons import` and `status`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perennial.adapters.memory import MemoryWorld
from tests.unit.command.conftest import CONTENT, Run

STACK = ("--stack", "garden")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list of codes."""
    path = tmp_path / "codes.csv"
    path.write_text("AAA-1\nAAA-2\n\naaa-1\nAAA-3\n", encoding="utf-8")
    return path


def test_a_file_of_codes_fills_a_pool(run: Run, world: MemoryWorld, file: Path) -> None:
    """What repeats itself is named, empty lines are nothing, and the same file again changes nothing."""
    printed = run("coupons", "import", "birthday", str(file), *STACK).stdout
    assert "aaa-1: is in the pool already" in printed
    assert "3 new code(s) in 'birthday', 1 repeated, 0 line(s) left out. 3 are free now." in printed
    world.coupons.claim("birthday", "AAA-1", "m1")
    answer = json.loads(run("coupons", "import", "birthday", str(file), *STACK, "--json").stdout)
    assert (answer["added"], sorted(answer["repeated"])) == (0, ["AAA-1", "AAA-2", "AAA-3", "aaa-1"])
    assert world.coupons.claimed("birthday") == 1


def test_a_stores_own_export_is_read(run: Run, world: MemoryWorld, file: Path) -> None:
    """The column that is called code, wherever it stands, with a mark at the beginning and quotes."""
    file.write_text('\ufeffName,Code,Used\nBirthday,"B,1",no\nBirthday, B2 ,yes\n', encoding="utf-8")
    answer = json.loads(run("coupons", "import", "birthday", str(file), *STACK, "--json").stdout)
    assert answer == {"added": 2, "repeated": [], "wrong": []}
    assert world.coupons.claim("birthday", "b,1", "m")
    assert world.coupons.claim("birthday", "B2", "m2")


def test_lines_without_a_code_are_named_and_the_others_taken(
    run: Run, world: MemoryWorld, file: Path
) -> None:
    """With their numbers; ten of them, and the rest is counted."""
    file.write_text("GOOD\n" + "x" * 61 + "\n,only a remark\n" + "\x00\n" * 12, encoding="utf-8")
    printed = run("coupons", "import", "birthday", str(file), *STACK).stdout
    assert "line 2: there is no code of one line and 60 characters" in printed
    assert "... and 4 more lines like that." in printed
    assert world.coupons.free("birthday") == 1


def test_many_codes_are_put_in_portions(run: Run, world: MemoryWorld, file: Path) -> None:
    """More than fit into one; repeats are found across them."""
    file.write_text("".join(f"C{number % 2400}\n" for number in range(2500)), encoding="utf-8")
    printed = run("coupons", "import", "birthday", str(file), *STACK).stdout
    assert "2400 new code(s)" in printed and "... and 90 more codes like that." in printed
    assert world.coupons.free("birthday") == 2400


@pytest.mark.parametrize(
    ("pool", "data", "said"),
    [("My Pool", b"A\n", "'My Pool' is not an id"), ("birthday", b"caf\xe9\n", "is not in UTF-8")],
)
def test_what_cannot_be_read_says_what_to_do(
    run: Run, world: MemoryWorld, file: Path, pool: str, data: bytes, said: str
) -> None:
    """A pool that no offer could name, and a file of another encoding."""
    file.write_bytes(data)
    answer = run("coupons", "import", pool, str(file), *STACK)
    assert (answer.exit_code, said in answer.stderr) == (1, True)


def test_a_pool_that_no_offer_takes_from_is_mentioned(run: Run, world: MemoryWorld, file: Path) -> None:
    """Before the first publish, too; of the shipped offers one takes from `birthday`."""
    hint = "No live offer takes from it yet"
    assert hint in run("coupons", "import", "birthday", str(file), *STACK).stdout
    run("publish", str(CONTENT), *STACK)
    assert hint not in run("coupons", "import", "birthday", str(file), *STACK).stdout
    assert hint in run("coupons", "import", "birthdays", str(file), *STACK).stdout


def test_status_says_what_is_left(run: Run, world: MemoryWorld, file: Path) -> None:
    """Free and spent of each pool, which are low, and which offers take from them."""
    run("publish", str(CONTENT), *STACK)
    run("coupons", "import", "birthday", str(file), *STACK)
    world.coupons.claim("birthday", "AAA-1", "m1")
    pools = {each["name"]: each for each in json.loads(run("coupons", "status", *STACK, "--json").stdout)}
    assert pools["birthday"] == {
        "name": "birthday",
        "free": 2,
        "low_at": 200,
        "coupons": ["BIRTHDAY"],
        "claimed": 1,
        "low": True,
    }
    assert "2 (low)" in run("coupons", "status", *STACK).stdout


def test_status_of_a_shop_without_pools(run: Run, world: MemoryWorld, tmp_path: Path) -> None:
    """It says how to have one."""
    (tmp_path / "shop.yaml").write_bytes((CONTENT / "shop.yaml").read_bytes())
    run("publish", str(tmp_path), *STACK)
    assert "No live offer takes its code from a pool." in run("coupons", "status", *STACK).stdout
