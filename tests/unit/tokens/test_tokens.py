"""Tokens: ours are read for ever, all others never."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perennial.errors import SettingMissing
from perennial.messaging.tokens import Claims, Tokens, unsubscribe_url
from perennial.people.identities import short_id

CLAIMS = Claims("c2rq7v5k4mzj3x6w2dpaa", "email", short_id("message"))
TOKENS = Tokens("secret")
TOKEN = TOKENS.unsubscribe(*CLAIMS)
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)


@given(IDS, IDS, IDS)
def test_what_was_said_is_read(customer_id: str, channel: str, message_id: str) -> None:
    """A token gives back exactly its claims, and is safe in a path."""
    token = TOKENS.unsubscribe(customer_id, channel, message_id)
    assert TOKENS.read(token) == Claims(customer_id, channel, message_id)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)


def test_a_token_is_short_and_survives_mail_programs() -> None:
    """It fits a line, and does not end in a sign that link finders cut off."""
    assert len(TOKEN) <= 75
    assert TOKEN[-1].isalnum()
    assert (
        unsubscribe_url("https://mail.shop.example/", TOKEN)
        == f"https://mail.shop.example/unsubscribe/{TOKEN}"
    )


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_any_changed_character_makes_it_void(position: int, letter: str) -> None:
    """No part of a token can be altered."""
    changed = TOKEN[:position] + letter + TOKEN[position + 1 :]
    assert TOKENS.read(changed) == (CLAIMS if changed == TOKEN else None)


@given(st.text(max_size=400))
def test_strangers_are_not_read(text: str) -> None:
    """Anything may stand in a path; it is not ours, and no error either."""
    assert TOKENS.read(text) is None


@pytest.mark.parametrize(
    "token", [TOKEN[:-1], TOKEN + "a", TOKEN.upper(), TOKEN.rpartition(".")[0], "....", TOKEN + "." * 300]
)
def test_pieces_and_additions_are_void(token: str) -> None:
    """A link that was cut or grew is not ours."""
    assert TOKENS.read(token) is None


def test_another_secret_makes_other_tokens() -> None:
    """Without the secret there is no token."""
    assert Tokens("other").read(TOKEN) is None


def test_a_replaced_key_still_reads() -> None:
    """Rotation: new tokens by the new key, old ones valid until the old key is taken out."""
    ring = Tokens("2:new 1:secret")
    assert ring.read(TOKEN) == CLAIMS
    fresh = ring.unsubscribe(*CLAIMS)
    assert fresh.startswith("2.")
    assert ring.read(fresh) == CLAIMS
    assert TOKENS.read(fresh) is None
    assert Tokens("2:new").read(TOKEN) is None
    assert ring.read("2" + TOKEN[1:]) is None


@pytest.mark.parametrize(
    "parts", [("a.b", "email", "m"), ("", "email", "m"), ("c", "email", "ü"), ("c", "e/", "m")]
)
def test_ids_that_would_break_a_token_are_refused(parts: tuple[str, str, str]) -> None:
    """A separator inside an id would let one claim pass for another."""
    with pytest.raises(ValueError, match="letters, digits"):
        TOKENS.unsubscribe(*parts)


@pytest.mark.parametrize("secret", ["", "  "])
def test_no_secret_no_tokens(secret: str) -> None:
    """An empty key would be known to everybody."""
    with pytest.raises(SettingMissing, match="LINK_KEY"):
        Tokens(secret)
