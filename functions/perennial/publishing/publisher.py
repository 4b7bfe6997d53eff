"""Puts content live: builds an immutable release, stores it, and moves the pointer by condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from perennial.errors import Conflict, ContentError
from perennial.forecast.gaps import IntervalTables
from perennial.ports.live import Blobs, Earlier, Live, LivePointer
from perennial.publishing.building import Built, build, stayed
from perennial.publishing.content import Content, files_of, read_content
from perennial.publishing.problems import Problem
from perennial.publishing.trying import in_this_process
from perennial.releasing import content_of, go_live, read_release
from perennial.shop import release_key
from perennial.times import Clock, moment, stamp

REMEMBERED = 20  # releases that can be returned to
_OVERTAKEN = (
    "Something else was published at the same moment and is live now. Look at it, then publish again."
)
Try = Callable[[Content], Iterable[Problem]]  # renders the samples of everything that may go live


@dataclass(frozen=True, slots=True)
class Published:
    """A campaign of a release. live_since: None for a draft; renewed: it did not run in this mode before.

    is_kept: its files are not right, so it stays as it was.
    """

    id: str
    mode: str
    live_since: datetime | None
    renewed: bool
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class PublishReport:
    """replaced: the release live before, None for the first; equal to `release` when nothing had changed.

    problems: in the order of the files, warnings too. left_out: campaigns that are not right and never were.
    """

    release: str
    replaced: str | None
    campaigns: tuple[Published, ...]
    problems: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps files from going live."""
        return tuple(each for each in self.problems if not each.warning)


def publish(
    folder: Path,
    blobs: Blobs,
    pointer: LivePointer,
    clock: Clock,
    intervals: IntervalTables | None = None,
    try_out: Try = in_this_process,
) -> PublishReport:
    """Make a content folder live: each campaign with its templates as it is now if it is right, else as it last was.

    intervals: fresh tables; None keeps those of the release before. ContentError when nothing can go live, since shop.yaml
    or another file for everybody is not right. Conflict when another publish was faster.
    """
    return publish_read(lambda: files_of(folder), blobs, pointer, clock, intervals, try_out)


def publish_files(
    files: Mapping[str, bytes],
    blobs: Blobs,
    pointer: LivePointer,
    clock: Clock,
    intervals: IntervalTables | None = None,
    try_out: Try = in_this_process,
) -> PublishReport:
    """`publish` for files by their path in the content folder."""
    return publish_read(lambda: files, blobs, pointer, clock, intervals, try_out)


def publish_read(
    read: Callable[[], Mapping[str, bytes]],
    blobs: Blobs,
    pointer: LivePointer,
    clock: Clock,
    intervals: IntervalTables | None = None,
    try_out: Try = in_this_process,
) -> PublishReport:
    """`publish` for files that are read after what is live: so no slow one undoes a publish of newer files."""
    live = pointer.read()
    content = read_content(read())
    content.checked_shop()
    content.problems += try_out(content)
    before = read_release(blobs, live)
    while True:
        built = build(content, before, clock(), intervals)
        try:
            name = go_live(blobs, pointer, built.release, live, _earlier(live, clock()))
        except Conflict as error:
            live, overtaken = pointer.read(), before
            before = read_release(blobs, live)
            if content_of(before) != content_of(overtaken):
                raise Conflict(_OVERTAKEN) from error
            continue  # only the nightly pass was faster: on to its tables
        return PublishReport(
            name,
            live.release if live else None,
            tuple(_published(each, before, built) for each in built.release["campaigns"]),
            tuple(sorted(set(content.problems))),
            built.left_out,
        )


def roll_back(pointer: LivePointer, blobs: Blobs, to: str | None = None) -> tuple[str, str]:
    """Make an earlier release live again, the last one or the one named; what was live, and what is now.

    The content stays as it is, and the next save that is right goes on from it. ContentError when there is none such.
    """
    live = pointer.read()
    if live is None or not live.earlier:
        raise ContentError("There is no earlier release to return to.")
    position = next((index for index, each in enumerate(live.earlier) if to in {None, each.release}), None)
    if position is None:
        known = ", ".join(each.release for each in live.earlier)
        raise ContentError(f"There is no earlier release '{to}'. Known are {known}.")
    target = live.earlier[position].release
    try:
        blobs.get(release_key(target))
    except KeyError:
        raise ContentError(
            f"The release '{target}' is no longer stored. Publish the content again."
        ) from None
    pointer.publish(target, live.release, live.earlier[position + 1 :])
    return live.release, target


def _earlier(live: Live | None, now: datetime) -> list[Earlier]:
    """What can be returned to, once something else is live."""
    return [Earlier(live.release, stamp(now)), *live.earlier][:REMEMBERED] if live else []


def _published(campaign: Mapping[str, Any], before: Mapping[str, Any], built: Built) -> Published:
    since = moment(campaign["live_since"]) if campaign["live_since"] else None
    is_renewed = since is not None and stayed(campaign, before) is None
    return Published(campaign["id"], campaign["mode"], since, is_renewed, campaign["id"] in built.kept)
