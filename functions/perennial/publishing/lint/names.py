"""Names, checked on the syntax tree: what nobody knows, what may be empty, and what cannot be printed as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes

from perennial.publishing.lint.reading import FRONT, Reading
from perennial.publishing.lint.scopes import ANY, LOOP, Known, Scope, Usage, names_for, one_of
from perennial.publishing.parsing import parsed
from perennial.publishing.problems import Problem
from perennial.publishing.template_files import Place
from perennial.rendering import schema


def check_names(source: str, part: str, place: Place, usage: Usage, *, is_partial: bool) -> Iterator[Problem]:
    """What is wrong with the names of one part. is_partial: whoever includes it may know more names."""
    tree = parsed(source)
    if tree is not None:
        checker = _Checker(part, place, usage)
        checker.all(tree.body, Scope(names_for(part, usage), is_partial))
        yield from checker.problems


def may_be_empty(path: str) -> str:
    """The words for a name without a default."""
    return f'{path} may be empty, and the message is not sent then. Write {{{{ {path}|default("there") }}}}.'


class _Checker(Reading):
    """Walks over statements."""

    def __init__(self, part: str, place: Place, usage: Usage) -> None:
        super().__init__(part, place, usage)
        self._statements: dict[type[nodes.Node], Callable[[Any, Scope], None]] = {
            nodes.Output: self._output,
            nodes.For: self._for,
            nodes.If: self._if,
            nodes.Assign: lambda node, scope: self._assign(node.target, self.value(node.node, scope), scope),
            nodes.AssignBlock: self._assign_block,
            nodes.With: self._with,
            nodes.Macro: self._macro,
            nodes.CallBlock: self._call_block,
            nodes.Block: lambda node, scope: self.all(node.body, scope.inside()),
            nodes.FilterBlock: lambda node, scope: self.all(node.body, scope.inside()),
            nodes.Import: lambda node, scope: scope.names.update({node.target: ANY}),
            nodes.FromImport: self._from_import,
        }

    def all(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        """A body, statement by statement."""
        for node in body:
            self._statements.get(type(node), _nothing)(node, scope)

    # Statements.

    def _output(self, node: nodes.Output, scope: Scope) -> None:
        for each in node.nodes:
            if not isinstance(each, nodes.TemplateData):
                self._printed(each, self.value(each, scope), scope)

    def _for(self, node: nodes.For, scope: Scope) -> None:
        each = one_of(self.value(node.iter, scope))
        inner = scope.inside(loop=Known("loop", LOOP))
        self._assign(node.target, each, inner)
        if node.test:
            self.value(node.test, inner)
        self.all(node.body, inner)
        self.all(node.else_, scope.inside())

    def _if(self, node: nodes.If, scope: Scope) -> None:
        self.value(node.test, scope)
        self.all(node.body, scope.guarding(self.guards(node.test, scope)))
        rest = scope.guarding(self.guards_of_else(node.test, scope))
        for other in node.elif_:
            self._if(other, rest)
        self.all(node.else_, rest)
        if _skips(node.body):  # whoever comes behind it has what was asked for
            scope.guarded = rest.guarded

    def _assign(self, target: nodes.Node, value: Known, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope.names[target.name] = value
        elif isinstance(target, nodes.Tuple):
            scope.names |= {each.name: ANY for each in target.items if isinstance(each, nodes.Name)}

    def _assign_block(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self.all(node.body, scope.inside())
        self._assign(node.target, ANY, scope)

    def _with(self, node: nodes.With, scope: Scope) -> None:
        inner = scope.inside()
        for target, value in zip(node.targets, node.values, strict=True):
            self._assign(target, self.value(value, scope), inner)
        self.all(node.body, inner)

    def _macro(self, node: nodes.Macro, scope: Scope) -> None:
        scope.names[node.name] = ANY
        own = {each.name: ANY for each in node.args}
        self.all(node.body, scope.inside(**own, caller=ANY, varargs=ANY, kwargs=ANY))

    def _call_block(self, node: nodes.CallBlock, scope: Scope) -> None:
        self.value(node.call, scope)
        self.all(node.body, scope.inside(**{each.name: ANY for each in node.args}))

    def _from_import(self, node: nodes.FromImport, scope: Scope) -> None:
        names = (each if isinstance(each, str) else each[1] for each in node.names)
        scope.names |= dict.fromkeys(names, ANY)

    # What is printed.

    def _printed(self, node: nodes.Node, known: Known, scope: Scope) -> None:
        if known.is_money:
            self.tell(node, f"{known.path} is a price. Write {{{{ {known.path}|money }}}}.", "not-printable")
        elif known.each or (known.fields is not None and known.path != "event"):
            what = "a list" if known.each else "a record"
            self.tell(
                node, f"{known.path} is {what}, which cannot be printed. Name a part of it.", "not-printable"
            )
        for path in self._empty_paths(node, scope):
            self.tell(node, may_be_empty(path), "empty-name", warning=self.part not in FRONT)

    def _empty_paths(self, node: nodes.Node, scope: Scope) -> Iterator[str]:
        """Paths that print nothing sensible when they are empty."""
        if isinstance(node, nodes.Filter):
            if node.name not in {"default", "length"} and node.node:
                yield from self._empty_paths(node.node, scope)
        elif isinstance(node, nodes.Concat):
            for each in node.nodes:
                yield from self._empty_paths(each, scope)
        elif isinstance(node, nodes.CondExpr):
            yield from self._empty_paths(node.expr1, scope.guarding(self.guards(node.test, scope)))
            if node.expr2:
                yield from self._empty_paths(
                    node.expr2, scope.guarding(self.guards_of_else(node.test, scope))
                )
        elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            path = self.path(node, scope)
            if path in self._nullable() and path not in scope.guarded:
                yield path

    def _nullable(self) -> frozenset[str]:
        return (schema.NULLABLE | self.usage.maybe) - self.usage.sure


def _skips(body: Iterable[nodes.Node]) -> bool:
    """Whether a body says that the message is not sent."""
    calls = (call for node in body if isinstance(node, nodes.Output) for call in node.nodes)
    return any(
        isinstance(call, nodes.Call) and isinstance(call.node, nodes.Name) and call.node.name == "skip"
        for call in calls
    )


def _nothing(node: nodes.Node, scope: Scope) -> None:
    """Text, includes, `extends`: no names in them that could be wrong."""
