"""A rendered message as the text of an SMS: who writes, how to stop, and no dearer than it must be."""

from __future__ import annotations

import re
from typing import NamedTuple

from perennial.rendering.values import SkipMessage
from perennial.shop import Settings

MOST_SEGMENTS = 4  # each is billed as one SMS

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")  # two places each
# Typography that looks the same in plain characters, but alone would turn 160 places into 70.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\t": " ",
    }
)
_SAYS_STOP = re.compile(r"\bSTOP\b")


class Segments(NamedTuple):
    """billed: as how many SMS it counts. dearest: the first character that forces UCS-2, None when there is none."""

    billed: int
    alphabet: str
    dearest: str | None


def build_text(text: str, settings: Settings, unsubscribe_url: str | None) -> str:
    """The text as sent: begins with the shop's name and says how to stop where the template has not said so itself.

    unsubscribe_url: None for a transactional message. SkipMessage when it takes more than four segments.
    """
    text = _tidy(text)
    name = _tidy(settings.sender_name or settings.name)
    if name.casefold() not in text.casefold():
        text = f"{name}: {text}"
    if unsubscribe_url and unsubscribe_url not in text and not _SAYS_STOP.search(text):
        text = f"{text} Stop: {unsubscribe_url}"
    if segments(text).billed > MOST_SEGMENTS:
        raise SkipMessage("sms_too_long")
    return text


def segments(text: str) -> Segments:
    """GSM-7: 160 places, or 153 in each part of a longer text. UCS-2: 70 and 67, counted as UTF-16 units."""
    dearest = next((letter for letter in text if letter not in _GSM and letter not in _GSM_EXTENDED), None)
    if dearest is None:
        places, single, several = len(text) + sum(letter in _GSM_EXTENDED for letter in text), 160, 153
    else:
        places, single, several = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    count = 1 if places <= single else -(-places // several)
    return Segments(count, "GSM-7" if dearest is None else "UCS-2", dearest)


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.translate(_PLAIN).splitlines())
    return "\n".join(line for line in lines if line)
