"""All figures together, as the one JSON object that `make bench` ends with."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3

from infra.bench import forecasts, units
from infra.bench.decisions import decisions
from infra.bench.floors import bodies, floors
from infra.bench.meter import Listener
from infra.bench.services import Services
from infra.bench.stage import Stage
from infra.bench.start import starts
from infra.bench.timing import Timed, in_turns, microseconds, ratios, spread
from infra.bench.wire import Wire
from infra.bench.work import Sending, Work, works

Tell = Callable[[str], None]
FLOOR_OF = {
    "event": "json_loads_event",
    "due_customer": "unpack_and_pack_document",
    "message": "bare_jinja_mail",
}


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done. starts, own, whole: rounds. stored: the tables of the sweep."""

    starts: int = 15
    own: int = 15
    whole: int = 9
    due: int = 400
    messages: int = 100
    customers: int = 50
    stored: tuple[int, ...] = (10_000, 1_000_000)
    due_of_stored: int = 1000
    is_quick: bool = False


QUICK = Extent(
    starts=1, own=1, whole=1, due=20, messages=10, customers=10, stored=(2_000, 20_000), due_of_stored=100,
    is_quick=True,
)  # fmt: skip


def report(extent: Extent, tell: Tell) -> dict[str, Any]:
    """Measure everything; `tell` hears of the progress."""
    tell("starting handlers in fresh processes")
    start = starts(extent.starts)
    tell("our own CPU, and the floors")
    own, under = _own(extent)
    tell("decisions")
    decided = decisions(extent.own, extent.customers)
    tell("the whole CPU, with real clients")
    whole = _whole(extent)
    tell("calls")
    calls = _calls(extent)
    tell("units")
    return {
        "machine": _machine(),
        "init_ratio": {
            name: figure["ratio"]["median"] for name, figure in start.items() if "ratio" in figure
        },
        "own_cpu_us": {name: microseconds(own[name]) for name in FLOOR_OF},
        "decision_us": decided,
        "whole_cpu_us": {name: microseconds(whole[name]) for name in FLOOR_OF},
        "calls": {name: round(sum(each.values()), 3) for name, each in calls.items()},
        **_units(extent),
        "floors_us": {name: microseconds(seconds) for name, seconds in under.items()},
        "ratio_to_floor": {name: ratios(own[name], under[floor]) for name, floor in FLOOR_OF.items()},
        "floor_of": FLOOR_OF,
        "forecast": forecasts.figures(tell, quick=extent.is_quick),
        "details": {
            "init": start,
            "own_cpu_us": _spreads(own),
            "whole_cpu_us": _spreads(whole),
            "calls": calls,
            "mail_bytes": _mail_sizes(_a_mail()),
        },
    }


def _own(extent: Extent) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds of a unit in each round, with clients that do no work; and of the floors, in the same rounds."""
    measured = _works(extent, lambda: Stage(Services()).open())
    timed = {name: Timed(work.run, work.units, work.prepare) for name, work in measured.items()}
    seconds = in_turns({**timed, **floors(_a_mail())}, extent.own)
    return {name: seconds.pop(name) for name in timed}, seconds


def _whole(extent: Extent) -> dict[str, list[float]]:
    timed: dict[str, Timed] = {}
    wires: list[Wire] = []

    def stage() -> Stage:
        services = Services()
        Stage(services).open()
        wires.append(Wire(services))
        return Stage(services, wires[-1].client)

    for (name, work), wire in zip(_works(extent, stage).items(), wires, strict=True):
        timed[name] = Timed(work.run, work.units, work.prepare, partial(getattr, wire, "seconds"))
    return in_turns(timed, extent.whole)


def _calls(extent: Extent) -> dict[str, dict[str, float]]:
    """Calls of a unit by service and operation; every invocation asks what is live, as after a pause."""
    listeners: list[Listener] = []

    def stage() -> Stage:
        services = Services()
        Stage(services).open()
        listeners.append(Listener(services))
        return Stage(services, listeners[-1].client)

    counted = {}
    for (name, work), listener in zip(_works(extent, stage).items(), listeners, strict=True):
        work.prepare()
        work.run()  # the first also reads the release
        listener.calls.clear()
        work.prepare()
        work.run()
        counted[name] = {
            call: round(number / work.units, 3) for call, number in sorted(listener.calls.items())
        }
    return counted


def _works(extent: Extent, stage: Callable[[], Stage]) -> dict[str, Work]:
    return works(stage, extent.due, extent.messages)


def _units(extent: Extent) -> dict[str, Any]:
    sweeps = {stored: units.sweep_units(stored, extent.due_of_stored) for stored in extent.stored}
    due = extent.due_of_stored
    return {
        "write_units": {**units.event_units(extent.customers), **units.message_units(extent.customers)},
        "read_units": {f"sweep_{due}_due_of_{stored}": sweep["units"] for stored, sweep in sweeps.items()},
        "document_bytes": round(units.document_bytes(extent.customers)),
        "document_json_bytes": round(units.json_bytes(extent.customers)),
        "sweeps": {str(stored): sweep for stored, sweep in sweeps.items()},
    }


def _a_mail() -> bytes:
    stage = Stage(Services()).open()
    sending = Sending(stage, 5)
    sending.prepare()
    sending.run()
    return stage.services.sesv2.sent[0]


def _mail_sizes(mail: bytes) -> dict[str, int]:
    text, html = bodies(mail)
    return {"raw": len(mail), "text": len(text.encode()), "html": len(html.encode())}


def _spreads(seconds: dict[str, list[float]]) -> dict[str, Any]:
    return {name: spread([1e6 * each for each in values], 1) for name, values in seconds.items()}


def _machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "boto3": boto3.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
