"""The shipped mails, word for word.

After a wanted change write them anew, and read the difference: PERENNIAL_REWRITE_GOLDEN=1 .venv/bin/pytest tests/emails
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.emails.samples import SAMPLES, STEPS, rendered

GOLDEN = Path(__file__).parent / "golden"
CASES = [(*step, sample) for step in STEPS for sample in SAMPLES]


@pytest.mark.parametrize(("campaign", "step", "channel", "sample"), CASES)
def test_a_mail_reads_as_it_was_approved(campaign: str, step: str, channel: str, sample: str) -> None:
    """Subject, preheader, html, text and SMS of every template and sample are exactly those kept beside this test."""
    message = rendered(campaign, step, channel, SAMPLES[sample])
    name = f"{campaign}.{step}.{sample}"
    if channel == "sms":
        _compare(GOLDEN / f"{name}.sms", message.text + "\n")
    else:
        _compare(GOLDEN / f"{name}.html", message.html + "\n")
        _compare(GOLDEN / f"{name}.txt", f"{message.subject}\n{message.preheader}\n\n{message.text}")


def test_no_golden_file_is_left_over() -> None:
    """Each kept file belongs to a template that still exists."""
    endings = {"email": ("html", "txt"), "sms": ("sms",)}
    wanted = {
        f"{campaign}.{step}.{sample}.{ending}"
        for campaign, step, channel, sample in CASES
        for ending in endings[channel]
    }
    assert {path.name for path in GOLDEN.iterdir()} == wanted


def _compare(path: Path, text: str) -> None:
    if os.environ.get("PERENNIAL_REWRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
