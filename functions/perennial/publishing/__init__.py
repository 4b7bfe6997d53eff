"""From the marketers' files to the release that is live: read, check, compile, publish."""

from perennial.publishing.content import Content, files_of, read_content
from perennial.publishing.intervals import interval_tables
from perennial.publishing.publisher import Published, PublishReport, publish, publish_files, roll_back
from perennial.publishing.room import Room
from perennial.publishing.trying import in_a_child, in_this_process

__all__ = [
    "Content",
    "PublishReport",
    "Published",
    "Room",
    "files_of",
    "in_a_child",
    "in_this_process",
    "interval_tables",
    "publish",
    "publish_files",
    "read_content",
    "roll_back",
]
