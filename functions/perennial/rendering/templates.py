"""The templates of a release: compiled when first asked for, rendered within bounds, and what is wrong told by its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import FunctionLoader, Template, TemplateError, TemplateNotFound
from jinja2.exceptions import TemplateSyntaxError

from perennial.rendering.language import compiled, environment
from perennial.rendering.values import LARGEST_PART, SkipMessage

__all__ = ["SkipMessage", "Templates"]

_FILE = "template:"
_FAILURES = (TemplateError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError)


class Templates:
    """All templates of one release. Each part is compiled when first asked for, and once.

    sources: name -> part -> Jinja source. Jinja's own name of a part is "name.part" ("partials/layout.html"); the text
    part may also be called "name.txt", as its file is. Only html parts are escaped.
    """

    def __init__(self, sources: Mapping[str, Mapping[str, str]]) -> None:
        self._sources = sources
        self._environment = environment(FunctionLoader(self._load))
        self._environment.is_there = lambda name: self._source(name) is not None

    def parts(self, name: str) -> Mapping[str, str]:
        """Sources of a template by part; SkipMessage when there is no such template."""
        if name not in self._sources:
            raise SkipMessage(f"unknown_template:{name}")
        return self._sources[name]

    def compile(self, name: str, part: str) -> Template:
        """The compiled part; jinja2.TemplateError with its line when it is not well-formed or uses what is not allowed."""
        return self._environment.get_template(f"{name}.{part}")

    def render(self, name: str, part: str, names: Mapping[str, Any]) -> str:
        """The text of one part, inside `rendering_for`; SkipMessage with the reason when it cannot or may not be written."""
        if part not in self.parts(name):
            raise SkipMessage(f"unknown_template:{name}.{part}")
        try:
            return self._written(self.compile(name, part), names)
        except SkipMessage as skipped:
            skipped.where = skipped.where or _where(skipped)
            raise
        except _FAILURES as error:
            skip = SkipMessage(f"template_error:{name}.{part}: {_told(error)}")
            skip.where = _where(error)
            raise skip from error

    def _written(self, template: Template, names: Mapping[str, Any]) -> str:
        """As `Template.render`, with the output counted while it is generated."""
        try:
            return _bounded(template.root_render_func(template.new_context(dict(names))))
        except Exception:  # noqa: BLE001 - rewritten to name the template's line, and raised again
            self._environment.handle_exception()

    def _source(self, jinja_name: str) -> str | None:
        name, _, part = jinja_name.rpartition(".")
        return self._sources.get(name, {}).get("text" if part == "txt" else part)

    def _load(self, jinja_name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """Under its own name as that of a file, so that errors tell where they happened."""
        source = self._source(jinja_name)
        return None if source is None else (source, f"{_FILE}{jinja_name}", lambda: True)


def check(source: str, name: str) -> None:
    """As `Templates.compile`, without making anything that could be rendered; what is rendered later is compiled by then."""
    compiled(source, name, f"{_FILE}{name}")


def _bounded(chunks: Iterable[str]) -> str:
    written, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_PART:
            raise SkipMessage("template_too_large")
        written.append(chunk)
    return "".join(written)


def _where(error: BaseException) -> tuple[str, int] | None:
    """The innermost template that the error passed through."""
    if isinstance(error, TemplateSyntaxError) and error.name:
        return error.name, error.lineno
    found, trace = None, error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(_FILE):
            found = (file.removeprefix(_FILE), trace.tb_lineno)
        trace = trace.tb_next
    return found


def _told(error: Exception) -> str:
    """The error in a marketer's words; only Jinja's own texts, since others may quote personal data."""
    if isinstance(error, TemplateNotFound):
        return f"it includes {error.name}, which does not exist"
    if isinstance(error, TemplateSyntaxError):
        return f"line {error.lineno}: {error.message}"[:200]
    return str(error)[:200] if isinstance(error, TemplateError) else type(error).__name__
