"""A desk over a small stack of its own, so that what is tested is the desk and not the shop's functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.desk.desk import Desk
from tests.desk import sweeper, worker

START = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def one_desk() -> Iterator[Desk]:
    """One for all tests of a module: making clients is slow, emptying is not."""
    with Desk(content=None, template=Path(__file__).with_name("stack.yaml"), start=START) as desk:
        yield desk


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    """Empty, at START."""
    one_desk.reset()
    one_desk.lose_send_events = False
    worker.seen.clear()
    sweeper.runs.clear()
    return one_desk
