"""`perennial plan` and `perennial explain`, on a stack in memory, on the desk, and from a file of orders."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from infra.command import where
from infra.outlook import sharing, sources
from infra.outlook.sharing import foresee_all
from perennial.adapters.memory import MemoryWorld
from perennial.errors import PerennialError
from perennial.publishing import publish
from perennial.recording import Recorder
from perennial.releasing import read_release
from perennial.times import stamp
from tests.making import NOON, days, hours, ordered, signed_up, viewed
from tests.unit.command.conftest import CONTENT, Run
from tests.unit.nightly.conftest import person


@pytest.fixture
def shop(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> MemoryWorld:
    """The shipped content, and three customers who looked at something an hour ago; one is no subscriber."""
    publish(CONTENT, world.blobs, world.pointer, lambda: NOON - days(100))
    world.catalogue.learn([{"id": "tea", "title": "Tea", "at": stamp(NOON), "rank": 2, "available": True}])
    recorder = Recorder(world, pause=lambda _: None)
    for number, state in enumerate(("subscribed", "subscribed", "unsubscribed")):
        told = (
            signed_up(NOON - days(90), state=state, email=f"{number}@example.com"),
            viewed(NOON - hours(1)),
        )
        recorder.record([_of(each, number) for each in told])

    def world_or_desk(stack: str | None, region: str | None, desk: str | None) -> sources.WorldSource:
        assert stack == "garden"
        return sources.WorldSource(world)

    monkeypatch.setattr("infra.command.plan.world_or_desk", world_or_desk)
    return world


def _of(event: Any, number: int) -> Any:
    return type(event)(**{name: getattr(event, name) for name in event.__slots__} | person(number))


def planned(run: Run, *options: str) -> Any:
    result = run("plan", "--stack", "garden", "--processes", "1", "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_plan_counts_messages_by_day_and_campaign(run: Run, shop: MemoryWorld) -> None:
    """And who does not get one, and why; nothing is sent or written."""
    before = [shop.documents.load([each]) for each in shop.documents.ids()]
    found = planned(run, "--days", "3")
    browse = found["campaigns"]["browse"]
    assert (found["customers"], browse["customers"], browse["messages"]) == (3, 2, 2)
    assert browse["verdicts"]["no_consent"] == 1
    assert sum(by.get("browse", 0) for by in found["days"].values()) == 2
    assert found["cost"] == pytest.approx(0.0001 * found["messages"])
    assert [shop.documents.load([each]) for each in shop.documents.ids()] == before
    assert shop.send_queue.bodies == []


def test_a_message_of_each_kind_is_shown_and_written(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """As it would read, with the products of the catalogue."""
    found = planned(run, "--days", "3", "--samples", str(tmp_path / "out"))
    (sample,) = [each for each in found["samples"] if each["campaign"] == "browse"]
    assert "Tea" in (tmp_path / "out" / f"browse.{sample['step']}.plain.email.txt").read_text()
    assert sample["subject"]
    assert found["from"] == NOON.isoformat()


def test_people_get_tables(run: Run, shop: MemoryWorld) -> None:
    """The same in words."""
    result = run("plan", "--stack", "garden", "--processes", "1", "--days", "3")
    assert "3 customers" in result.output
    assert "Busiest hour" in result.output


def test_prices_are_the_shops_own(run: Run, shop: MemoryWorld) -> None:
    """And a word that is no price is said to be none."""
    assert planned(run, "--days", "3", "--price", "email=2")["cost"] >= 4
    result = run("plan", "--stack", "garden", "--price", "mail=2")
    assert result.exit_code == 1 and "sms=0.05" in result.output


def test_a_changed_campaign_is_seen_before_it_is_published(
    run: Run, shop: MemoryWorld, tmp_path: Path
) -> None:
    """What it changes, and what stays; the live shop is as it was."""
    shutil.copytree(CONTENT, tmp_path / "content")
    file = tmp_path / "content" / "campaigns" / "browse.yaml"
    file.write_text(file.read_text().replace("mode: live", "mode: draft"))
    live = shop.pointer.read()
    for option in (("--campaign", str(file)), ("--content", str(tmp_path / "content"))):
        changes = planned(run, "--days", "3", *option)["changes"]
        assert changes["browse"]["messages"] == [2, 0]
        assert "winback" not in changes
    assert shop.pointer.read() == live


def test_a_campaign_that_cannot_go_live_is_told_of(run: Run, shop: MemoryWorld, tmp_path: Path) -> None:
    """With what to do."""
    stray = tmp_path / "browse.yaml"
    stray.write_text((CONTENT / "campaigns" / "browse.yaml").read_text())
    result = run("plan", "--stack", "garden", "--campaign", str(stray))
    assert result.exit_code == 1 and "content folder" in result.output
    both = run("plan", "--stack", "garden", "--campaign", str(stray), "--content", str(CONTENT))
    assert both.exit_code == 1 and "either" in both.output


def test_orders_of_a_file_can_be_planned_without_any_cloud(run: Run, tmp_path: Path) -> None:
    """In the format of `import`, with the content folder as if it went live then."""
    file = tmp_path / "orders.csv"
    with file.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            "customer,ts,order_id,product,category,qty,value,email,email_consent,consent_at,cycle_days".split(
                ","
            )
        )
        for number in range(1, 31):
            at = NOON - days(28 + number % 3)
            about = (f"{number}@example.com", "subscribed", at.isoformat(), "45")
            writer.writerow((number, at.isoformat(), f"o{number}", "tea", "tea", 1, "9.00", *about))
        writer.writerow(("x", "no time", "o99", "tea", "tea", 1, "9.00", "", "", "", ""))
    result = run(
        "plan",
        "--orders",
        str(file),
        "--content",
        str(CONTENT),
        "--at",
        stamp(NOON),
        "--processes",
        "1",
        "--json",
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["customers"] == 30
    assert found["campaigns"]["replenishment"]["customers"] == 30
    assert "1 line(s)" in result.stderr


def test_work_that_is_shared_out_comes_to_the_same(
    shop: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes, a piece at a time, add up to what one finds; the progress reaches the end."""
    source = sources.WorldSource(shop)
    monkeypatch.setattr(sharing, "PIECE", 1)
    done: list[int] = []
    end = NOON + timedelta(days=3)
    (alone,) = foresee_all(source.customers(), [source.release], NOON, end, 1)
    (shared,) = foresee_all(source.customers(), [source.release], NOON, end, 2, done.append)
    assert shared == alone
    assert sum(done) == 3
    assert sources.WorldSource(shop).products(["tea", "none"]).keys() == {"tea"}


def test_without_a_stack_it_is_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked page by page over its own routes; where none runs, it is said how to start one."""
    world = MemoryWorld(lambda: NOON, {"IDENTITY_KEY": "test"})
    publish(CONTENT, world.blobs, world.pointer, world.clock)
    Recorder(world).record([signed_up(NOON)])
    world.scans.size = 1

    def asked(url: str, route: str, **query: str) -> Any:
        if route == "release":
            return {"now": NOON.isoformat(), "release": read_release(world.blobs, world.pointer.read())}
        if route == "products":
            return world.catalogue.load(query["ids"].split(","))
        page = world.scans.page(0, 1, query["position"] or None)
        return {"customers": page.customers, "position": page.position}

    monkeypatch.setattr(sources, "asked", asked)
    source = where.world_or_desk(None, None, None)
    assert (source.now, source.total) == (NOON, None)
    assert len(list(source.customers())) == 1
    assert source.products(["tea"]) == {}
    monkeypatch.undo()
    monkeypatch.setattr(sources, "urlopen", refused)
    with pytest.raises(PerennialError, match="perennial dev"):
        sources.asked("http://127.0.0.1:9", "release")


def refused(*_: Any, **__: Any) -> Any:
    raise URLError("refused")


def test_times_are_read_with_or_without_a_zone(run: Run, shop: MemoryWorld) -> None:
    """Without one they are UTC's."""
    assert planned(run, "--days", "1", "--at", "2026-03-05T09:00")["from"] == "2026-03-05T09:00:00+00:00"
    assert run("plan", "--stack", "garden", "--at", "tomorrow").exit_code == 2


def test_orders_are_no_orders_of_the_outlook(run: Run, shop: MemoryWorld) -> None:
    """As if nobody bought: whoever ordered is not asked again by chance."""
    Recorder(shop, pause=lambda _: None).record([_of(ordered(NOON, "tea"), 0)])
    assert planned(run, "--days", "3")["campaigns"]["browse"]["customers"] == 1
