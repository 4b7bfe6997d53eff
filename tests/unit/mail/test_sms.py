"""An SMS says who writes and how to stop, and costs what it must."""

from __future__ import annotations

import pytest

from perennial.rendering.renderer import SkipMessage
from perennial.rendering.texting import build_text, segments
from tests.emails.samples import SAMPLES, UNSUBSCRIBE, rendered, shop

SETTINGS = shop().settings


@pytest.mark.parametrize(
    ("text", "billed", "alphabet", "dearest"),
    [
        ("", 1, "GSM-7", None),
        ("a" * 160, 1, "GSM-7", None),
        ("a" * 161, 2, "GSM-7", None),
        ("a" * 306, 2, "GSM-7", None),
        ("a" * 307, 3, "GSM-7", None),
        ("€" * 80, 1, "GSM-7", None),
        ("€" * 81, 2, "GSM-7", None),
        ("ñ@£Ω\n", 1, "GSM-7", None),
        ("a" * 69 + "ç", 1, "UCS-2", "ç"),
        ("a" * 70 + "ç", 2, "UCS-2", "ç"),
        ("🍵" * 35, 1, "UCS-2", "🍵"),
        ("🍵" * 36, 2, "UCS-2", "🍵"),
    ],
)
def test_segments(text: str, billed: int, alphabet: str, dearest: str | None) -> None:
    """160 and 153 places in GSM-7 (extended ones take two), 70 and 67 in UCS-2 (emoji take two)."""
    assert segments(text) == (billed, alphabet, dearest)


def test_the_shop_and_the_way_out_are_added_where_they_are_missing() -> None:
    """A template that forgot them is completed; one that has them is left alone."""
    assert (
        build_text("Tea is back.", SETTINGS, UNSUBSCRIBE)
        == f"Alder & Thyme: Tea is back. Stop: {UNSUBSCRIBE}"
    )
    complete = "ALDER & THYME: nonstop tea. Reply STOP to end."
    assert build_text(complete, SETTINGS, UNSUBSCRIBE) == complete
    assert build_text("Alder & Thyme: nonstop tea", SETTINGS, UNSUBSCRIBE).endswith(f" Stop: {UNSUBSCRIBE}")
    assert build_text("Alder & Thyme: paid", SETTINGS, None) == "Alder & Thyme: paid"


def test_typography_costs_nothing() -> None:
    """Curly quotes, dashes, ellipses and unbreakable spaces become their plain twins, so one SMS stays one."""
    text = build_text("Alder & Thyme: “it\u2019s” 5\u00a0€ \u2013 now… STOP", SETTINGS, UNSUBSCRIBE)
    assert text == 'Alder & Thyme: "it\'s" 5 € - now... STOP'
    assert segments(text).alphabet == "GSM-7"


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_shipped_sms_is_complete_and_short(sample: str) -> None:
    """It names the shop, carries the way out, and takes at most two segments where the data is sane."""
    message = rendered("replenishment", "reminder", "sms", SAMPLES[sample])
    text = build_text(message.text, SETTINGS, UNSUBSCRIBE)
    assert text.startswith("Alder & Thyme: ")
    assert text.count(UNSUBSCRIBE) == 1
    assert segments(text).billed <= 2


def test_a_dear_sms_is_not_sent() -> None:
    """More than four segments is a slip of the template, not a message."""
    with pytest.raises(SkipMessage, match=r"^sms_too_long$"):
        build_text("Alder & Thyme STOP " + "a" * 600, SETTINGS, UNSUBSCRIBE)
