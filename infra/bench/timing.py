"""CPU time of several works, taken in turns, so that a busy minute of the machine falls on all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any


@dataclass(frozen=True, slots=True)
class Timed:
    """units: what one `run` does so many times. taken_off: a running total of seconds that do not count."""

    run: Callable[[], None]
    units: int
    prepare: Callable[[], None] = lambda: None
    taken_off: Callable[[], float] = lambda: 0.0

    def seconds(self) -> float:
        """CPU of one unit, once."""
        self.prepare()
        off, began = self.taken_off(), process_time()
        self.run()
        return (process_time() - began - (self.taken_off() - off)) / self.units


def in_turns(works: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Seconds of a unit by work, one for each round; a first round warms up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for each in range(rounds + 1):
        for name, work in works.items():
            taken = work.seconds()
            if each:
                seconds[name].append(taken)
    return seconds


def microseconds(seconds: Sequence[float]) -> float:
    """The median."""
    return round(median(seconds) * 1e6, 1)


def ratios(these: Sequence[float], to: Sequence[float]) -> float:
    """The median of the ratios of each round."""
    return round(median(one / other for one, other in zip(these, to, strict=True)), 2)


def spread(values: Sequence[float], digits: int = 3) -> dict[str, Any]:
    """Least, quartiles and most."""
    ordered = sorted(values)
    places = {"least": 0.0, "lower": 0.25, "median": 0.5, "upper": 0.75, "most": 1.0}
    return {name: round(ordered[round(place * (len(ordered) - 1))], digits) for name, place in places.items()}
