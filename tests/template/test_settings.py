"""What the code reads from the environment, and what the template puts there, found by reading both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.desk.stack import Template
from infra.desk.template import TEMPLATE, load_template

FUNCTIONS = load_template().functions
CODE = TEMPLATE.parent / "functions"
BOOTSTRAP = CODE / "perennial" / "bootstrap.py"


@cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def settings_in(tree: ast.AST) -> set[str]:
    """Names given to `world.setting(...)`, or to the world's own `_queue(...)`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("setting", "_queue")
        if isinstance(call.args[0], ast.Constant)
    }


def ports() -> dict[str, ast.FunctionDef]:
    """The ports of the world in the cloud, by name."""
    (world,) = [each for each in parsed(BOOTSTRAP).body if getattr(each, "name", "") == "AwsWorld"]
    assert isinstance(world, ast.ClassDef)
    return {
        each.name: each for each in world.body if isinstance(each, ast.FunctionDef) and each.decorator_list
    }


def settings_of_port(name: str) -> set[str]:
    """What a port reads when it is made, by itself or by the ports it is made of."""
    body = ports()[name]
    used = {node.attr for node in ast.walk(body) if isinstance(node, ast.Attribute)} & ports().keys()
    return settings_in(body).union(*map(settings_of_port, used - {name}))


def ports_in(tree: ast.AST) -> set[str]:
    """Ports asked of something called `world` or `_world`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ports()
        if (getattr(node.value, "id", None) or getattr(node.value, "attr", "")) in ("world", "_world")
    }


def imported(tree: ast.AST) -> Iterator[Path]:
    """Files of ours that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            candidates = [CODE / f"{name.replace('.', '/')}.py" for name in names]
            yield from (path for path in candidates if path.exists())


def reached(module: str) -> set[Path]:
    """All our files behind a handler, except the ones that make the world."""
    found: set[Path] = set()
    left = [CODE / f"{module.replace('.', '/')}.py"]
    while left:
        path = left.pop()
        if path not in found and path != BOOTSTRAP:
            found.add(path)
            left += imported(parsed(path))
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_given_what_its_code_may_read(name: str) -> None:
    """On every path, also those that run once a year: its own settings, and those of the ports it asks for."""
    function = FUNCTIONS[name]
    trees = [parsed(path) for path in reached(function.module)]
    read = set().union(*map(settings_in, trees))
    for port in set().union(*map(ports_in, trees)):
        read |= settings_of_port(port)
    assert read - function.environment.keys() == set()


def test_nothing_is_given_in_vain(template: Template) -> None:
    """Every name of the template is read somewhere in the code, and every name in the code is in the template."""
    given = {name for each in template.functions.values() for name in each.environment}
    assert given == set().union(*(settings_in(parsed(path)) for path in CODE.rglob("*.py")))
