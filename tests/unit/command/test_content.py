"""`perennial validate`, `publish` and `schema`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.night.tasks import Half, task_from
from perennial.publishing.schema import schema_text
from tests.unit.command.conftest import CONTENT, Run


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The shipped content with one misspelt mode."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    campaign = folder / "campaigns/browse.yaml"
    campaign.write_text(campaign.read_text().replace("mode: live", "mode: life", 1))
    return folder


def test_the_shipped_content_is_right(run: Run) -> None:
    """What the project ships can go live as it is."""
    result = run("validate", str(CONTENT))
    assert (result.exit_code, result.stdout.endswith("are right.\n")) == (0, True)


def test_validate_points_into_the_files(run: Run, broken: Path) -> None:
    """File and line as terminals make them clickable, and an exit code for scripts."""
    result = run("validate", str(broken))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{broken}/campaigns/browse.yaml:")
    assert "Did you mean 'live'?" in result.stdout


def test_validate_for_programs(run: Run, broken: Path) -> None:
    """The same as JSON."""
    result = run("validate", str(broken), "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    errors = [(each["file"], each["key"]) for each in told["problems"] if not each["warning"]]
    assert errors == [("campaigns/browse.yaml", "mode")]
    assert {"confirmation", "replenishment", "winback"} <= set(told["campaigns"])
    assert "browse" not in told["campaigns"]


def test_publish_says_what_is_live_since_when(run: Run, world: MemoryWorld) -> None:
    """One line for each campaign, and the release."""
    result = run("publish", str(CONTENT), "--stack", "garden")
    assert result.exit_code == 0
    assert "2026-03-02T12:00:00.000Z (new)" in result.stdout
    assert f"Release {world.shop().release} is live." in result.stdout
    again = run("publish", str(CONTENT), "--stack", "garden")
    assert "nothing had changed" in again.stdout
    assert "(new)" not in again.stdout


@pytest.mark.usefixtures("world")
def test_a_draft_is_live_since_nothing(run: Run, broken: Path) -> None:
    """It is listed all the same."""
    campaign = broken / "campaigns/browse.yaml"
    campaign.write_text(campaign.read_text().replace("mode: life", "mode: draft"))
    result = run("publish", str(broken), "--stack", "garden")
    assert "draft" in next(line for line in result.stdout.splitlines() if "browse" in line)


def test_publish_for_programs(run: Run, world: MemoryWorld) -> None:
    """The report as JSON."""
    told = json.loads(run("publish", str(CONTENT), "--stack", "garden", "--json").stdout)
    assert told["release"] == world.shop().release
    assert {each["id"] for each in told["campaigns"]} >= {
        "browse",
        "confirmation",
        "replenishment",
        "winback",
    }


def test_a_broken_shop_is_refused_before_the_stack_is_asked(run: Run, broken: Path) -> None:
    """No credentials are needed to learn of a spelling mistake, and there is no traceback."""
    shop = broken / "shop.yaml"
    shop.write_text(shop.read_text().replace("currency: USD", "currency: dollar"))
    result = run("publish", str(broken), "--stack", "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: shop.yaml:")
    assert "Traceback" not in result.output


def test_publish_has_everybody_reconsidered(run: Run, world: MemoryWorld) -> None:
    """By the function of the night, once for each release; all is counted when it is the first."""
    for _ in range(2):
        run("publish", str(CONTENT), "--stack", "garden")
    (body,) = world.nightly_queue.take()
    assert task_from(body).half == Half.GATHER


def test_what_is_not_right_stays_as_it_was(run: Run, world: MemoryWorld, broken: Path) -> None:
    """The rest goes live; the exit code says that something did not."""
    run("publish", str(CONTENT), "--stack", "garden")
    result = run("publish", str(broken), "--stack", "garden")
    assert result.exit_code == 1
    assert "campaigns/browse.yaml:" in result.stdout
    assert "(last good version)" in next(line for line in result.stdout.splitlines() if " browse " in line)
    assert "life" in world.blobs.get("content/campaigns/browse.yaml").decode()


def test_rollback_returns_to_the_release_before(run: Run, world: MemoryWorld, broken: Path) -> None:
    """And says so; files stay."""
    run("publish", str(CONTENT), "--stack", "garden")
    (first,) = [each.release for each in [world.pointer.read()] if each]
    shop = broken / "shop.yaml"
    shop.write_text(
        shop.read_text().replace("caps:", "# caps:").replace("  email:", "#").replace("  sms:", "#")
    )
    run("publish", str(broken), "--stack", "garden")
    result = run("rollback", "--stack", "garden")
    assert f"Release {first} is live again." in result.stdout
    live = world.pointer.read()
    assert live is not None and live.release == first
    assert run("rollback", "--stack", "garden").exit_code == 1


def test_a_wrong_folder_says_which_is_meant(run: Run, tmp_path: Path) -> None:
    """An empty folder is not an empty shop."""
    result = run("validate", str(tmp_path))
    assert result.exit_code == 1
    assert "shop.yaml" in result.stderr


def test_schema_is_printed_or_written(run: Run, tmp_path: Path) -> None:
    """To the terminal, or to a file whose folder need not exist."""
    assert run("schema").stdout == schema_text()
    run("schema", "--output", str(tmp_path / "new/schema.json"))
    assert (tmp_path / "new/schema.json").read_text() == schema_text()
