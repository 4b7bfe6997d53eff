"""Puts content live: builds an immutable release, stores it, and moves the pointer by condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from perennial.errors import Conflict
from perennial.forecast.gaps import IntervalTables
from perennial.ports import Blobs, LivePointer
from perennial.publishing.compiling import compile_campaign
from perennial.publishing.content import Content, files_of, read_content
from perennial.releasing import content_of, go_live, read_release, tables_of
from perennial.times import Clock, moment

SCHEMA = 1
_OVERTAKEN = (
    "Something else was published at the same moment and is live now. Look at it, then publish again."
)


@dataclass(frozen=True, slots=True)
class Published:
    """A campaign of a release. live_since: None for a draft; renewed: it did not run in this mode before."""

    id: str
    mode: str
    live_since: datetime | None
    renewed: bool


@dataclass(frozen=True, slots=True)
class PublishReport:
    """replaced: the release live before, None for the first; equal to `release` when nothing had changed."""

    release: str
    replaced: str | None
    campaigns: tuple[Published, ...]


def publish(
    folder: Path, blobs: Blobs, pointer: LivePointer, clock: Clock, intervals: IntervalTables | None = None
) -> PublishReport:
    """Make a content folder live, all of it or, with ContentError, nothing of it.

    intervals: fresh tables; None keeps those of the release before. Conflict when another publish was faster.
    """
    return publish_files(files_of(folder), blobs, pointer, clock, intervals)


def publish_files(
    files: Mapping[str, bytes],
    blobs: Blobs,
    pointer: LivePointer,
    clock: Clock,
    intervals: IntervalTables | None = None,
) -> PublishReport:
    """`publish` for files by their path in the content folder."""
    content = read_content(files)
    content.checked_shop()
    live = pointer.read()
    before = read_release(blobs, live)
    while True:
        release = _release(content, before, clock(), intervals)
        try:
            name = go_live(blobs, pointer, release, live)
        except Conflict as error:
            live, overtaken = pointer.read(), before
            before = read_release(blobs, live)
            if content_of(before) != content_of(overtaken):
                raise Conflict(_OVERTAKEN) from error
            continue  # only the nightly pass was faster: on to its tables
        published = tuple(_published(each, before) for each in release["campaigns"])
        return PublishReport(name, live.release if live else None, published)


def _release(
    content: Content, before: Mapping[str, Any], now: datetime, intervals: IntervalTables | None
) -> dict[str, Any]:
    """The content with the tables of the release before; `intervals` are fresh ones."""
    settings = content.checked_shop().settings()
    compiled = (
        compile_campaign(each, file, None if file.mode == "draft" else now, settings)
        for each, file in sorted(content.campaigns.items())
    )
    return {
        "schema": SCHEMA,
        "settings": settings,
        "campaigns": [_continued(campaign, before) for campaign in compiled],
        "templates": content.templates,
        "offers": {name: each.packed(settings["currency"]) for name, each in content.offers.right.items()},
        **tables_of(before),
        **({"intervals": intervals.to_json()} if intervals else {}),
    }


def _continued(campaign: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The campaign with the beginning it had, if it went on all the time."""
    old = _stayed(campaign, before)
    return {**campaign, "live_since": old["live_since"]} if old else campaign


def _stayed(campaign: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The same campaign in the release before, if it ran there in the same mode and for the same reason."""
    for old in before.get("campaigns", []):
        if old["live_since"] and all(old[key] == campaign[key] for key in ("id", "mode", "kind")):
            return dict(old)
    return None


def _published(campaign: Mapping[str, Any], before: Mapping[str, Any]) -> Published:
    since = moment(campaign["live_since"]) if campaign["live_since"] else None
    return Published(
        campaign["id"], campaign["mode"], since, since is not None and _stayed(campaign, before) is None
    )
