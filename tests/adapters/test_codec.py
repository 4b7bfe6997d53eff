"""Bodies come back from the table exactly as they went in."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.adapters.codec import _COMMON, _EARLIER, _text, pack, unpack

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


def test_a_stored_body_without_a_dictionary_can_be_read() -> None:
    """A stream says by its header that it needs none."""
    plain = {"views": [{"product_id": str(each)} for each in range(40)]}
    assert unpack(zlib.compress(json.dumps(plain).encode())) == plain


@pytest.mark.parametrize(
    ("dictionary", "digest"), [(_COMMON, "d9a76b020619d2fb"), (_EARLIER, "ea526f0053b91034")]
)
def test_what_is_stored_with_any_dictionary_ever_used_can_be_read(dictionary: bytes, digest: str) -> None:
    """They are part of what is stored: a change of one would make documents unreadable. One may be added beside them."""
    assert sha256(dictionary).hexdigest()[:16] == digest
    body = {
        "schema": 1,
        "views": [{"product_id": str(each), "at": "2026-11-01T16:00:00.000Z"} for each in range(40)],
    }
    packer = zlib.compressobj(zdict=dictionary)
    assert unpack(packer.compress(json.dumps(body).encode()) + packer.flush()) == body


def test_a_short_body_is_readable() -> None:
    """Small objects stay plain, for whoever looks at the table."""
    assert pack({"id": "c1", "name": "Zoë"}) == '{"id":"c1","name":"Zoë"}'.encode()


def test_a_long_body_is_compressed() -> None:
    """Both forms are told apart by their first byte."""
    body = {"views": ["tea"] * 500}
    assert pack(body)[:1] != b"{"
    assert len(pack(body)) < 100
    assert unpack(json.dumps(body).encode()) == unpack(pack(body)) == body
