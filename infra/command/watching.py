"""A content folder that is looked at again and again, for `perennial publish --watch`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

from perennial.errors import ContentError

EVERY = 0.5  # seconds between two looks


def saves(folder: Path, every: float = EVERY) -> Iterator[dict[str, bytes]]:
    """All files of the folder each time some of them have changed and then were left alone for one look. Never ends."""
    from perennial.publishing import files_of

    published = seen = files_of(folder)
    while True:
        sleep(every)
        with suppress(ContentError, OSError):  # an editor may be in the middle of replacing a file
            now = files_of(folder)
            if now == seen and now != published:
                published = now
                yield now
            seen = now
