"""From the marketers' files to the release that is live: read, check, compile, publish."""

from perennial.publishing.content import Content, files_of, read_content
from perennial.publishing.intervals import interval_tables
from perennial.publishing.publisher import Published, PublishReport, publish, publish_files

__all__ = [
    "Content",
    "PublishReport",
    "Published",
    "files_of",
    "interval_tables",
    "publish",
    "publish_files",
    "read_content",
]
