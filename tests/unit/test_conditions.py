"""Conditions of campaigns, as they are evaluated."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perennial.deciding.conditions import LARGEST_NUMBER, LONGEST_TEXT, holds, value_of
from perennial.publishing.expressions import TRIGGER, compile_condition

NAMES: dict[str, Any] = {
    "customer": {
        "orders_count": 3,
        "country": None,
        "email": "Ada@fern.example",
        "total_spent": {"amount": 1999, "currency": "EUR"},
        "last_order_at": datetime(2026, 5, 1, tzinfo=UTC),
    },
    "shop": {"currency": "EUR"},
    "event": {"products": ["a", "b"], "number": 5, "nothing": None, "deep": {"er": "x"}},
}


def _holds(source: str, names: dict[str, Any] = NAMES) -> bool:
    return holds(compile_condition(source, TRIGGER), names)


@pytest.mark.parametrize(
    "source",
    [
        "true",
        "customer.orders_count >= 3",
        "1 < customer.orders_count <= 3",
        "customer.orders_count == 3 and event.number != 4",
        "customer.country == 'US' or event.number == 5",
        "not customer.country",
        "(customer.country or 'US') == 'US'",
        "customer.country not in ['US', 'NO']",
        "customer.country is none",
        "event.nothing is defined and event.nothing is none",
        "event.missing is not defined",
        "customer.email|lower == 'ada@fern.example'",
        "'fern' in customer.email",
        "'a' in event.products and 'c' not in event.products",
        "event.products|length == 2",
        "event.missing|length == 0",
        "event.deep.er == 'x'",
        "event['deep']['er'] == 'x'",
        "event.number * 2 + 1 - 1 == 10 and event.number / 2 == 2.5",
        "-event.number < 0",
        "'a' ~ event.number ~ event.nothing == 'a5'",
        "'a' + 'b' == 'ab'",
        "customer.total_spent >= 19.99 and customer.total_spent < 20",
        "customer.total_spent.amount == 1999",
        "customer.total_spent / customer.orders_count > 6.66",
        "customer.last_order_at < '2026-06-01' and customer.last_order_at > '2026-04-30'",
    ],
)
def test_holds(source: str) -> None:
    """Each way of asking, with an answer of yes; its opposite is no."""
    assert _holds(source)
    assert not _holds(f"not ({source})")


@pytest.mark.parametrize(
    "source",
    [
        "customer.country > 'A'",
        "customer.country < 'A'",
        "customer.country >= none",
        "event.missing.deeper.still == 1",
        "event.number > 'many'",
        "event.products > 1",
        "event.number / 0 > 1",
        "event.number / 0 < 1",
        "event.number + 'x' == 1",
        "event.products * 5 == 1",
        "'a' in event.nothing",
        "event.number in event.number",
        "-customer.email == 1",
        "event.products|lower == 'x'",
        "false",
    ],
)
def test_what_cannot_be_compared_is_not_so(source: str) -> None:
    """Unknown values and mixed kinds answer no; they are never an error."""
    assert not _holds(source)


def test_no_condition_always_holds() -> None:
    """A campaign without an audience is for everybody."""
    assert holds(None, {})


def test_names_that_were_not_handed_in_are_unknown() -> None:
    """The evaluation of an audience has no event."""
    assert not _holds("event.number == 5", {"customer": {}})
    assert not _holds("event.number is defined", {"customer": {}})


def test_results_are_bounded() -> None:
    """Neither numbers nor texts grow with what events bring along."""
    names = {"event": {"n": 10**15, "t": "x" * LONGEST_TEXT}}
    assert value_of(compile_condition("event.n * event.n * event.n", TRIGGER), names) is None
    assert value_of(compile_condition("event.n + event.n", TRIGGER), names) <= LARGEST_NUMBER
    for grown in ("event.t ~ event.t", "event.t + event.t"):
        assert len(value_of(compile_condition(grown, TRIGGER), names)) == LONGEST_TEXT


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40)
@given(x=_json, y=_json)
@pytest.mark.parametrize(
    "operator", ["<", ">=", "==", "!=", "in", "not in", "and", "or", "+", "-", "*", "/", "~"]
)
def test_any_event_gets_an_answer(operator: str, x: object, y: object) -> None:
    """Whatever JSON an event brings, each operator answers without an error."""
    source = f"(event.x {operator} event.y.x) or (event.y|length {operator} event.x|lower) or -event.x"
    assert _holds(source, {"event": {"x": x, "y": y}}) in (True, False)


def test_evaluating_needs_no_template_engine() -> None:
    """`record` and `sweep` start without jinja2."""
    code = "import sys, perennial.deciding.conditions; sys.exit('jinja2' in sys.modules or 'pydantic' in sys.modules)"
    path = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=path, check=False).returncode == 0
