"""Jinja's own reading of a source, once for all who ask: most files stay as they are between two saves."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

KEPT = 1024  # sources whose reading is remembered
_PARSER = Environment(autoescape=True)


class Said(NamedTuple):
    """What a source refers to. references: Jinja names of parts, None for one that is computed. products: literal ids."""

    references: frozenset[str | None]
    names: frozenset[str]
    products: frozenset[str]


@lru_cache(maxsize=KEPT)
def parsed(source: str) -> nodes.Template | None:
    """The syntax tree, which nobody changes; None for what cannot be read."""
    try:
        return _PARSER.parse(source)
    except (TemplateSyntaxError, RecursionError):
        return None


@lru_cache(maxsize=KEPT)
def said(source: str) -> Said:
    """What the source refers to; nothing where it cannot be read."""
    tree = parsed(source)
    if tree is None:
        return Said(frozenset(), frozenset(), frozenset())
    calls = (each for each in tree.find_all(nodes.Call) if each.args and isinstance(each.node, nodes.Name))
    ids = (each.args[0] for each in calls if getattr(each.node, "name", "") == "product")
    return Said(
        frozenset(meta.find_referenced_templates(tree)),
        frozenset(each.name for each in tree.find_all(nodes.Name)),
        frozenset(str(each.value) for each in ids if isinstance(each, nodes.Const)),
    )
