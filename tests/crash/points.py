"""The harness: every call of a flow goes wrong in every way, everything heals, and the truths are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from perennial.outbox import Status
from tests.crash.flows import Flow
from tests.crash.lab import Lab
from tests.crash.truths import broken, ends
from tests.crash.wire import Fault, Kind, Meeting, Several, Tap

NEVER = Fault(-1, Kind.BEFORE)
PAIRS = frozenset({Status.UNCONFIRMED})  # the second fault may strike a sender in any flow


@dataclass
class Tally:
    """points: how many were tried; ends: how the messages ended there; faults: every broken promise, with its point."""

    points: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Harness:
    """Tries one flow. send_events: whether the provider's events arrive while things heal."""

    def __init__(self, lab: Lab, flow: Flow, *, send_events: bool = True) -> None:
        self._lab, self._flow, self._send_events = lab, flow, send_events
        self.tally = Tally()
        lab.reset()
        flow.prepare(lab)
        self._start = lab.keep()
        self.calls = self._run(NEVER, "undisturbed", self._flow.ends)

    def every_point(self) -> Tally:
        """Each call, each kind of fault."""
        for at, operation in enumerate(self.calls):
            for kind in Kind:
                self._run(Fault(at, kind), f"{kind}: {operation} ({at})", self._flow.ends)
        return self.tally

    def every_meeting(self) -> Tally:
        """Before each call, each of the others acts in a process of its own."""
        for name, other in self._flow.others.items():
            for at, operation in enumerate(self.calls):
                meeting = Meeting(at, self._elsewhere(other.act))
                self._run(meeting, f"{name} before {operation} ({at})", self._flow.ends | other.ends)
        return self.tally

    def some_pairs(self, number: int, seed: int = 1) -> Tally:
        """Two faults in a row, the second perhaps while the first is healing: a sample, the same each time."""
        random, last = Random(seed), len(self.calls) + 20
        for _ in range(number):
            first, second = sorted(random.sample(range(last), 2))
            faults = [Fault(at, random.choice(list(Kind))) for at in (min(first, len(self.calls) - 1), second)]
            what = " and ".join(f"{fault.kind} ({fault.at})" for fault in faults)
            self._run(Several(faults), what, self._flow.ends | PAIRS, until_healed=True)
        return self.tally

    def _elsewhere(self, act: Callable[[Lab], None]) -> Callable[[], None]:
        def other() -> None:
            with self._lab.elsewhere():
                act(self._lab)

        return other

    def _run(self, tap: Tap, what: str, allowed: frozenset[str], *, until_healed: bool = False) -> list[str]:
        lab = self._lab
        lab.back_to(self._start)
        lab.send_events = self._send_events
        with lab.wire.tapped(tap) as calls:
            self._flow.act(lab)
            if until_healed:
                self._heal()
        is_at_rest = self._heal()
        found = list(broken(lab, allowed)) if is_at_rest else ["it never comes to rest"]
        self.tally.points += 1
        self.tally.ends.update(ends(lab))
        self.tally.faults += [f"{self._flow.name}, {what}: {each}" for each in found]
        return list(calls)

    def _heal(self) -> bool:
        """Senders try again, queues deliver again, time passes; at the end every copy comes once more."""
        lab = self._lab
        lab.ask_again()
        is_at_rest = lab.rest()
        lab.deliver(again=True)
        return lab.rest() and is_at_rest
