"""The shipped messages, word for word.

After a wanted change write them anew, and read the difference: PERENNIAL_REWRITE_GOLDEN=1 .venv/bin/pytest tests/emails
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from perennial.rendering.renderer import Message
from tests.emails.shipped import cases, tried

GOLDEN = Path(__file__).parent / "golden"
EACH = [
    pytest.param(channel, template, kind, id=f"{template}-{channel}-{kind}")
    for channel in ("email", "sms", "push")
    for template, kind in cases(channel)
]
# The compiler writes a mail in one line. Nobody could read what changed in it.
_BREAK = re.compile(r"(?<=>)(?=<(?:table|tr|td|div|p|h1|h2|a|img|!--\[if)\b)")


@pytest.mark.parametrize(("channel", "template", "kind"), EACH)
def test_a_message_reads_as_it_was_approved(channel: str, template: str, kind: str) -> None:
    """Subject, preheader, html and text of every template and sample are exactly those kept beside this test."""
    found = tried(template, channel, kind)
    for ending, text in _kept(found).items() if isinstance(found, Message) else [("txt", f"{found}\n")]:
        _compare(GOLDEN / _name(template, kind, ending), text)


def test_no_golden_file_is_left_over() -> None:
    """Each kept file belongs to a template and channel that still exist."""
    kept = {path.name for path in GOLDEN.iterdir()}
    known = {"email": ("html", "txt"), "sms": ("sms",), "push": ("push",)}
    wanted = {
        _name(template, kind, ending)
        for channel, endings in known.items()
        for template, kind in cases(channel)
        for ending in endings
    }
    assert kept <= wanted


def _kept(message: Message) -> dict[str, str]:
    if message.channel == "email":
        written = f"{message.subject}\n{message.preheader}\n\n{message.text}"
        return {"html": _BREAK.sub("\n", message.html) + "\n", "txt": written}
    title = f"{message.subject}\n" if message.subject else ""
    return {message.channel: f"{title}{message.text}\n"}


def _name(template: str, kind: str, ending: str) -> str:
    return f"{template.replace('/', '.')}.{kind}.{ending}"


def _compare(path: Path, text: str) -> None:
    if os.environ.get("PERENNIAL_REWRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
