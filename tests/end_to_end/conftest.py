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
def storefront(running_desk: Desk) -> Iterator[Storefront]:
    """An empty shop, in which no function did what its role does not allow."""
    running_desk.reset()
    yield Storefront(running_desk)
    assert running_desk.permissions.missing == []
