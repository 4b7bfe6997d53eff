"""Secrets of a setting."""

from __future__ import annotations

import pytest

from on_event.signatures import secrets_of


@pytest.mark.parametrize(
    ("setting", "secrets"),
    [
        ("", []),
        (" \n ", []),
        ("one", ["one"]),
        ("old\nnew", ["old", "new"]),
        ("old-secret new-secret", ["old-secret new-secret", "old-secret", "new-secret"]),
        ("old-secret,new-secret", ["old-secret,new-secret", "old-secret", "new-secret"]),
        ("k?9, x<0 W~made by a store", ["k?9, x<0 W~made by a store"]),
        ("same-secret\nsame-secret", ["same-secret"]),
    ],
)
def test_secrets(setting: str, secrets: list[str]) -> None:
    """A line is a secret, its pieces only where each is long enough that nobody guesses it."""
    assert secrets_of(setting) == tuple(secret.encode() for secret in secrets)
