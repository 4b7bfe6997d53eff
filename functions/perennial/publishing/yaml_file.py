"""A strict reading of YAML: marketers mean what they write.

Plain YAML takes NO for false, 21:30 for 1290 and 0123 for 83. Only null, true, false, plain whole numbers and plain
decimals are anything but text. Duplicate keys, aliases and tags are refused, and every value keeps its line for the
messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from perennial.publishing.problems import Path, Problem, dotted

LARGEST = 64 * 1024
_DEEPEST = 20
_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"(?:null)?\Z")
_BOOL = re.compile(r"(?:true|false)\Z")
_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z")
_SCALARS: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    f"{_TAG}null": (_NULL, lambda text: None),
    f"{_TAG}bool": (_BOOL, lambda text: text == "true"),
    f"{_TAG}int": (_INT, int),
    f"{_TAG}float": (_DECIMAL, float),
    f"{_TAG}str": (re.compile(""), str),
}
_REMEDIES = (
    ("found character '\\t'", "there is a tab here. Indent with spaces."),
    ("mapping values are not allowed", "a colon stands where none can. Quote the text, or indent anew."),
    ("could not find expected ':'", "this line is not 'key: value'. Check the colon and the indentation."),
    ("expected <block end>", "the indentation does not match the lines above, or a quote is not closed."),
    ("while scanning a quoted scalar", "a quote is opened and not closed."),
    ("expected ',' or", "a bracket is opened and not closed, or a comma is missing."),
    ("found character '%'", "text that begins with % needs quotes."),
    ("found character '@'", "text that begins with @ needs quotes."),
    ("found character '`'", "text that begins with ` needs quotes."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file as read. data: None when it could not be. lines: where each path stands, counted from 1."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: Path, text: str) -> Problem:
        """A problem at a path; a key that is not there is reported at the nearest one around it."""
        around = path
        while around and around not in self.lines:
            around = around[:-1]
        return Problem(self.name, self.lines.get(around, 1), dotted(path), text)


class _Refused(yaml.MarkedYAMLError):
    """A construction we do not read."""


class _Loader(yaml.SafeLoader):
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise _Refused(
                problem="aliases (*name) are not read here: write the value out", problem_mark=mark
            )
        if self._depth >= _DEEPEST:
            raise _Refused(problem="this is nested too deeply", problem_mark=mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(f"{_TAG}null", _NULL, ["n", ""])
_Loader.add_implicit_resolver(f"{_TAG}bool", _BOOL, ["t", "f"])
_Loader.add_implicit_resolver(f"{_TAG}int", _INT, list("-0123456789"))
_Loader.add_implicit_resolver(f"{_TAG}float", _DECIMAL, list("-0123456789"))


def read_yaml(name: str, source: bytes) -> YamlFile:
    """Read a file of keys; what is wrong with it stands in `problems`."""
    try:
        text = _text(source)
        root = _Loader(text).get_single_node()
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        return _unreadable(name, line, "this is not UTF-8 text. Save the file as UTF-8.")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _unreadable(name, line, "a character here cannot be read. Delete it.")
    except yaml.MarkedYAMLError as error:
        return _unreadable(name, _line(error), _remedy(error))
    except ValueError as error:
        return _unreadable(name, 0, str(error))
    file = YamlFile(name)
    if not isinstance(root, yaml.MappingNode):
        return _unreadable(name, 1, "this file must begin with a key, such as 'name: ...'.")
    return YamlFile(name, _mapping(file, root, ()), file.lines, file.problems)


def _text(source: bytes) -> str:
    if len(source) > LARGEST:
        raise ValueError(f"the file has {len(source)} bytes; {LARGEST} is the most.")
    return source.decode("utf-8-sig")


def _unreadable(name: str, line: int, text: str) -> YamlFile:
    return YamlFile(name, problems=[Problem(name, line, "", text)])


def _line(error: yaml.MarkedYAMLError) -> int:
    """Where to look: for what is left open, its beginning."""
    left_open = (error.context or "").startswith(("while scanning a quoted", "while parsing a flow"))
    marks = (
        (error.context_mark, error.problem_mark) if left_open else (error.problem_mark, error.context_mark)
    )
    return next((mark.line + 1 for mark in marks if mark), 1)


def _remedy(error: yaml.MarkedYAMLError) -> str:
    if isinstance(error, _Refused):
        return f"{error.problem}."
    said = f"{error.context}: {error.problem}"
    return next((remedy for sign, remedy in _REMEDIES if sign in said), f"this is not YAML: {error.problem}.")


def _value(file: YamlFile, node: yaml.Node, path: Path) -> Any:
    file.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(file, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(file, item, (*path, index)) for index, item in enumerate(node.value)]
    return _scalar(file, node, path)


def _mapping(file: YamlFile, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            text = "a key must be plain text. Write conditions without {{ }}."
            file.problems.append(Problem(file.name, line, dotted(path), text))
            continue
        inner = (*path, key.value)
        if key.value in found:
            text = f"this key stands twice, first on line {file.lines[inner]}. Keep one of them."
            file.problems.append(Problem(file.name, line, dotted(inner), text))
            continue
        file.lines[inner] = line
        found[key.value] = _value(file, value, inner)
    return found


def _scalar(file: YamlFile, node: yaml.Node, path: Path) -> Any:
    known = _SCALARS.get(node.tag)
    if known is None or not known[0].match(node.value):
        text = f"the tag {node.tag.replace(_TAG, '!!')} is not read here. Delete it."
        file.problems.append(file.problem(path, text))
        return None
    return known[1](node.value)
