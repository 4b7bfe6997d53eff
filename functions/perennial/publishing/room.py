"""The marketers' room in the bucket: what lies under content/, read as a folder is."""

from __future__ import annotations

from perennial.ports.live import Blobs
from perennial.publishing.content import is_read

PREFIX = "content/"


class Room:
    """Reads the files; one that has not changed since the last time is not fetched again."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._held: dict[str, tuple[str, bytes]] = {}

    def files(self) -> dict[str, bytes]:
        """The files of the content folder that matter, by path, as they are now."""
        held: dict[str, tuple[str, bytes]] = {}
        for key, tag in self._blobs.stored(PREFIX):
            path = key.removeprefix(PREFIX)
            if not is_read(path):
                continue
            known = self._held.get(path)
            try:
                held[path] = known if known and known[0] == tag else (tag, self._blobs.get(key))
            except KeyError:
                continue  # deleted while it was listed
        self._held = held
        return {path: data for path, (_, data) in held.items()}

    def bring(self, files: dict[str, bytes]) -> list[str]:
        """Make the room hold these files and no others that matter; the paths that changed."""
        there = self.files()
        changed = [path for path, data in files.items() if there.get(path) != data]
        gone = [path for path in there if path not in files]
        for path in changed:
            self._blobs.put(PREFIX + path, files[path])
        for path in gone:
            self._blobs.delete(PREFIX + path)
        return sorted([*changed, *gone])
