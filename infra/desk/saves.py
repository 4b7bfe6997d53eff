"""The content folder on the desk as what lies under content/ in the bucket."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.desk.stack import Template
from perennial.publishing.content import is_read
from perennial.publishing.room import PREFIX

_BUCKET = "ContentBucket"


def is_about_content(event: Mapping[str, Any]) -> bool:
    """Whether S3 says that a file of the content was saved or deleted."""
    detail = event.get("detail")
    stored = detail.get("object") if isinstance(detail, Mapping) else None
    key = stored.get("key") if isinstance(stored, Mapping) else None
    return event.get("source") == "aws.s3" and isinstance(key, str) and key.startswith(PREFIX)


class Saves:
    """Remembers what the folder held when it was last looked at. folder: None for a desk without content."""

    def __init__(self, folder: Path | None, template: Template) -> None:
        self._folder = folder
        self._bucket = template.buckets[_BUCKET].name if _BUCKET in template.buckets else ""
        self._seen = self._look()
        self._is_brought = False

    def bring(self, s3: Any) -> list[str]:
        """Copy into the bucket what changed since the last time, the first time everything; the paths that changed."""
        if self._folder is None:
            return []
        now = self._look()
        changed = [path for path, at in now.items() if self._seen.get(path) != at]
        gone = [path for path in self._seen if path not in now]
        for path in changed if self._is_brought else {*changed, *now} - self._there(s3):
            s3.put_object(Bucket=self._bucket, Key=PREFIX + path, Body=(self._folder / path).read_bytes())
        for path in gone:
            s3.delete_object(Bucket=self._bucket, Key=PREFIX + path)
        self._seen, self._is_brought = now, True
        return sorted([*changed, *gone])

    def _there(self, s3: Any) -> set[str]:
        """What somebody put into the bucket by another way stays."""
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX)
        return {each["Key"].removeprefix(PREFIX) for page in pages for each in page.get("Contents", [])}

    def event(self, path: str) -> dict[str, Any]:
        """As S3 tells EventBridge of the file."""
        kind = "Object Created" if path in self._seen else "Object Deleted"
        detail = {"bucket": {"name": self._bucket}, "object": {"key": PREFIX + path}}
        return {"source": "aws.s3", "detail-type": kind, "detail": detail}

    def _look(self) -> dict[str, tuple[int, int]]:
        """Path -> when it was saved, and its size."""
        if self._folder is None:
            return {}
        files = (path for path in self._folder.rglob("*") if path.is_file())
        named = ((path.relative_to(self._folder).as_posix(), path.stat()) for path in files)
        return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in named if is_read(name)}
