"""What the expressions of a template say, by their syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import nodes

from perennial.publishing.lint.scopes import ANY, Known, Scope, Usage, below, one_of
from perennial.publishing.problems import Problem, nearest
from perennial.publishing.template_files import Place
from perennial.rendering import schema
from perennial.rendering.filters import FILTERS

FRONT = ("subject", "preheader")
_METHODS = {"strip": "trim", "title": "capitalize", "len": "length", "size": "length"}


class Reading:
    """Reads expressions of one part of a template; keeps what is wrong with their names in `problems`."""

    def __init__(self, part: str, place: Place, usage: Usage) -> None:
        self.part, self.usage = part, usage
        self._place = place
        self.problems: list[Problem] = []
        self._read: dict[type, Callable[[Any, Scope], Known]] = {
            nodes.Name: self._name,
            nodes.Getattr: lambda node, scope: self._field(node, node.node, node.attr, scope),
            nodes.Getitem: self._item,
            nodes.Filter: self._filter,
            nodes.Call: self._call,
            nodes.CondExpr: self._either,
        }

    def value(self, node: nodes.Node | None, scope: Scope) -> Known:
        """What the value is, as far as it can be known; tells what is wrong with it."""
        read = self._read.get(type(node))
        if read:
            return read(node, scope)
        for child in node.iter_child_nodes() if node else ():
            self.value(child.expr if isinstance(child, nodes.Operand) else child, scope)
        return ANY

    def _either(self, node: nodes.CondExpr, scope: Scope) -> Known:
        self.value(node.test, scope)
        first = self.value(node.expr1, scope.guarding(self.guards(node.test, scope)))
        self.value(node.expr2, scope.guarding(self.guards_of_else(node.test, scope)))
        return first if first.each else ANY

    def _name(self, node: nodes.Name, scope: Scope) -> Known:
        if node.name not in scope.names and node.name not in {"self", "super", "caller"}:
            self._unknown_name(node, scope)
            return ANY
        if node.name == "confirm_url" and self.usage.kinds - {"opt_in"}:
            text = "confirm_url is known in campaigns of the kind opt_in only. Write preferences_url."
            self.tell(node, text, "unknown-name")
        return scope.names.get(node.name, ANY)

    def _unknown_name(self, node: nodes.Name, scope: Scope) -> None:
        owner = next((name for name, fields in schema.FIELDS.items() if node.name in fields), None)
        near = nearest(node.name, scope.names)
        if scope.is_partial and not owner and not near:
            return  # whoever includes it may well know it
        if owner:
            hint = f"Did you mean {owner}.{node.name}?"
        elif near:
            hint = f"Did you mean {near}?"
        else:
            hint = 'Text needs quotes: "...". docs/templates.md lists the names.'
        if not scope.is_partial or near or owner:
            self.tell(node, f"there is no {node.name} here. {hint}", "unknown-name", warning=scope.is_partial)

    def _field(self, node: nodes.Expr, owner: nodes.Expr, name: str, scope: Scope) -> Known:
        known = self.value(owner, scope)
        if known.each:
            text = f"{known.path} is a list. Write ({known.path}|first).{name}, or a loop: {{% for item in {known.path} %}}."
            self.tell(node, text, "unknown-name")
            return ANY
        if known.fields is not None and name not in known.fields:
            self._unknown_field(node, known, name)
            return ANY
        if not known.path:
            return ANY
        return below(known, name)

    def _unknown_field(self, node: nodes.Expr, known: Known, name: str) -> None:
        near = nearest(name, known.fields or ())
        if near:
            hint = f"Did you mean {known.path}.{near}?"
        elif known.path == "event":
            kinds = ", ".join(sorted(self.usage.kinds))
            hint = f"The trigger ({kinds}) knows {', '.join(sorted(known.fields or ()))}."
        else:
            hint = f"Known are {', '.join(known.fields or ())}."
        self.tell(node, f"there is no {known.path}.{name}. {hint}", "unknown-name")

    def _item(self, node: nodes.Getitem, scope: Scope) -> Known:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._field(node, node.node, node.arg.value, scope)
        known = self.value(node.node, scope)
        self.value(node.arg, scope)
        return one_of(known)

    def _filter(self, node: nodes.Filter, scope: Scope) -> Known:
        known = self.value(node.node, scope)
        for each in (*node.args, *(pair.value for pair in node.kwargs)):
            self.value(each, scope)
        if node.name in {"first", "last"}:
            return one_of(known)
        return known if node.name == "default" and known.each else ANY

    def _call(self, node: nodes.Call, scope: Scope) -> Known:
        for each in (*node.args, *(pair.value for pair in node.kwargs)):
            self.value(each, scope)
        if isinstance(node.node, nodes.Getattr) and not self._is_macro(node.node, scope):
            self._method(node, node.node)
            return ANY
        called = node.node.name if isinstance(node.node, nodes.Name) else ""
        if called == "product":
            if len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
                self.tell(node, 'write the product\'s id out, in quotes: product("4711").', "product-id")
            return Known("item", schema.ITEM)
        self.value(node.node, scope)
        return ANY

    def _is_macro(self, node: nodes.Getattr, scope: Scope) -> bool:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        return owner in {"loop", "self"} or (owner in scope.names and scope.names[owner] == ANY)

    def _method(self, node: nodes.Call, called: nodes.Getattr) -> None:
        name = _METHODS.get(called.attr, called.attr)
        remedy = f"Write |{name}." if name in FILTERS else "Write a filter instead, such as |upper."
        self.tell(node, f"texts and lists have no .{called.attr}() here. {remedy}", "unknown-name")

    def path(self, node: nodes.Node, scope: Scope) -> str:
        """The path of what is named, without telling what is wrong with it a second time."""
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem | nodes.Filter):
            before = len(self.problems)
            known = self.value(node, scope)
            del self.problems[before:]
            return known.path
        return ""

    def guards(self, test: nodes.Node, scope: Scope) -> Iterator[str]:
        """Paths that are not empty where this holds."""
        if isinstance(test, nodes.And):
            yield from self.guards(test.left, scope)
            yield from self.guards(test.right, scope)
        elif isinstance(test, nodes.Not):
            yield from self.guards_of_else(test.node, scope)
        elif isinstance(test, nodes.Compare):
            yield from self.guards(test.expr, scope)
        elif path := self.path(test, scope):
            yield path
            yield from (f"{path}.{field}" for field in schema.FIELDS.get(path, ()) if path in schema.OBJECTS)

    def guards_of_else(self, test: nodes.Node, scope: Scope) -> Iterator[str]:
        """Paths that are not empty where it does not hold."""
        if isinstance(test, nodes.Not):
            yield from self.guards(test.node, scope)
        elif isinstance(test, nodes.Or):
            yield from self.guards_of_else(test.left, scope)
            yield from self.guards_of_else(test.right, scope)
        elif isinstance(test, nodes.Test) and test.name in {"none", "undefined"}:
            yield from self.guards(test.node, scope)

    def tell(self, node: nodes.Node, text: str, rule: str, *, warning: bool = False) -> None:
        """Keep a problem, at the line of a node."""
        key = self.part if self.part in FRONT else ""
        self.problems.append(Problem(*self._place.at(node.lineno), key, text, rule, warning))
