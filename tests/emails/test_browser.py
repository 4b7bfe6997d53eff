"""What the browser measures, where there is one: that bad mails are found out, and that the shipped ones pass."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from infra.preview.browser import Browser, Look, browser, find_chromium
from perennial.errors import PerennialError
from tests.emails.shipped import mail

try:
    CHROMIUM = find_chromium(os.environ)
except PerennialError:
    CHROMIUM = ""

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
PHONE, DARK = Look(375), Look(375, dark=True)
# As compilers write it: letters of no size around those that have one.
PAGE = '<html><body style="margin:0"><div style="font-size:0px"><p style="font-size:16px">{}</p></div></body></html>'


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    """One browser for all of these."""
    with browser(CHROMIUM) as running:
        yield running


@needs_chromium
@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ('<span style="font-size:12px">Read this</span>', "is written at 12 px"),
        ('<span style="color:#aaaaaa">Read this</span>', "has a contrast of 2.32"),
        ('<b style="background:#333333"><i>Read this</i></b>', "has a contrast of 1.66"),
        ('<span style="color:rgba(0,0,0,0.3)">Read this</span>', "has a contrast of"),
        ('<img src="https://x.example/a.png" alt="A lamp" style="color:#cccccc">', "“A lamp” has a contrast"),
        ('<span style="display:block;width:500px">Read this</span>', "it is 500 px wide on a screen of 375"),
        ('<span style="display:none">Read this</span>', "there is nothing to read in it"),
    ],
)
def test_what_cannot_be_read_is_found(page: Browser, inside: str, fault: str) -> None:
    """Small letters, faint ones, faint words of pictures, and what does not fit on the screen."""
    faults = page.look(PAGE.format(inside), PHONE).faults
    assert any(fault in each for each in faults), faults


@needs_chromium
def test_the_dark_is_looked_at_in_the_dark(page: Browser) -> None:
    """Colours for dark mode are judged in the dark alone."""
    style = "<style>@media (prefers-color-scheme: dark) { p { color: #eeeeee !important } }</style>"
    html = f"{style}{PAGE.format('Read this')}"
    assert page.look(html, PHONE).faults == ()
    assert any("has a contrast" in fault for fault in page.look(html, DARK).faults)


@needs_chromium
@pytest.mark.parametrize("look", [PHONE, DARK], ids=str)
@pytest.mark.parametrize("kind", ["full", "hostile"])
def test_a_shipped_mail_passes(page: Browser, kind: str, look: Look) -> None:
    """One of them stands for all, which `make screenshots` looks at."""
    seen = page.look(mail("cart/reminder", kind).html, look)
    assert seen.faults == ()
    assert seen.png.startswith(b"\x89PNG")


def test_without_a_browser_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """How to install one, or to name it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PerennialError, match=r"apt-get install chromium.*CHROMIUM="):
        find_chromium({})
