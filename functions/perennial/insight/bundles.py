"""Bundles: products that go together, from `bundles.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bundle:
    """title: as customers read it. products: ids, in the order of the file."""

    name: str
    title: str
    products: tuple[str, ...]


def bundles_from(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Bundle]:
    """The bundles of a release, by name, in the order of the file."""
    return {name: Bundle(name, each["title"], tuple(each["products"])) for name, each in data.items()}
