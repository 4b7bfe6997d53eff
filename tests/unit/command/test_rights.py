"""`perennial export` and `perennial erase`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.people.identities import Identity, Kind
from perennial.recording import Recorder
from tests.making import NOON, hours, ordered, signed_up, unsubscribed, viewed
from tests.unit.command.conftest import Run

ADA = (Identity(Kind.STORE, "1"), Identity(Kind.EMAIL, "ada@example.com"))
STACK = ("--stack", "garden")


@pytest.fixture
def known(world: MemoryWorld) -> MemoryWorld:
    """A customer with a visit as a visitor, a yes, an order and a no."""
    device = Identity(Kind.ANONYMOUS, "laptop")
    Recorder(world, pause=lambda _: None).record(
        [
            viewed(NOON - hours(5), identities=(device,), trusted=False),
            signed_up(NOON - hours(4)),
            viewed(NOON - hours(4), "cup", identities=(ADA[0], device), trusted=False),
            ordered(NOON - hours(3), order_id="o1"),
            unsubscribed(NOON - hours(2)),
        ]
    )
    return world


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("name", ["Ada@Example.com", "1", "laptop"])
def test_everything_that_is_kept_is_told(run: Run, name: str) -> None:
    """Document, identities, the history of consent, every event; by whatever the customer is known."""
    told = json.loads(run("export", name, *STACK).stdout)
    assert told["identities"] == {"anonymous": ["laptop"], "email": ["ada@example.com"], "store": ["1"]}
    assert [each["state"] for each in told["consents"]] == ["subscribed", "unsubscribed"]
    assert [each["id"] for each in told["document"]["orders"]] == ["o1"]
    assert len(told["timeline"]) == 5


@pytest.mark.usefixtures("known")
def test_it_is_written_to_a_file(run: Run, tmp_path: Path) -> None:
    """Nothing personal on the screen then."""
    result = run("export", "1", *STACK, "--output", str(tmp_path / "ada.json"))
    assert "ada@example.com" not in result.stdout
    assert json.loads((tmp_path / "ada.json").read_text())["document"]["traits"]["first_name"] == "Ada"


def test_erased_is_erased(run: Run, known: MemoryWorld) -> None:
    """Nothing leads to them, nothing is told of them; and a second time nobody is known by that."""
    result = run("erase", "ada@example.com", *STACK, "--yes", "--json")
    (document,) = [each for each in known.documents.scan() if "merged_into" not in each]
    assert json.loads(result.stdout) == {"erased": document["id"]}
    assert known.documents.owners([*ADA, Identity(Kind.ANONYMOUS, "laptop")]) == {}
    assert known.timeline.read(document["id"]) == []
    for command in (
        ("export", "1"),
        ("erase", "ada@example.com", "--yes"),
        ("erase", document["id"], "--yes"),
    ):
        again = run(*command, *STACK)
        assert (again.exit_code, "Nobody is known" in again.stderr) == (1, True)


def test_who_comes_back_is_new_and_still_suppressed(run: Run, known: MemoryWorld) -> None:
    """Nothing of before is there, and nobody writes to the address."""
    run("erase", "1", *STACK, "--yes")
    later = NOON + hours(1)
    Recorder(known, pause=lambda _: None).record([signed_up(later)])
    told = json.loads(run("export", "1", *STACK).stdout)
    assert (told["document"]["orders"], len(told["timeline"])) == ([], 1)
    assert told["document"]["suppressed"]["email"]["reason"] == "erased"


def test_a_question_comes_first(run: Run, known: MemoryWorld) -> None:
    """Without an answer nothing happens."""
    assert run("erase", "1", *STACK).exit_code == 1
    assert known.documents.owners(ADA).keys() == set(ADA)


@pytest.mark.parametrize("command", [("export", "1"), ("erase", "1", "--yes")])
def test_where_has_to_be_said(run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    """A stack or a desk; and a desk that is not there is a message."""
    monkeypatch.delenv("PERENNIAL_STACK", raising=False)
    assert "--desk" in run(*command).stderr
