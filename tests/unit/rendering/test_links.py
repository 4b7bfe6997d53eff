"""A link leads to the shop, or it does not leave the house."""

from __future__ import annotations

import pytest

from perennial.rendering.links import host_of, leads_to, stray_link

HOSTS = ("shop.example", "www.shop.example")


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://shop.example@evil.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example.evil.example/",
        "https://evil.example/?https://shop.example/",
        "https:shop.example",
        "//shop.example/",
        "/products/1",
        "javascript:alert(1)//https://shop.example",
        "data:text/html,x",
        "https://shop.example/\r\nBcc: x",
        'https://shop.example/"onclick="x',
        "https://[::1",
        "https://",
        "",
        None,
    ],
)
def test_what_leads_elsewhere_is_refused(url: str | None) -> None:
    """Other hosts, other schemes, and every way to hide them."""
    assert not leads_to(url, HOSTS)


@pytest.mark.parametrize(
    "url", ["https://shop.example", "https://WWW.Shop.example:443/a?b=c#d", "https://shop.example./x"]
)
def test_the_shops_own_are_allowed(url: str) -> None:
    """Case, port, path and a closing dot of the host change nothing."""
    assert leads_to(url, HOSTS)


def test_the_own_machine_needs_no_encryption() -> None:
    """On the desk, pages are served over http."""
    assert host_of("http://localhost:8787/unsubscribe/x") == "localhost"


@pytest.mark.parametrize(
    ("html", "text", "stray"),
    [
        (
            '<a href="https://shop.example/?a=1&amp;b=2">x</a><a href="mailto:a@b.example">y</a>',
            "see https://shop.example.",
            None,
        ),
        ("<a href='https://evil.example'>x</a>", "", "evil.example"),
        ("<a class=x HREF=https://evil.example>x</a>", "", "evil.example"),
        ('<a class="x"href="https://evil.example">x</a>', "", "evil.example"),
        ('<a href="java&#115;cript:alert(1)">x</a>', "", "malformed"),
        ('<a href="">x</a>', "", "malformed"),
        ("", "go to http://evil.example/now", "malformed"),
        ("", "go to (https://evil.example/now)", "evil.example"),
    ],
)
def test_stray_links_are_found_in_both_parts(html: str, text: str, stray: str | None) -> None:
    """The last look at a mail finds any link that leads off the shop, however it is written."""
    assert stray_link(html, text, HOSTS) == stray
