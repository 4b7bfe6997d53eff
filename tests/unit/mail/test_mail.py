"""The bytes that leave: what mail programs read back, and what no data can add to them."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perennial.rendering.renderer import Message, SkipMessage
from send.mail import build_mail
from tests.emails.samples import SAMPLES, STEPS, UNSUBSCRIBE, rendered, shop

SENDER = "news@mail.alder-and-thyme.example"
HELLO = Message("email", "Text\n", "Subject", "", "<p>Html</p>")


def build(message: Message = HELLO, to: str = "mara@example.com", **changes: Any) -> bytes:
    settings = replace(
        shop().settings, **{key: value for key, value in changes.items() if key not in {"message_id", "url"}}
    )
    return build_mail(
        message,
        settings,
        changes.get("sender", SENDER),
        to,
        message_id=changes.get("message_id", "qO5TzkE1x2Y"),
        unsubscribe_url=changes.get("url", UNSUBSCRIBE),
    )


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("step", [step for step in STEPS if step[2] == "email"])
def test_what_was_rendered_is_what_is_read(step: tuple[str, str, str], sample: str) -> None:
    """Python's own mail reader finds the same subject, text and html, and no defect."""
    message = rendered(*step, SAMPLES[sample])
    mail = parsed(build(message))
    assert mail["Subject"] == message.subject
    assert body(mail, "plain") == message.text
    assert body(mail, "html") == message.html
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not mail.defects
    assert not any(part.defects for part in mail.walk())


def test_the_headers_are_exactly_these() -> None:
    """Message-ID and Date are left to SES; a mail without both one-click headers would be junk."""
    mail = parsed(build())
    assert dict(mail.items()) == {
        "From": "Alder & Thyme <news@mail.alder-and-thyme.example>",
        "To": "mara@example.com",
        "Reply-To": "hello@alder-and-thyme.example",
        "Subject": "Subject",
        "List-Unsubscribe": f"<{UNSUBSCRIBE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
    }


def test_a_transactional_mail_has_no_list_to_leave() -> None:
    """Receipts carry no List-Unsubscribe."""
    assert not [name for name in parsed(build(url=None)) if name.startswith("List-")]


@pytest.mark.parametrize(
    "url",
    ["http://mail.example/x", "mailto:x@y.example", "https://a.example/\r\nBcc: x", "https://a.example/ä"],
)
def test_a_wrong_public_url_is_told_to_the_shop(url: str) -> None:
    """A mail whose way out cannot work is an error of the settings, with its remedy."""
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        build(url=url)


def test_equal_mails_are_equal_bytes() -> None:
    """The boundary depends on the message alone, and differs between messages."""
    assert build() == build()
    assert build() != build(message_id="another")


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=120))
def test_no_text_adds_a_header_or_a_part(subject: str, text: str, sender_name: str) -> None:
    """Whatever subject, body and sender name hold, headers, parts and recipients stay the same."""
    mail = parsed(build(Message("email", text, subject, "", text), sender_name=sender_name))
    assert mail.keys() == parsed(build()).keys()
    assert [address.addr_spec for address in mail["To"].addresses] == ["mara@example.com"]
    assert [address.addr_spec for address in mail["From"].addresses] == [SENDER]
    assert len(list(mail.iter_parts())) == 2


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x0b", "\x85"])
def test_line_breaks_in_headers_become_spaces(break_: str) -> None:
    """The classic injection ends as part of the subject."""
    mail = parsed(
        build(
            Message("email", "t", f"Hi{break_}Bcc: all@evil.example", "", "h"), sender_name=f"A{break_}Bcc: b"
        )
    )
    assert mail["Subject"] == "Hi Bcc: all@evil.example"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "subject",
    [
        "Plain",
        "Grüße für 李明 🍵",
        "é" * 200,
        "long words " * 20,
        "=?utf-8?b?QmNjOiB4?=",
        'Quotes " and \\ too',
        "x" * 240,
    ],
)
def test_subjects_of_all_sorts_arrive(subject: str) -> None:
    """Encoded words where needed, folded below the line limit, and never decoded into something else."""
    raw = build(Message("email", "t", subject, "", "h"))
    assert parsed(raw)["Subject"] == subject.strip()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name", ["Alder & Thyme", "Café Grüße", 'The "Best", Inc.', "Back\\slash", "李" * 60, ""]
)
def test_sender_names_of_all_sorts_arrive(name: str) -> None:
    """The inbox shows the shop's name as shop.yaml writes it."""
    raw = message_from_bytes(build(sender_name=name), policy=policy.compat32)
    shown, address = parseaddr(raw["From"])
    assert (str(make_header(decode_header(shown))), address) == (name, SENDER)


@pytest.mark.parametrize(
    "address",
    [
        "mara@example.com, all@evil.example",
        "mara@example.com\r\nBcc: all@evil.example",
        "Mara <mara@example.com>",
        '"mara"@example.com',
        "mära@example.com",
        "mara@",
        "@example.com",
        "mara",
        "",
        "mara@exam ple.com",
        "mara@..",
        "mara@example..com",
        "x" * 65 + "@example.com",
        "mara@" + "ä" * 300 + ".example",
    ],
)
def test_what_is_no_single_address_is_skipped(address: str) -> None:
    """One recipient and nothing beside it; the reason is a value, and the queue goes on."""
    with pytest.raises(SkipMessage, match=r"^malformed_address$"):
        build(to=address)


def test_a_domain_in_other_letters_is_reached() -> None:
    """Domains are written as the mail system knows them."""
    assert parsed(build(to="mara@bücher.example"))["To"] == "mara@xn--bcher-kva.example"
