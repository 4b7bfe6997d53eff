"""Pictures of what the shop sells, drawn in a few lines: one for each category."""

from __future__ import annotations

import base64
import re
from functools import cache

from infra.demo.goods import SHOP_URL

_CUP = (
    '<path d="M34 46h38v18a16 16 0 0 1-16 16h-6a16 16 0 0 1-16-16z"/><path d="M72 50h6a8 8 0 0 1 0 16h-6"/>'
)
_STEAM = '<path d="M46 38c-3-4 3-6 0-11M58 38c-3-4 3-6 0-11"/>'
_LEAF = '<path d="M56 84V56M56 64c-14 0-20-8-20-20 14 0 20 8 20 20zM56 56c0-12 6-20 20-20 0 12-6 20-20 20z"/>'
_ADDRESS = re.compile(re.escape(f"{SHOP_URL}/images/") + r"(\w+)\.svg")
# Category: background, then what is drawn on it.
_DRAWINGS = {
    "tea": ("#dfe7d8", _CUP + _STEAM),
    "coffee": (
        "#e8dccb",
        '<ellipse cx="56" cy="56" rx="17" ry="25" transform="rotate(28 56 56)"/>'
        '<path d="M68 34c-16 8-6 22-14 30-4 5-8 7-10 14"/>',
    ),
    "soap": (
        "#dbe6e6",
        '<rect x="30" y="48" width="52" height="30" rx="9"/><rect x="40" y="56" width="32" height="14" rx="5"/>'
        '<circle cx="44" cy="36" r="4"/><circle cx="58" cy="30" r="6"/><circle cx="70" cy="38" r="3"/>',
    ),
    "pantry": (
        "#efe3c4",
        '<path d="M40 32h32M38 42h36l4 8v26a8 8 0 0 1-8 8H42a8 8 0 0 1-8-8V50z"/><rect x="44" y="56" width="24" height="16" rx="2"/>',
    ),
    "care": (
        "#efdcd6",
        '<rect x="42" y="46" width="28" height="38" rx="6"/><path d="M50 46v-8h12v8M56 38v-8h14"/><path d="M50 62h12"/>',
    ),
    "kitchen": (
        "#e3e0ef",
        '<path d="M36 52h40v14a18 18 0 0 1-18 18h-4a18 18 0 0 1-18-18z"/><path d="M76 56l10-6M36 60c-12-2-12 12 2 14"/>'
        '<path d="M46 52c0-12 20-12 20 0M56 43v-5"/>',
    ),
    "linen": (
        "#e6e6dc",
        '<path d="M32 40h48v44H32zM32 52h48M32 72h48"/><path d="M44 40v44M50 40v44"/>',
    ),
    "garden": ("#dce9dd", _LEAF + '<path d="M40 84h32"/>'),
}


def inlined(html: str) -> str:
    """A mail with its pictures inside, so that it can be looked at without the shop."""
    return _ADDRESS.sub(lambda match: _drawn(match[1]), html)


@cache
def _drawn(category: str) -> str:
    background, lines = _DRAWINGS[category]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 112 112">'
        f'<rect width="112" height="112" fill="{background}"/>'
        '<g fill="none" stroke="#2f5d4a" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round">'
        f"{lines}</g></svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
