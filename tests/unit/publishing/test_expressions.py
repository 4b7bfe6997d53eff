"""Conditions: what marketers may write, and that nothing else passes."""

from __future__ import annotations

import json

import pytest

from perennial.insight.profile import NAMES
from perennial.publishing.expressions import AUDIENCE, LONGEST, TRIGGER, ExpressionError, compile_condition


def test_a_condition_is_plain_json() -> None:
    """What goes into the release survives JSON unchanged."""
    compiled = compile_condition(
        "customer.country in ('US', 'NO') and not customer.orders_count > 2.5", AUDIENCE
    )
    assert json.loads(json.dumps(compiled)) == compiled


def test_true_means_everybody() -> None:
    """`true` needs no evaluation at all."""
    assert compile_condition(True, AUDIENCE) is None
    assert compile_condition(False, AUDIENCE) == ["const", False]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_profile_can_be_asked(name: str) -> None:
    """The conditions know exactly the names of the templates."""
    assert compile_condition(f"customer.{name} is none", AUDIENCE) == [
        "is none",
        ["get", ["name", "customer"], name],
    ]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("customer.order_count > 1", "Did you mean 'customer.orders_count'?"),
        ("custmer.country == 'US'", "Did you mean 'customer'?"),
        ("orders_count > 1", "Did you mean 'customer.orders_count'?"),
        ("true or nosuch.x", "there is no 'nosuch' here"),
        ("customer.country == US", "Text needs quotes"),
        ("event.product == 'x'", "Move this condition"),
        ("customer.orders_count = 1", "'=='"),
        ("customer.orders_count > 1 && true", "'and'"),
        ("customer.country == 'US' || true", "'or'"),
        ("!customer.country", "'not'"),
        ("{{ customer.country }}", "Leave out {{ }}"),
        ("customer.first_name|default:'x'", "Liquid"),
        ("customer.orders_count >", "The parser says"),
        ("customer.country.code == 1", "has no part 'code'"),
        ("customer", "Name a part of it"),
        ("", "not a condition"),
        (5, "not a condition"),
        (["x"], "not a condition"),
    ],
)
def test_mistakes_are_told_with_their_remedy(source: object, told: str) -> None:
    """Misspelt names, habits from other languages, and plain nonsense."""
    with pytest.raises(ExpressionError) as error:
        compile_condition(source, AUDIENCE)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "source",
    [
        "customer.__class__",
        "event.__class__.__mro__",
        "event['__init__'].x",
        "customer.first_name.upper()",
        "event.x.format(1)",
        "range(10)",
        "namespace(a=1)",
        "customer.first_name|attr('x')",
        "event.x|map('upper')",
        "event.x is divisibleby(2)",
        "event.x|length(1)",
        "self.x",
        "cycler.x",
        "{'a': 1}.a",
        "[1, 2][0]",
        "event[0]",
        "event[event.x]",
        "event.x[1:2]",
        "1 if event.x else 2",
        "9 ** 9 ** 9",
        "event.x % 2",
        "event.x // 2",
        "1e999 > 1",
        "99999999999999999999 > 1",
        "event.x }}{% for a in b %}{{ a",
        "event.x }}",
        "{# comment #}",
        "event.x, import os",
        "lambda: 1",
        "not " * 240 + "event.x",
        "(" * 400 + "1" + ")" * 400,
        "-" * 900 + "1",
        "event.x" + ".x" * 480,
        "1" + "+1" * 300,
        "'" + "a" * LONGEST + "'",
        "event.x == 'open",
        "\x00",
    ],
)
def test_nothing_else_passes(source: str) -> None:
    """Calls, escapes, growth operators and towers of brackets are refused in words."""
    with pytest.raises(ExpressionError):
        compile_condition(source, TRIGGER)
