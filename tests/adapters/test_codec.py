"""Bodies come back from the table exactly as they went in."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.adapters.codec import _COMMON, _text, pack, unpack

TEXTS = st.text(st.characters(), max_size=40)  # half surrogate pairs among them
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12)
BODIES = st.dictionaries(TEXTS, VALUES)
# How long an example takes says nothing here: the machine may be busy.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(BODIES)
def test_any_body_comes_back(body: dict[str, Any]) -> None:
    """Unpacking what was packed gives the same JSON object."""
    assert unpack(pack(body)) == body


@calm
@given(BODIES)
def test_no_body_grows(body: dict[str, Any]) -> None:
    """The stored form is never longer than its plain text: compression is used only where it helps."""
    assert len(pack(body)) <= len(_text(body))


@pytest.mark.parametrize("value", ["Zo\ud83d", 2**70, -(2**70)])
def test_what_strict_json_does_not_take_comes_back(value: object) -> None:
    """Half a surrogate pair out of a real name, and a number longer than a machine's: short and compressed."""
    for body in ({"value": value}, {"value": value, "views": ["tea"] * 500}):
        assert unpack(pack(body)) == body


def test_what_is_stored_with_the_dictionary_of_today_can_be_read() -> None:
    """The dictionary is part of what is stored: a change of it would make every document unreadable."""
    assert sha256(_COMMON).hexdigest()[:16] == "d9a76b020619d2fb"
    plain = {"views": [{"product_id": str(each)} for each in range(40)]}
    assert unpack(zlib.compress(json.dumps(plain).encode())) == plain


def test_a_short_body_is_readable() -> None:
    """Small objects stay plain, for whoever looks at the table."""
    assert pack({"id": "c1", "name": "Zoë"}) == '{"id":"c1","name":"Zoë"}'.encode()


def test_a_long_body_is_compressed() -> None:
    """Both forms are told apart by their first byte."""
    body = {"views": ["tea"] * 500}
    assert pack(body)[:1] != b"{"
    assert len(pack(body)) < 100
    assert unpack(json.dumps(body).encode()) == unpack(pack(body)) == body
