"""The harness: every call of a flow goes wrong in every way, everything heals, and the truths are asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import NamedTuple

from tests.crash.flows import WENT_OUT, Flow
from tests.crash.lab import Lab
from tests.crash.truths import broken, ends
from tests.crash.wire import Fault, Kind, Meeting, Several, Tap, kinds, only_reads

HEALING = 20  # calls of the healing among which a second fault may strike
ANY_END = WENT_OUT  # it may strike a sender in any flow, or hold up a no that is on its way


class Point(NamedTuple):
    """allowed: how a message may end here. while_healing: the fault may strike then, too."""

    what: str
    tap: Tap
    allowed: frozenset[str]
    while_healing: bool = False


@dataclass
class Tally:
    """points: how many were tried; ends: how messages ended, and at which points; faults: every broken promise."""

    points: int = 0
    ends: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)


class Harness:
    """Tries one flow in a fresh lab. prompt: the provider's events come at once; else when all has long come to rest."""

    def __init__(self, lab: Lab, flow: Flow, *, prompt: bool = True) -> None:
        self._lab, self._flow, self._prompt = lab, flow, prompt
        flow.prepare(lab)
        self._start = lab.keep()
        self._undisturbed = Point("undisturbed", Fault(-1, Kind.BEFORE), flow.ends)
        self.calls = self._try(self._undisturbed, Tally())

    def every_point(self) -> Iterator[Point]:
        """Each call, each kind of fault that differs there."""
        for at, operation in enumerate(self.calls):
            for kind in kinds(operation):
                yield Point(f"{kind}: {operation} ({at})", Fault(at, kind), self._flow.ends)

    def every_write(self) -> Iterator[Point]:
        """The points that differ in what they leave stored: a stop before a call is one after the call before it."""
        for at, operation in enumerate(self.calls):
            if only_reads(operation):
                continue
            for kind in (Kind.AFTER, Kind.LOST, Kind.SILENT, Kind.UNREACHED):
                yield Point(f"{kind}: {operation} ({at})", Fault(at, kind), self._flow.ends)

    def every_meeting(self, *names: str) -> Iterator[Point]:
        """Before each call, each of the others, or those named, acts in a process of its own."""
        for name in names or self._flow.others:
            other = self._flow.others[name]
            for at, operation in enumerate(self.calls):
                meeting = Meeting(at, self._elsewhere(other.act))
                yield Point(f"{name} before {operation} ({at})", meeting, self._flow.ends | other.ends)

    def some_pairs(self, number: int, seed: int = 1) -> Iterator[Point]:
        """Two faults in a row, the second perhaps while the first is healing: a sample, the same each time."""
        random = Random(seed)
        for _ in range(number):
            first = random.randrange(len(self.calls))
            second = random.randrange(first + 1, len(self.calls) + HEALING)
            faults = [Fault(at, random.choice(list(Kind))) for at in (first, second)]
            what = " and ".join(f"{fault.kind} ({fault.at})" for fault in faults)
            yield Point(what, Several(faults), self._flow.ends | ANY_END, while_healing=True)

    def run(self, points: Iterable[Point], until: str | None = None) -> Tally:
        """Try them, first of all undisturbed; `until`: enough is known when a broken promise says this."""
        tally = Tally()
        for point in (self._undisturbed, *points):
            self._try(point, tally)
            if until and any(re.search(until, fault) for fault in tally.faults):
                break
        return tally

    def _try(self, point: Point, tally: Tally) -> list[str]:
        lab = self._lab
        lab.back_to(self._start)
        lab.send_events = self._prompt
        with lab.wire.tapped(point.tap) as calls:
            self._flow.act(lab)
            if point.while_healing:
                _heal(lab)
        tally.points += 1
        faults = list(self._after_healing(point.allowed))
        for end in ends(lab):
            tally.ends[end].append(point.what)
        if self._flow.again:
            faults += [f"{each}, a day later" for each in self._a_day_later(point.allowed)]
        tally.faults += [f"{self._flow.name}, {point.what}: {fault}" for fault in faults]
        return list(calls)

    def _after_healing(self, allowed: frozenset[str]) -> Iterator[str]:
        is_healed = _heal(self._lab)
        if self._flow.later:
            self._flow.later(self._lab)
            is_healed = _heal(self._lab)
        if not is_healed:
            yield "it never comes to rest"
        yield from (self._flow.broken or broken)(self._lab, allowed)

    def _a_day_later(self, allowed: frozenset[str]) -> Iterator[str]:
        """Every queue delivers once more all it ever had, and the provider's events come at last."""
        self._lab.seen.now += timedelta(days=1)
        self._lab.send_events = True
        self._lab.deliver(again=True)
        return self._after_healing(allowed)

    def _elsewhere(self, act: Callable[[Lab], None]) -> Callable[[], None]:
        def other() -> None:
            with self._lab.elsewhere():
                act(self._lab)

        return other


def _heal(lab: Lab) -> bool:
    """Senders try again, queues deliver again, time passes. False when it never comes to rest."""
    lab.ask_again()
    return lab.rest()
