"""Pictures of what the shop sells, drawn in a few lines: one for each category."""

from __future__ import annotations

import base64
import re
from functools import cache

from infra.demo.goods import SHOP_URL

_ADDRESS = re.compile(re.escape(f"{SHOP_URL}/images/") + r"(\w+)\.svg")
# Category: the colour behind it, then one path for each shape.
_DRAWINGS: dict[str, tuple[str, ...]] = {
    "tea": (
        "#dfe7d8",
        "M34 46h38v18a16 16 0 0 1-16 16h-6a16 16 0 0 1-16-16z",
        "M72 50h6a8 8 0 0 1 0 16h-6M46 38c-3-4 3-6 0-11M58 38c-3-4 3-6 0-11",
    ),
    "coffee": (
        "#e8dccb",
        "M68 34c12 6 10 26 2 36s-22 16-32 8-8-26 0-36 20-14 30-8zM68 34c-14 8-4 20-14 28-6 5-12 6-16 16",
    ),
    "soap": (
        "#dbe6e6",
        "M39 48h34a9 9 0 0 1 9 9v12a9 9 0 0 1-9 9H39a9 9 0 0 1-9-9V57a9 9 0 0 1 9-9z",
        "M45 57h22a5 5 0 0 1 0 12H45a5 5 0 0 1 0-12zM40 36a4 4 0 1 0 8 0 4 4 0 1 0-8 0M54 30a6 6 0 1 0 12 0 6 6 0 1 0-12 0",
    ),
    "pantry": (
        "#efe3c4",
        "M40 32h32M38 42h36l4 8v26a8 8 0 0 1-8 8H42a8 8 0 0 1-8-8V50z",
        "M46 56h20a2 2 0 0 1 2 2v14H44V58z",
    ),
    "care": (
        "#efdcd6",
        "M48 46h16a6 6 0 0 1 6 6v26a6 6 0 0 1-6 6H48a6 6 0 0 1-6-6V52a6 6 0 0 1 6-6z",
        "M50 46v-8h12v8M56 38v-8h14M50 62h12",
    ),
    "kitchen": (
        "#e3e0ef",
        "M36 52h40v14a18 18 0 0 1-18 18h-4a18 18 0 0 1-18-18z",
        "M76 56l10-6M36 60c-12-2-12 12 2 14M46 52c0-12 20-12 20 0M56 43v-5",
    ),
    "linen": ("#e6e6dc", "M32 40h48v44H32zM32 52h48M32 72h48M44 40v44M50 40v44"),
    "garden": (
        "#dce9dd",
        "M56 84V56M56 64c-14 0-20-8-20-20 14 0 20 8 20 20zM56 56c0-12 6-20 20-20 0 12-6 20-20 20zM40 84h32",
    ),
}


def inlined(html: str) -> str:
    """A mail with its pictures inside, so that it can be looked at without the shop."""
    return _ADDRESS.sub(lambda match: _drawn(match[1]), html)


CATEGORIES = tuple(_DRAWINGS)


@cache
def drawing(category: str) -> bytes:
    """The picture of a category, as SVG."""
    background, *paths = _DRAWINGS[category]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 112 112">'
        f'<rect width="112" height="112" fill="{background}"/>'
        '<g fill="none" stroke="#2f5d4a" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round">'
        f'<path d="{"".join(paths)}"/></g></svg>'
    )
    return svg.encode()


@cache
def _drawn(category: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawing(category)).decode()
