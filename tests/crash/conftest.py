"""One lab for the tests of a module, since making clients is slow; and a way to tell how much was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.crash.lab import Lab
from tests.crash.points import Tally
from tests.crash.quick import take_short_way
from tests.crash.summary import NOTE

Note = Callable[[Tally], None]


@pytest.fixture(scope="module")
def one_lab() -> Iterator[Lab]:
    """The SDK's pauses between its attempts are left out, and what it tells of itself: an eighth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
        patch.setattr("botocore.useragent.UserAgentString.to_string", lambda _: "crash harness")
        take_short_way(patch)
        lab = Lab()
        yield lab
        lab.close()


@pytest.fixture
def lab(one_lab: Lab) -> Lab:
    """Nothing has happened in it yet."""
    one_lab.reset()
    return one_lab


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Hands a tally to the summary, also from another process."""

    def note(tally: Tally) -> None:
        ends = {end: len(points) for end, points in tally.ends.items()}
        record_property(NOTE, {"points": tally.points, "faults": len(tally.faults), "ends": ends})

    return note
