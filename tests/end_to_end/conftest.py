"""One desk for each module: a whole stack in this process, emptied before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.desk.desk import Desk
from tests.end_to_end.storefront import Storefront


@pytest.fixture(scope="module")
def running_desk() -> Iterator[Desk]:
    """The stack of template.yaml with the shipped content."""
    with Desk() as desk:
        yield desk


@pytest.fixture
def storefront(running_desk: Desk) -> Storefront:
    """An empty shop."""
    running_desk.reset()
    return Storefront(running_desk)
