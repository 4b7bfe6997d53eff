"""The language of templates: Jinja, cut down to what a message needs, with every amount of work bounded.

What is allowed is listed and nothing else exists: the names handed in, `skip`, the filters and tests of `rendering.filters`,
plain loops, blocks, macros, includes. A mapping has fields and no methods. A field that is known but empty (null, "")
counts as false and goes through `default`; printing it skips the message, so that nobody reads "Hi None".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import FunctionLoader, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError, TemplateAssertionError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from perennial.rendering.filters import FILTERS, TESTS
from perennial.rendering.values import Empty, Fields, Gone, Items, Missing, printed, product, skip, work

_ANYTHING = "event.details."  # whatever the shop sent with an event: what is not there is empty
_NOTHING: Any = object()
_LARGEST_NUMBER = 10**12
_OF_LOOPS = frozenset(
    "index index0 revindex revindex0 first last length previtem nextitem depth depth0".split()
)
_LONE_TAGS = re.compile(
    r"^[ \t]*((?:(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})[ \t]*)+)(?<!-[%#]\})\n", re.MULTILINE | re.DOTALL
)
_BETWEEN = re.compile(r"(?<=[%#]\})[ \t]+")
_RAW = re.compile(r"\{%[-+]?\s*raw\b")
_WITHOUT_ATTRIBUTES = (str, int, float, date, list, tuple)


def translations(name: str, language: str) -> list[str]:
    """Where a template is looked for, for a language such as "pt-br": "a.pt-br", "a.pt", "a"."""
    suffixes = dict.fromkeys((language, language.partition("-")[0])) if language else {}
    return [*(f"{name}.{suffix}" for suffix in suffixes), name]


class _CodeGenerator(CodeGenerator):
    """Nothing is worked out when a template is compiled: a date is written in the language of who gets the message.

    Sends `a ~ b` through `call_binop`, as the other operators are: doubled texts soon fill a memory.
    """

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.call_binop(context, '~', " * (len(node.nodes) - 1))
        self.visit(node.nodes[0], frame)
        for part in node.nodes[1:]:
            self.write(", ")
            self.visit(part, frame)
            self.write(")")


class Language(ImmutableSandboxedEnvironment):
    """Jinja's hooks, overridden; `Templates` is the public face."""

    code_generator_class = _CodeGenerator
    is_there: Callable[[str], bool]  # whether there is a part of this name
    paths: dict[tuple[str, str], str]  # what was found where: a release does not change
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**", "~"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a mapping; an attribute only of Jinja's own objects (`loop`, macros, imported partials)."""
        if type(obj) is Fields and (value := obj.get(attribute)) and type(value) is not dict:
            return value
        if type(obj) is LoopContext and attribute in _OF_LOOPS:
            return getattr(obj, attribute)
        if isinstance(obj, Mapping):
            return _field(obj, attribute)
        if isinstance(obj, _WITHOUT_ATTRIBUTES):
            return Missing(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A field of a mapping by its name, an element of a list by its position."""
        if isinstance(obj, Mapping):
            return _field(obj, argument)
        if isinstance(obj, Items) and not obj:
            return Gone()
        if (
            isinstance(obj, list | tuple | str)
            and isinstance(argument, int)
            and -len(obj) <= argument < len(obj)
        ):
            return obj[argument]
        return str(obj) if isinstance(obj, Undefined) else Missing(obj=obj, name=argument)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Macros and blocks are paid for by the call, and what they print once more."""
        work.get().spend()
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Texts are joined and paid for, ordinary numbers computed; nothing else."""
        if operator == "~":
            return _joined(left, right)
        if operator == "**" or not all(_ordinary(side) for side in (left, right)):
            raise SecurityError(f"'{operator}' works on ordinary numbers only; texts are joined with '~'")
        return super().call_binop(context, operator, left, right)

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """Includes are paid for too: partials that include each other double the work at each step."""
        if current := work.get(None):
            current.spend()
        return super().get_template(*args, **kwargs)

    def join_path(self, template: str, parent: str) -> str:
        """What a template builds on: in its own edition, and in its own language where that is there."""
        found = self.paths.get((template, parent))
        if found is None:
            found = self.paths[template, parent] = self._nearest(template, parent)
        return found

    def _nearest(self, template: str, parent: str) -> str:
        inside, _, _ = parent.rpartition(".")
        inside, at, edition = inside.partition("@")
        stem, _, part = template.rpartition(".")
        names = (f"{each}{at}{edition}.{part}" for each in translations(stem, inside.partition(".")[2]))
        return next(filter(self.is_there, names), template)

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, *args: Any) -> Any:
        """Once for all releases: most templates of the next one are those of the last."""
        if args or not isinstance(source, str):
            return super().compile(source, name, filename, *args)
        return compiled(source, name, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(_without_lone_lines(source), name, filename)
        for switch in tree.find_all(nodes.EvalContextModifier):
            raise TemplateAssertionError("escaping cannot be switched off", switch.lineno, name, filename)
        for loop in tree.find_all(nodes.For):
            _count_turns(loop)
        return tree


@lru_cache(maxsize=1024)
def compiled(source: str, name: str | None, filename: str | None) -> Any:
    """The code of a part; jinja2.TemplateError with its line when it is not well-formed or uses what is not allowed."""
    fresh = environment(FunctionLoader(lambda _: None))
    return ImmutableSandboxedEnvironment.compile(fresh, source, name, filename)


def _without_lone_lines(source: str) -> str:
    """A line of nothing but tags leaves no blank line behind; Jinja's own `trim_blocks` would glue words together as well.

    The newline moves into a comment, so that errors still name the right line.
    """
    if _RAW.search(source):
        return source
    return _LONE_TAGS.sub(lambda line: _BETWEEN.sub("", line[1]) + "{#\n#}", source)


def _count_turns(loop: nodes.For) -> None:
    size = sum(len(text.data) for text in loop.find_all(nodes.TemplateData))
    loop.iter = nodes.Filter(loop.iter, "counted", [nodes.Const(size)], [], None, None, lineno=loop.lineno)


def _field(obj: Mapping[str, Any], name: Any) -> Any:
    value = obj.get(name, _NOTHING)
    if value is _NOTHING or value is None or value == "" or type(value) is dict:
        path = f"{obj.path}.{name}" if isinstance(obj, Fields) else str(name)
        if type(value) is dict:
            return Fields(path, value)
        is_empty = value is not _NOTHING or path.startswith(_ANYTHING)
        return Empty(name=path) if is_empty else Missing(name=path)
    return value


def _joined(left: Any, right: Any) -> Any:
    joined = _text(left) + _text(right)
    work.get().spend(len(joined))
    return joined


def _text(value: Any) -> str:
    value = printed(value)
    return value if isinstance(value, str) else str(value)


def _ordinary(side: Any) -> bool:
    return isinstance(side, int | float) and abs(side) < _LARGEST_NUMBER


def environment(loader: FunctionLoader) -> Language:
    """Jinja with this language and nothing else."""
    made = Language(
        loader=loader,
        undefined=Missing,
        autoescape=lambda name: bool(name) and str(name).endswith(".html"),
        finalize=printed,
        cache_size=-1,
        auto_reload=False,
        optimized=False,
    )
    made.paths = {}
    made.globals = {"skip": skip, "product": product}
    made.filters = dict(FILTERS)
    made.tests = dict(TESTS)
    return made
