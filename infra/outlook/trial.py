"""Publishing in memory: what a content folder, or one campaign of it, would be beside what is live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from perennial.adapters.memory import MemoryWorld
from perennial.errors import ContentError
from perennial.publishing import files_of, publish_files
from perennial.releasing import go_live, read_release

_BY_NAME = ("templates", "needs", "offers")


def published(content: Path, before: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The release that publishing the folder now would make live after the one before ({} for none)."""
    world = MemoryWorld(lambda: now, {})
    if before:
        go_live(world.blobs, world.pointer, before, None)
    publish_files(files_of(content), world.blobs, world.pointer, world.clock)
    return read_release(world.blobs, world.pointer.read())


def with_campaign(file: Path, before: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The release before with this one campaign, and the templates that lie beside it, as they are in the file."""
    campaign_id = file.stem
    if file.parent.name != "campaigns" or not (file.parent.parent / "shop.yaml").is_file():
        raise ContentError(
            f"{file} lies in no content folder: it must be FOLDER/campaigns/NAME.yaml, beside shop.yaml."
        )
    after = published(file.parent.parent, before, now)
    changed = next((each for each in after["campaigns"] if each["id"] == campaign_id), None)
    if changed is None:
        raise ContentError(f"{file} cannot go live. Run `perennial validate {file.parent.parent}`.")
    others = [each for each in before.get("campaigns", ()) if each["id"] != campaign_id]
    merged = {key: {**before.get(key, {}), **after[key]} for key in _BY_NAME if key in after}
    return {
        **after,
        **before,
        **merged,
        "campaigns": sorted([*others, changed], key=lambda each: str(each["id"])),
    }
