"""Rules about a message as it was written for a sample."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

from perennial.rendering.links import host_of, leads_to
from perennial.rendering.renderer import Message
from perennial.rendering.texting import segments
from perennial.rendering.values import LARGEST_PART
from perennial.shop import Settings

WARN_SIZE = 80 * 1024  # bytes
CLIPPED_AT = LARGEST_PART
LONGEST_TITLE, LONG_TITLE = 65, 50  # characters of a push message that phones show at all, and all of them
LONGEST_PUSH, LONG_PUSH = 240, 150
_HREF = re.compile(r"""<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_FIRST_IN_BODY = re.compile(r"<body\b[^>]*>(?:\s|<!--.*?-->)*<(\w+)([^>]*)>", re.IGNORECASE | re.DOTALL)
_NO_PAGE = ("mailto:", "tel:", "#")
_SCHEME = re.compile(r"""<meta\b[^>]*name=["']color-scheme["']""", re.IGNORECASE)


class Finding(NamedTuple):
    """part: the template's part it is about. anchors: what to look for in the sources, to tell the line."""

    rule: str
    part: str
    text: str
    warning: bool = False
    anchors: tuple[str, ...] = ()


class Case(NamedTuple):
    """A message of a sample, and what is asked of it."""

    message: Message
    is_marketing: bool
    settings: Settings


Rule = Callable[[Case], Iterator[Finding]]


def size(case: Case) -> Iterator[Finding]:
    """Gmail hides what follows 102 KB."""
    held = len(case.message.html.encode())
    if held > WARN_SIZE:
        text = f"the mail has {held // 1024} KB; Gmail hides what follows 100 KB. Show fewer products, or shorten it."
        yield Finding("size", "html", text, warning=held <= CLIPPED_AT)


def document(case: Case) -> Iterator[Finding]:
    """A whole page, with its language."""
    html = case.message.html.lower()
    found = re.search(r"<html\b[^>]*>", html)
    if not found:
        yield Finding(
            "html-lang",
            "html",
            'this is no whole page. Begin with <!doctype html><html lang="en" dir="ltr">.',
        )
    elif not all(re.search(rf"\b{name}=[\"']?[a-z]", found[0]) for name in ("lang", "dir")):
        text = (
            '<html> has no lang or no dir. Write <html lang="en" dir="ltr">, or <mjml lang="en" dir="ltr">.'
        )
        yield Finding("html-lang", "html", text, anchors=("<html", "<mjml"))


def body(case: Case) -> Iterator[Finding]:
    """Many programs take <html> away, so the language stands once more inside."""
    first = _FIRST_IN_BODY.search(case.message.html)
    if first and not all(f"{name}=" in first[2].lower() for name in ("lang", "dir")):
        text = f'the first element of <body> has no lang and dir. Write <{first[1]} lang="en" dir="ltr">.'
        yield Finding("body-lang", "html", text, anchors=("<body", "<mj-body"))


def title(case: Case) -> Iterator[Finding]:
    """Read out first, and shown when the mail is opened as a page."""
    found = re.search(r"<title\b[^>]*>(.*?)</title>", case.message.html, re.IGNORECASE | re.DOTALL)
    if not (found and found[1].strip()):
        text = "there is no <title>. Write <title>{{ subject }}</title> into <head>."
        yield Finding("title", "html", text, anchors=("<title", "<mj-title", "<head", "<mj-head"))


def preheader(case: Case) -> Iterator[Finding]:
    """The line beside the subject in the inbox."""
    if not case.message.preheader:
        yield Finding(
            "preheader", "preheader", "there is no preheader. Write 'preheader: ...' below the subject."
        )
    elif case.message.preheader.casefold() == case.message.subject.casefold():
        yield Finding(
            "preheader-repeats", "preheader", "the preheader repeats the subject. Say something more."
        )
    elif case.message.preheader[:20] not in unescape(case.message.html):
        text = "the preheader is printed nowhere. Write {{ preheader }} first thing in <body>, hidden."
        yield Finding("preheader", "html", text, anchors=("<body",))


def colour_scheme(case: Case) -> Iterator[Finding]:
    """Without it Apple Mail turns colours around by itself."""
    if not _SCHEME.search(case.message.html):
        text = 'write <meta name="color-scheme" content="light dark"> into <head> (in MJML within <mj-raw>).'
        yield Finding("colour-scheme", "html", text, anchors=("<head", "<mj-head"))


def address(case: Case) -> Iterator[Finding]:
    """In most countries the law asks who writes."""
    if case.is_marketing and case.settings.postal_address not in unescape(case.message.html):
        text = "a marketing mail needs the shop's postal address. Write {{ shop.postal_address }}, or include the footer."
        yield Finding("postal-address", "html", text)


def way_out(case: Case) -> Iterator[Finding]:
    """What is hidden cannot be followed."""
    at = case.message.html.find("/unsubscribe")
    if case.is_marketing and at > 0 and len(case.message.html[:at].encode()) > CLIPPED_AT:
        text = "the unsubscribe link stands behind the 100 KB after which Gmail hides the mail. Shorten what is before it."
        yield Finding("unsubscribe-early", "html", text)


def links(case: Case) -> Iterator[Finding]:
    """Every link that the mail really has."""
    for found in _HREF.findall(case.message.html):
        url = unescape("".join(found)).strip()
        if url in {"", "#"}:
            yield Finding(
                "empty-link", "html", "a link leads nowhere. Give it an address, or {{ shop.url }}."
            )
        elif not url.startswith(_NO_PAGE) and not leads_to(url, case.settings.hosts):
            text = f"a link leads to {host_of(url) or 'no https address'}: {url[:60]}. Write one of the shop's hosts."
            yield Finding("link-host" if host_of(url) else "https-links", "html", text, anchors=(url,))


def text_part(case: Case) -> Iterator[Finding]:
    """For whoever reads mails as plain text, and for filters."""
    if len(case.message.text.split()) < 3:
        yield Finding(
            "text-part",
            "text",
            "the text part says nothing. Write the mail in plain words, or delete the .txt.",
        )
    elif "<table" in case.message.text or "<td" in case.message.text or "</p>" in case.message.text:
        yield Finding("text-part", "text", "there is HTML in the text part. Write plain words there.")


MAIL: tuple[Rule, ...] = (
    size, document, body, title, preheader, colour_scheme, address, way_out, links, text_part,
)  # fmt: skip


def sms(case: Case) -> Iterator[Finding]:
    """Each segment is paid for."""
    name = (
        ""
        if case.settings.sender_name.casefold() in case.message.text.casefold()
        else f"{case.settings.sender_name}: "
    )
    stop = (
        ""
        if not case.is_marketing or re.search(r"\bSTOP\b|unsubscribe", case.message.text)
        else " Stop: " + "x" * 110
    )
    counted = segments(f"{name}{case.message.text}{stop}")
    if counted.billed > 4:
        text = f"the text message takes {counted.billed} SMS, and four are the most. Shorten it."
        yield Finding("sms-segments", "sms", text)
    elif counted.billed > 1:
        text = f"the text message takes {counted.billed} SMS, each paid for. One has {_places(counted.alphabet)}."
        text += " 'Reply STOP to end' takes the place of the longer link to stop." if stop else ""
        yield Finding("sms-segments", "sms", text, warning=True)
    own = segments(case.message.text)
    if own.dearest:
        code = f"U+{ord(own.dearest):04X}"
        text = f"the character {own.dearest!r} ({code}) makes an SMS hold 70 characters in place of 160. Leave it out."
        yield Finding("sms-unicode", "sms", text, warning=True, anchors=(own.dearest,))


def _places(alphabet: str) -> str:
    return (
        "160 characters"
        if alphabet == "GSM-7"
        else "70 characters, because of one that is not in the old alphabet"
    )


def push(case: Case) -> Iterator[Finding]:
    """Phones cut off the rest."""
    if not case.message.subject or not case.message.text:
        yield Finding(
            "push-length", "push", "a notification needs a title in its first line and a text below it."
        )
    for what, held, longest, long in (
        ("title", len(case.message.subject), LONGEST_TITLE, LONG_TITLE),
        ("text", len(case.message.text), LONGEST_PUSH, LONG_PUSH),
    ):
        if held > long:
            text = f"the {what} of the notification has {held} characters; phones show {long}. Shorten it."
            yield Finding("push-length", "push", text, warning=held <= longest)


RULES: Mapping[str, tuple[Rule, ...]] = {"email": MAIL, "sms": (sms,), "push": (push,), "bus": ()}
_LENGTHS = frozenset({"sms-segments", "sms-unicode", "push-length"})


def findings_of(message: Message, task: Mapping[str, Any], settings: Settings) -> Iterator[Finding]:
    """What is wrong with the message of a task. Lengths are judged by the full sample: it is as the shop's own data are."""
    for rule in RULES[message.channel]:
        for finding in rule(Case(message, task["marketing"], settings)):
            if task["kind"] == "full" or finding.rule not in _LENGTHS:
                yield finding
