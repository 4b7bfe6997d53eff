"""What the mail programs that most customers use do not show: Gmail, Apple Mail, Outlook and Yahoo, as of 2026.

Each with what to write instead, and whether it goes live all the same, since others still show it and nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Words = tuple[str, bool]

ELEMENTS: Mapping[str, Words] = {
    "svg": ("Gmail and Outlook show no <svg>. Save it as a PNG and write <img>.", False),
    "script": ("no mail program runs scripts, and many refuse the mail. Delete it.", False),
    "iframe": ("no mail program shows <iframe>. Write a picture with a link.", False),
    "object": ("no mail program shows <object>. Write a picture with a link.", False),
    "embed": ("no mail program shows <embed>. Write a picture with a link.", False),
    "form": ("Gmail and Outlook show forms that cannot be sent. Link to a page with the form.", False),
    "input": ("forms do not work in mails. Link to a page with the form.", False),
    "select": ("forms do not work in mails. Link to a page with the form.", False),
    "textarea": ("forms do not work in mails. Link to a page with the form.", False),
    "button": ("<button> does nothing in a mail. Write <mj-button>, or a link.", False),
    "base": ("mail programs drop <base>. Write each address in full.", False),
    "link": ("style sheets from elsewhere are not fetched. Write them into <mj-style> or <style>.", False),
    "video": ("only Apple Mail plays <video>. Write a picture with a link to the film.", True),
    "audio": ("only Apple Mail plays <audio>. Write a link.", True),
    "picture": ("Gmail and Outlook know no <picture>. Write <img>.", True),
    "canvas": ("no mail program draws on <canvas>. Write <img>.", False),
    "marquee": ("moving text cannot be read by many. Write it plainly.", False),
}
ATTRIBUTES: Mapping[str, Words] = {
    "onclick": ("no mail program runs scripts. Write a link.", False),
    "onload": ("no mail program runs scripts. Delete it.", False),
    "onerror": ("no mail program runs scripts. Delete it.", False),
    "srcset": ("Gmail and Outlook know no srcset. Write one picture, twice as large as it is shown.", True),
}


def _style(pattern: str, text: str, *, warning: bool = True) -> tuple[re.Pattern[str], str, bool]:
    return re.compile(pattern), text, warning


STYLES: Sequence[tuple[re.Pattern[str], str, bool]] = (
    _style(r"display\s*:\s*(inline-)?flex", "Outlook on Windows knows no flexbox. Lay out with tables, or with mj-columns."),
    _style(r"display\s*:\s*(inline-)?grid", "Outlook and Yahoo know no grid. Lay out with tables, or with mj-columns."),
    _style(r"position\s*:\s*(absolute|fixed|sticky)", "Gmail and Outlook drop position. Lay out with tables or columns."),
    _style(r"\bvar\(\s*--", "Gmail and Outlook know no variables. Write the value itself."),
    _style(r"\bcalc\(", "Outlook and Yahoo know no calc(). Write the value itself."),
    _style(r"@import", "style sheets from elsewhere are not fetched. Write the rules here.", warning=False),
    _style(r"\bexpression\(|\bbehavior\s*:|javascript:", "no mail program runs scripts. Delete it.", warning=False),
    _style(r"(?<![-\w])animation(-name)?\s*:", "only Apple Mail moves anything. It must be readable at rest."),
)  # fmt: skip
