"""Rules about a message as it was written for a sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from perennial.rendering.renderer import Message
from perennial.shop import Settings


class Finding(NamedTuple):
    """part: the template's part it is about."""

    rule: str
    part: str
    text: str
    warning: bool = False


def findings_of(message: Message, task: Mapping[str, Any], settings: Settings) -> Iterator[Finding]:
    """What is wrong with the message of a task."""
    yield from ()
