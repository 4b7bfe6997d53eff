"""Publishing: all of it or nothing, and since when a campaign counts what happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.errors import Conflict, ContentError
from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.publishing import PublishReport, publish
from perennial.shop import release_key

FIRST = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)
TABLES = IntervalTables(orders=Gaps.of_days([30, 31]))


class Room:
    """A content folder and the world it is published to, on a clock set by hand."""

    def __init__(self, folder: Path, files: dict[str, bytes]) -> None:
        self.folder, self.now = folder, FIRST
        self.world = MemoryWorld(lambda: self.now, {})
        for name, data in files.items():
            self.write(name, data)

    def write(self, name: str, data: bytes) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new).encode())

    def publish(self, intervals: IntervalTables | None = None) -> PublishReport:
        return publish(self.folder, self.world.blobs, self.world.pointer, self.world.clock, intervals)

    def live(self) -> Any:
        self.now += timedelta(minutes=1)  # past what LiveShop may cache
        return self.world.shop()


@pytest.fixture
def room(tmp_path: Path, files: dict[str, bytes]) -> Room:
    return Room(tmp_path, files)


def test_a_folder_goes_live(room: Room) -> None:
    """What was written is what `decide` and `send` read afterwards."""
    report = room.publish(TABLES)
    shop = room.live()
    assert (shop.release, report.replaced) == (report.release, None)
    assert shop.settings.name == "Fern & Field"
    assert shop.campaigns["browse"].live_since == FIRST
    assert shop.templates["browse/reminder"]["preheader"] == "It is in stock."
    assert shop.intervals == TABLES
    assert [(each.id, each.mode, each.live_since, each.renewed) for each in report.campaigns] == [
        ("browse", "live", FIRST, True)
    ]


def test_a_campaign_that_stays_live_keeps_its_beginning(room: Room) -> None:
    """An edit does not make it forget what happened since it went live."""
    room.publish()
    room.now = LATER
    room.change("campaigns/browse.yaml", "4 hours", "6 hours")
    (campaign,) = room.publish().campaigns
    assert (campaign.live_since, campaign.renewed) == (FIRST, False)
    assert room.live().campaigns["browse"].live_since == FIRST


@pytest.mark.parametrize("between", ["draft", "dry_run"])
def test_a_campaign_that_was_not_live_begins_anew(room: Room, between: str) -> None:
    """What happened while it was held in draft or dry run is the past: it is not mailed about."""
    room.publish()
    room.change("campaigns/browse.yaml", "mode: live", f"mode: {between}")
    room.publish()
    room.now = LATER
    room.change("campaigns/browse.yaml", f"mode: {between}", "mode: live")
    (campaign,) = room.publish().campaigns
    assert (campaign.live_since, campaign.renewed) == (LATER, True)


def test_another_trigger_makes_another_campaign(room: Room) -> None:
    """A browse campaign turned into a winback does not inherit its beginning."""
    room.publish()
    room.now = LATER
    room.change("campaigns/browse.yaml", "{kind: browse, after: 4 hours}", "{kind: winback}")
    assert room.publish().campaigns[0].live_since == LATER


def test_a_draft_has_no_beginning(room: Room) -> None:
    """Nothing is live since anything."""
    room.change("campaigns/browse.yaml", "mode: live", "mode: draft")
    assert room.publish().campaigns[0].live_since is None


def test_a_mistake_for_everybody_keeps_everything_as_it_is(room: Room) -> None:
    """All mistakes of shop.yaml in one error; the release before stays live, and nothing new is stored."""
    before = room.publish()
    stored = set(room.world.blobs.objects)
    room.change("shop.yaml", "Europe/Berlin", "Berlin")
    room.change("shop.yaml", "EUR", "Euro")
    with pytest.raises(ContentError) as error:
        room.publish()
    assert [line.split(":")[2].strip() for line in str(error.value).splitlines()] == ["timezone", "currency"]
    assert room.live().release == before.release
    assert set(room.world.blobs.objects) == stored


def test_publishing_the_same_again_changes_nothing(room: Room) -> None:
    """The release is named by its content."""
    first = room.publish(TABLES)
    room.now = LATER
    again = room.publish()
    assert (again.release, again.replaced) == (first.release, first.release)


def test_interval_tables_are_kept_until_there_are_newer_ones(room: Room) -> None:
    """A publish without tables does not forget the shop's rhythms."""
    room.publish(TABLES)
    room.change("shop.yaml", "Fern & Field", "Fern")
    room.publish()
    assert room.live().intervals == TABLES
    room.publish(IntervalTables())
    assert room.live().intervals == IntervalTables()


def test_a_publish_that_was_overtaken_does_not_win(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever published in between is not silently undone."""
    room.publish()
    put = room.world.blobs.put

    def overtaken(key: str, data: bytes) -> None:
        put(key, data)
        live = room.world.pointer.read()
        room.world.pointer.publish("someone-elses", live.release if live else None)

    monkeypatch.setattr(room.world.blobs, "put", overtaken)
    room.change("shop.yaml", "Fern & Field", "Fern")
    with pytest.raises(Conflict, match="publish again"):
        room.publish()
    live = room.world.pointer.read()
    assert live is not None
    assert live.release == "someone-elses"


def test_a_lost_release_is_healed_by_publishing(room: Room) -> None:
    """Without its object the live release cannot be read; the next publish does not need it."""
    first = room.publish()
    del room.world.blobs.objects[release_key(first.release)]
    room.now = LATER
    assert room.publish().campaigns[0].live_since == LATER
    assert room.live().campaigns["browse"].live_since == LATER


def test_what_is_paused_stays_paused(room: Room) -> None:
    """The kill switch outlives a publish."""
    room.publish()
    room.world.pointer.pause("browse")
    room.change("shop.yaml", "Fern & Field", "Fern")
    room.publish()
    assert room.live().is_paused("browse")


def test_a_folder_without_a_shop_is_refused(tmp_path: Path) -> None:
    """A mistyped path says so, instead of publishing an empty shop."""
    world = MemoryWorld(lambda: FIRST, {})
    with pytest.raises(ContentError, match=r"no shop\.yaml"):
        publish(tmp_path / "contnet", world.blobs, world.pointer, world.clock)


def test_hidden_files_are_left_alone(room: Room) -> None:
    """Editors and file managers leave them behind."""
    room.write("campaigns/.browse.yaml.swp", b"\xff")
    room.write("templates/.DS_Store", b"\xff")
    assert len(room.publish().campaigns) == 1
