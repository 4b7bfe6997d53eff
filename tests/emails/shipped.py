"""Every shipped template with each of its samples, rendered when first asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from infra.preview.trying import PARTS, Kitchen, Tried, kitchen
from perennial.rendering.renderer import Message
from perennial.rendering.sampling import KINDS
from tests.emails.reading import Page

CONTENT = Path(__file__).parents[2] / "content"
TRANSACTIONAL = frozenset({"account/changed", "cart/on_request", "confirmation/ask", "visit/summary"})
# Without something to suggest these say nothing at all.
QUIET = {("cart/related", "minimal"), ("cross_sell/suggestion", "minimal")}
_ENDINGS = {"email": (".mjml", ".html"), "sms": (".sms",), "push": (".push",)}


def cases(channel: str) -> list[tuple[str, str]]:
    """Template and kind of sample, from the names of the files alone: collecting tests costs nothing."""
    folder = CONTENT / "templates"
    files = (path for ending in _ENDINGS[channel] for path in folder.glob(f"*/*{ending}"))
    names = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in files)
    return [(name, kind) for name in names if not name.startswith("partials/") for kind in KINDS]


@cache
def shipped() -> Kitchen:
    """The content that comes with the product."""
    return kitchen(CONTENT)


@cache
def tried(template: str, channel: str, kind: str) -> Tried:
    """The message, or why there would be none."""
    return shipped().message(template, channel, shipped().samples(template)[kind])


def mail(template: str, kind: str) -> Message:
    """The mail of a sample that makes one."""
    found = tried(template, "email", kind)
    assert isinstance(found, Message), f"{template} with the {kind} sample: {found}"
    return found


@cache
def page(template: str, kind: str, *, dark: bool = False) -> Page:
    """The html of that mail, as it is read."""
    return Page(mail(template, kind).html, dark=dark)


assert _ENDINGS.keys() == PARTS.keys()
