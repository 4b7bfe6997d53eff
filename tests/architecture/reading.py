"""Reads the functions' source as trees: which module imports which, and what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FUNCTIONS = Path(__file__).parents[2] / "functions"


@dataclass(frozen=True)
class Module:
    """One module. `name`: as it is imported."""

    name: str
    tree: ast.Module

    @property
    def folder(self) -> str:
        """Its top-level name: perennial, or the folder of a handler."""
        return self.name.partition(".")[0]

    def imports(self) -> set[str]:
        """What is imported at run time, also inside functions. `from a import b` may mean `a.b`, so both are here."""
        found: set[str] = set()
        for node in _at_run_time(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return found

    def names(self) -> set[str]:
        """Every name and dotted path of two names that it mentions: `print`, `os.environ`."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add(f"{node.value.id}.{node.attr}")
        return found


def module_of(name: str, source: str) -> Module:
    """A module from its text."""
    return Module(name, ast.parse(source))


@cache
def modules() -> Mapping[str, Module]:
    """All modules below functions/, by name."""
    found = {_name(path): path for path in sorted(FUNCTIONS.rglob("*.py"))}
    return {name: module_of(name, path.read_text(encoding="utf-8")) for name, path in found.items()}


def reached_from(name: str, among: Mapping[str, Module]) -> set[str]:
    """The module and all of ours that it imports, directly or by way of others."""
    waiting, reached = [name], set[str]()
    while waiting:
        current = waiting.pop()
        if current in among and current not in reached:
            reached.add(current)
            waiting += among[current].imports()
    return reached


def _name(path: Path) -> str:
    parts = path.relative_to(FUNCTIONS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node outside `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _at_run_time(node)
