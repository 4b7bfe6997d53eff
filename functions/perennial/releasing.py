"""Releases as they lie in the bucket, and how another one is made live without undoing what others did meanwhile.

Two write them: a marketer who publishes content, and the nightly pass that counts tables. Whoever comes second builds on
what is live by then, so neither takes back what the other did.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

from perennial.errors import Conflict, NotPublished
from perennial.forecast.gaps import IntervalTables
from perennial.insight.tables import Tables
from perennial.ports.live import Blobs, Earlier, Live, LivePointer
from perennial.shop import pack, release_key

COUNTED = ("intervals", "tables")  # what the nightly pass writes; all else is the marketer's
_TRIES = 20


def read_release(blobs: Blobs, live: Live | None) -> dict[str, Any]:
    """The JSON of the live release; {} when there is none, or its object is lost: publishing heals that."""
    if live is None:
        return {}
    try:
        content: dict[str, Any] = json.loads(gzip.decompress(blobs.get(release_key(live.release))))
    except KeyError:
        return {}
    return content


def content_of(release: Mapping[str, Any]) -> dict[str, Any]:
    """All of a release that the marketer wrote."""
    return {key: value for key, value in release.items() if key not in COUNTED}


def tables_of(release: Mapping[str, Any]) -> dict[str, Any]:
    """All of a release that was counted; empty tables where nothing was yet."""
    empty = {"intervals": IntervalTables().to_json(), "tables": Tables().to_json()}
    return {key: release.get(key, empty[key]) for key in COUNTED}


def go_live(
    blobs: Blobs,
    pointer: LivePointer,
    release: Mapping[str, Any],
    live: Live | None,
    earlier: Sequence[Earlier] | None = None,
) -> str:
    """Store it and point to it; its name. Conflict when something else is live by now than `live`.

    earlier: what can be returned to from then on; None leaves it as it is.
    """
    name, data = pack(release)
    if live is None or live.release != name:
        blobs.put(release_key(name), data)
        past = None if earlier is None else [each for each in earlier if each.release != name]
        pointer.publish(name, live.release if live else None, past)
    return name


def put_tables(blobs: Blobs, pointer: LivePointer, intervals: IntervalTables, tables: Tables) -> str:
    """Make the live content live with these tables; the name of the release. NotPublished when there is none."""
    counted = {"intervals": intervals.to_json(), "tables": tables.to_json()}
    for _ in range(_TRIES):
        live = pointer.read()
        content = content_of(read_release(blobs, live))
        if not content:
            raise NotPublished("No release is live. Run `perennial publish` first.")
        try:
            return go_live(blobs, pointer, {**content, **counted}, live)
        except Conflict:
            continue  # a marketer was faster: the same tables for what is live now
    raise Conflict("Others kept publishing.")
