"""Saving on the desk: an edit is live within seconds, a bad one is reported and changes nothing for customers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.sns.models import sns_backends

from infra.desk.desk import Desk
from infra.desk.events import NotTaken
from infra.desk.intrinsics import ACCOUNT, REGION
from tests.unit.publishing.conftest import BROWSE, HTML, LAYOUT, SHOP, TEXT

TEMPLATE = "templates/browse/reminder.html"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("content")


@pytest.fixture(scope="module")
def one_desk(folder: Path) -> Iterator[Desk]:
    fill(folder)
    with Desk(content=folder) as desk:
        yield desk


@pytest.fixture
def desk(one_desk: Desk, folder: Path) -> Desk:
    fill(folder)
    one_desk.reset()
    return one_desk


def fill(folder: Path) -> None:
    files = {
        "shop.yaml": SHOP,
        "campaigns/browse.yaml": BROWSE,
        TEMPLATE: HTML,
        "templates/browse/reminder.txt": TEXT,
        "templates/partials/layout.html": LAYOUT,
    }
    for name, text in files.items():
        save(folder / name, text)


def save(path: Path, text: str) -> None:
    """At a time of its own, however coarse the file system's clock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    moved = path.stat().st_mtime_ns + 1_000_000 * (1 + len(text))
    os.utime(path, ns=(moved, moved))


def saved(desk: Desk, key: str, kind: str = "Object Created") -> None:
    """What S3 tells EventBridge."""
    bucket = desk.template.buckets["ContentBucket"].name
    detail = {"bucket": {"name": bucket}, "object": {"key": key}}
    desk.deliver({"source": "aws.s3", "detail-type": kind, "detail": detail})


def subject(desk: Desk) -> str:
    desk.advance("11s")  # the functions look at the pointer again after ten
    shop = desk.world.shop()
    step = shop.campaigns["browse"].step("reminder")
    assert step is not None
    return shop.templates[str(step.template)]["subject"]


def reports(desk: Desk) -> dict[str, str]:
    found = [each.key for each in desk.world.blobs.stored("reports/content/")]
    return {key.removeprefix("reports/content/"): desk.world.blobs.get(key).decode() for key in found}


def notices() -> list[Any]:
    topics = sns_backends[ACCOUNT][REGION].topics.values()
    return [each for topic in topics if "notices" in topic.name for each in topic.sent_notifications]


def test_a_good_edit_is_live_within_seconds(desk: Desk, folder: Path) -> None:
    """By the event of S3 alone."""
    save(folder / TEMPLATE, HTML.replace("Still thinking", "Still dreaming"))
    saved(desk, f"content/{TEMPLATE}")
    assert subject(desk).startswith("Still dreaming")
    assert desk.dead_letters() == []
    assert notices() == []
    assert set(reports(desk)) == {"index.html"}


def test_a_bad_edit_changes_nothing_and_is_told(desk: Desk, folder: Path) -> None:
    """A page for the file, a notice with file, line and remedy; both go when it is right again."""
    save(folder / TEMPLATE, HTML.replace("{% endblock %}", ""))
    saved(desk, f"content/{TEMPLATE}")
    assert subject(desk).startswith("Still thinking")
    page = reports(desk)[f"{TEMPLATE}.html"]
    assert "Line 6" in page and "endblock" in page and "browse" in page
    ((_, text, title, *_),) = notices()
    assert title == f"Not live: {TEMPLATE}"
    assert f"{TEMPLATE}:6: " in text
    save(folder / TEMPLATE, HTML.replace("Still thinking", "At last"))
    saved(desk, f"content/{TEMPLATE}")
    assert subject(desk).startswith("At last")
    assert set(reports(desk)) == {"index.html"}


def test_a_bad_shop_holds_everything(desk: Desk, folder: Path) -> None:
    """A good edit beside it waits for it."""
    save(folder / "shop.yaml", SHOP.replace("Europe/Berlin", "Berlin"))
    save(folder / TEMPLATE, HTML.replace("Still thinking", "Still dreaming"))
    saved(desk, "content/shop.yaml")
    assert subject(desk).startswith("Still thinking")
    assert "Nothing went live" in reports(desk)["shop.yaml.html"]
    save(folder / "shop.yaml", SHOP)
    saved(desk, "content/shop.yaml")
    assert subject(desk).startswith("Still dreaming")


def test_a_deleted_file_counts(desk: Desk, folder: Path) -> None:
    """Its campaign ends."""
    (folder / "campaigns/browse.yaml").unlink()
    saved(desk, "content/campaigns/browse.yaml", "Object Deleted")
    desk.advance("11s")
    assert dict(desk.world.shop().campaigns) == {}


def test_what_is_put_into_the_bucket_counts_too(desk: Desk) -> None:
    """As a marketer does who works in S3; the desk's own folder does not undo it."""
    bucket = desk.template.buckets["ContentBucket"].name
    changed = HTML.replace("Still thinking", "From afar")
    desk.client("s3").put_object(Bucket=bucket, Key=f"content/{TEMPLATE}", Body=changed.encode())
    saved(desk, f"content/{TEMPLATE}")
    assert subject(desk).startswith("From afar")


def test_saves_in_the_folder_are_noticed(desk: Desk, folder: Path) -> None:
    """Without any event, as `perennial dev` looks for them."""
    assert desk.notice_saves() == []
    save(folder / TEMPLATE, HTML.replace("Still thinking", "Noticed"))
    assert desk.notice_saves() == [TEMPLATE]
    assert subject(desk).startswith("Noticed")


def test_what_publishing_writes_wakes_nobody(desk: Desk) -> None:
    """Releases and reports are not content."""
    for key in ("live/releases/x.json.gz", "reports/content/index.html"):
        with pytest.raises(NotTaken):
            saved(desk, key)
