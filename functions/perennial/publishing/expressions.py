"""Compiles the conditions of campaign files: Jinja expressions, read by Jinja's own parser.

Only what `perennial.deciding.conditions` can evaluate passes: known names, comparisons, and/or/not, + - * / ~, the
filters lower and length, `is none` and `is defined`. All else is refused here, so none of it can run later.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from perennial.deciding.conditions import Condition
from perennial.insight.profile import NAMES
from perennial.publishing.problems import did_you_mean, known_are, shortened, shown

LONGEST = 1000
LARGEST_NUMBER = 10**15
_DEEPEST = 30
_LONGEST_PATH = 10

Scope = Mapping[str, Collection[str] | None]  # names of each object; None: any name
AUDIENCE: Scope = {
    "customer": NAMES,
    "shop": ("name", "url", "support_email", "postal_address", "logo_url", "currency"),
}
SEGMENT: Scope = {**AUDIENCE, "customer": tuple(name for name in NAMES if name != "segments")}
TRIGGER: Scope = {**AUDIENCE, "event": None}
_PARTS = dict.fromkeys(("total_spent", "spent_12_months"), ("amount", "currency"))
_FILTERS = ("lower", "length")
_TESTS = ("none", "defined")
_SYMBOLS = {
    "eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in",
}  # fmt: skip
_BINARY: Mapping[type[nodes.BinExpr], str] = {
    nodes.And: "and", nodes.Or: "or", nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/",
}  # fmt: skip
_HABITS = (
    (re.compile(r"\{\{|\}\}|\{%|%\}"), "Leave out {{ }} and {% %}: a condition is written bare."),
    (re.compile(r"&&"), "Write 'and' instead of '&&'."),
    (re.compile(r"\|\|"), "Write 'or' instead of '||'."),
    (re.compile(r"!(?!=)"), "Write 'not' instead of '!'."),
    (re.compile(r"<>"), "Write '!=' instead of '<>'."),
    (re.compile(r"(?<![=!<>])=(?!=)"), "Compare with '==', not '='."),
    (re.compile(r"\|\s*\w+\s*:"), "This is Liquid. Write default values as 'x or y'."),
)
_KINDS = {
    nodes.Call: "Calls with ( ) are",
    nodes.CondExpr: "'x if y else z' is",
    nodes.Pow: "'**' is",
    nodes.Mod: "'%' is",
    nodes.FloorDiv: "'//' is",
    nodes.Dict: "{ } is",
    nodes.Slice: "[from:to] is",
}
_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")
_ENVIRONMENT = Environment(autoescape=True)


class ExpressionError(ValueError):
    """A condition that cannot be used; the text says why and what to write."""


def compile_condition(source: object, scope: Scope) -> Condition:
    """The compiled condition; None for `true`. ExpressionError in a marketer's words."""
    if source is True:
        return None
    if source is False:
        return ["const", False]
    if not isinstance(source, str) or not source.strip():
        raise ExpressionError(
            f"{shown(source)} is not a condition. Write for example 'customer.orders_count >= 1'."
        )
    if len(source) > LONGEST:
        raise ExpressionError(f"the condition has {len(source)} characters; {LONGEST} is the most.")
    try:
        return _Compiler(scope).compile(_parsed(source))
    except TemplateSyntaxError as error:
        raise ExpressionError(f"{shown(source)} is not a condition. {_habit(source, error)}") from error
    except RecursionError as error:
        raise ExpressionError("the condition is nested too deeply. Write it with fewer brackets.") from error


def bound(condition: Condition, shop: Mapping[str, Any]) -> Condition:
    """The condition with the names of the shop replaced by what they are in this release."""
    if not isinstance(condition, list):
        return condition
    if condition[:2] == ["get", ["name", "shop"]]:
        return ["const", shop[condition[2]]]
    return [bound(part, shop) for part in condition]


def _parsed(source: str) -> nodes.Expr:
    parser = Parser(_ENVIRONMENT, source, state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError("something follows the end of the condition", parser.stream.current.lineno)
    return expression


def _habit(source: str, error: TemplateSyntaxError) -> str:
    bare = _TEXTS.sub("''", source)
    remedy = next((remedy for sign, remedy in _HABITS if sign.search(bare)), None)
    return remedy or f"The parser says: {shortened(str(error.message)).rstrip('.')}."


def _refuse(text: str) -> NoReturn:
    raise ExpressionError(text)


class _Compiler:
    """One pass over the syntax tree."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._depth = 0
        self._known: Mapping[type[nodes.Expr], Callable[[Any], Condition]] = {
            nodes.Const: self._const,
            nodes.Name: self._whole,
            nodes.Getattr: self._attribute,
            nodes.Getitem: self._attribute,
            nodes.List: self._list,
            nodes.Tuple: self._list,
            nodes.Compare: self._compare,
            nodes.Not: lambda node: ["not", self.compile(node.node)],
            nodes.Neg: lambda node: ["negative", self.compile(node.node)],
            nodes.Concat: lambda node: ["~", [self.compile(each) for each in node.nodes]],
            nodes.Filter: self._filter,
            nodes.Test: self._test,
            **dict.fromkeys(_BINARY, self._binary),
        }

    def compile(self, node: nodes.Expr) -> Condition:
        known = self._known.get(type(node))
        if known is None:
            _refuse(f"{_KINDS.get(type(node), 'This')} not possible in a condition.")
        self._depth += 1
        if self._depth > _DEEPEST:
            _refuse("the condition is nested too deeply. Write it with fewer brackets.")
        compiled = known(node)
        self._depth -= 1
        return compiled

    def _const(self, node: nodes.Const) -> Condition:
        value = node.value
        if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST_NUMBER):
            _refuse("a number here is too large.")
        return ["const", value]

    def _list(self, node: nodes.List | nodes.Tuple) -> Condition:
        return ["list", [self.compile(item) for item in node.items]]

    def _binary(self, node: nodes.BinExpr) -> Condition:
        return [_BINARY[type(node)], self.compile(node.left), self.compile(node.right)]

    def _compare(self, node: nodes.Compare) -> Condition:
        operands = [[_SYMBOLS[operand.op], self.compile(operand.expr)] for operand in node.ops]
        return ["compare", self.compile(node.expr), operands]

    def _filter(self, node: nodes.Filter) -> Condition:
        if node.name not in _FILTERS:
            _refuse(f"the filter '{node.name}' is not possible in a condition.{known_are(_FILTERS)}")
        if node.node is None or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            _refuse(f"the filter '{node.name}' takes nothing in brackets.")
        return [node.name, self.compile(node.node)]

    def _test(self, node: nodes.Test) -> Condition:
        if node.name not in _TESTS:
            _refuse(f"'is {node.name}' is not possible here. Known are 'is none' and 'is defined'.")
        return [f"is {node.name}", self.compile(node.node)]

    def _whole(self, node: nodes.Name) -> NoReturn:
        self._object(node.name)
        example = _example(node.name, self._scope)
        _refuse(f"'{node.name}' alone says nothing. Name a part of it, such as '{example}'.")

    def _object(self, name: str) -> None:
        if name in self._scope:
            return
        if name == "event":
            _refuse("'event' is known in the trigger's 'if' only. Move this condition there.")
        owner = next((each for each, names in self._scope.items() if names and name in names), None)
        meant = f" Did you mean '{owner}.{name}'?" if owner else did_you_mean(name, self._scope)
        _refuse(f"there is no '{name}' here.{meant or f'{known_are(self._scope)} Text needs quotes.'}")

    def _attribute(self, node: nodes.Getattr | nodes.Getitem) -> Condition:
        path = self._path(node)
        names = self._scope[path[0]]
        if any(part.startswith("_") for part in path) or len(path) > _LONGEST_PATH:
            _refuse(f"'{'.'.join(path)}' is not a name that can be used here.")
        if names is not None:
            self._check(path, names)
        compiled: Condition = ["name", path[0]]
        for part in path[1:]:
            compiled = ["get", compiled, part]
        return compiled

    def _path(self, node: nodes.Expr) -> list[str]:
        if isinstance(node, nodes.Name):
            self._object(node.name)
            return [node.name]
        if isinstance(node, nodes.Getattr):
            return [*self._path(node.node), node.attr]
        if (
            isinstance(node, nodes.Getitem)
            and isinstance(node.arg, nodes.Const)
            and isinstance(node.arg.value, str)
        ):
            return [*self._path(node.node), node.arg.value]
        _refuse("parts are named with a dot, such as 'customer.country'.")

    def _check(self, path: list[str], names: Collection[str]) -> None:
        root, name, *parts = path
        if name not in names:
            near = did_you_mean(name, names).replace("'", f"'{root}.", 1)
            _refuse(f"there is no '{root}.{name}'.{near or known_are(sorted(names))}")
        if parts and (len(parts) > 1 or parts[0] not in _PARTS.get(name, ())):
            _refuse(f"'{root}.{name}' has no part '{'.'.join(parts)}'.")


def _example(name: str, scope: Scope) -> str:
    names = scope[name]
    return f"{name}.{'orders_count' if name == 'customer' else next(iter(names)) if names else 'product_id'}"
