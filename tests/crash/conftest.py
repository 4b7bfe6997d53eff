"""One lab for the tests of a module, since making clients is slow; and at the end, how much was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace

import pytest
from botocore.useragent import UserAgentString
from moto.core import responses

from tests.crash.lab import Lab
from tests.crash.points import Tally
from tests.crash.summary import NOTE, pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
Note = Callable[[Tally], None]


@pytest.fixture(scope="module")
def one_lab() -> Iterator[Lab]:
    """The SDK's pauses are left out, and two things that it and moto work out anew for each of some 40,000 calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
        patch.setattr(UserAgentString, "to_string", lambda _: "crash-harness")
        patch.setattr(responses, "method_names_from_class", cache(responses.method_names_from_class))
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
        record_property(NOTE, {"points": tally.points, "ends": ends})

    return note
