"""A rendered message as the bytes SES takes.

Laid out by hand: `EmailMessage` costs thirty times the rendering, and the library's encoding of a subject as much as the
bodies. The tests read it back with the library. Message-ID and Date are left to SES.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from hashlib import blake2b

from perennial.rendering.links import host_of
from perennial.rendering.renderer import Message, SkipMessage
from perennial.shop import Settings

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", re.IGNORECASE)
_LINE = 76  # characters of a line of base64
_LONGEST_LINE = 900  # a line of a mail has at most 998 characters
_WORD = 39  # bytes of text in an encoded word: with its frame it fits on a line behind any of our names
_QUOTED = re.compile(r'["\\]')


def build_mail(
    message: Message,
    settings: Settings,
    sender_email: str,
    to: str,
    *,
    message_id: str,
    unsubscribe_url: str | None,
) -> bytes:
    """Raw MIME with a text and an html part, equal for equal arguments (the boundary comes from the message id).

    unsubscribe_url: None for a transactional message, which then has no List-Unsubscribe headers. SkipMessage when `to` is
    no address that a mail can carry.
    """
    boundary = "=_" + blake2b(message_id.encode(), digest_size=12).hexdigest()
    headers = [
        ("From", _mailbox(settings.sender_name, sender_email)),
        ("To", _address(to)),
        ("Reply-To", _address(settings.support_email)),
        ("Subject", _encoded(message.subject)),
        *(_one_click(unsubscribe_url) if unsubscribe_url else ()),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    parts = (("plain", message.text), ("html", message.html))
    body = "".join(_part(boundary, subtype, text) for subtype, text in parts)
    return f"{_block(headers)}\r\n{body}--{boundary}--\r\n".encode("ascii")


def _block(headers: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers)


def _part(boundary: str, subtype: str, text: str) -> str:
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    lines = "\r\n".join([encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE)])
    return (
        f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{lines}\r\n"
    )


def _one_click(url: str) -> tuple[tuple[str, str], ...]:
    """Both headers of RFC 8058; the address is ours, so another form of it is a mistake in the settings."""
    if not url.isascii() or host_of(url) is None:
        raise ValueError("the unsubscribe address must be an https address: check PUBLIC_URL")
    return (("List-Unsubscribe", f"<{url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))


def _mailbox(name: str, address: str) -> str:
    name = _clean(name)
    if not name:
        return _address(address)
    shown = '"' + _QUOTED.sub(r"\\\g<0>", name) + '"' if _is_plain(name) else _encoded(name)
    return f"{shown} <{_address(address)}>"


def _encoded(value: str) -> str:
    """The value as it stands, or as encoded words (RFC 2047), one a line, where it is not plain or only looks like one."""
    value = _clean(value)
    if _is_plain(value):
        return value
    words, left = [], value.encode()
    while left:
        end = min(_WORD, len(left))
        while end < len(left) and left[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        words.append(f"=?utf-8?b?{base64.b64encode(left[:end]).decode()}?=")
        left = left[end:]
    return "\r\n ".join(words)


def _is_plain(value: str) -> bool:
    return value.isascii() and "=?" not in value and len(value) < _LONGEST_LINE


def _clean(value: str) -> str:
    return _BREAKS.sub(" ", value).encode("utf-8", "replace").decode().strip()


def _address(text: str) -> str:
    """One bare address, its domain in ASCII. What could begin another header or recipient does not match."""
    local, _, domain = text.rpartition("@")
    if not domain.isascii():
        domain = _in_ascii(domain)
    if not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise SkipMessage("malformed_address")
    return f"{local}@{domain}"


def _in_ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
