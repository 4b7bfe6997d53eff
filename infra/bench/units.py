"""DynamoDB units of an event, of a message's whole life and of a sweep, from the items really put and read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from statistics import mean
from typing import Any

from infra.bench import people
from infra.bench.crowd import Crowd
from infra.bench.meter import Listener, MeteredTables
from infra.bench.release import PRODUCTS, PUBLISHED_AT, shop
from infra.bench.services import Services
from infra.bench.stage import SETTINGS, Context, Stage, records, tracked
from infra.bench.work import VISIT_ENDED, received
from on_event.record import build as build_record
from perennial.adapters.documents import document_item
from perennial.adapters.units import item_size
from perennial.campaigns import Mode
from perennial.shop import Shop
from perennial.times import moment, stamp
from scheduler.sweep import build as build_sweep
from send.handler import build as build_send

VISIT = 5  # product views of a usual visit
IN_BATCH = 20
STEPS = ("plan", "claim_and_sent", "send_event", "last_look")


class Metered:
    """A stage whose tables count units."""

    def __init__(self, tables: MeteredTables | None = None) -> None:
        self.tables = tables or MeteredTables()
        self.stage = Stage(Services(self.tables)).open()

    def written(self) -> int:
        """Write units since it was last asked."""
        units, self.tables.written = self.tables.written, 0
        return units


def document_bytes(customers: int) -> float:
    """Mean size of the stored items before anything happens to them."""
    return mean(item_size(document_item(people.customer(number))) for number in range(customers))


def json_bytes(customers: int) -> float:
    """Mean size of the same documents before they are compressed."""
    return mean(len(json.dumps(people.customer(number))) for number in range(customers))


def event_units(customers: int) -> dict[str, float]:
    """Write units of an event recorded alone, as the mean over a visit, and of one of a batch of 20 by one customer.

    watched: where a campaign tells of news of watched products, so that a view of another product begins a watch.
    """
    visits = [_recorded_in_turn(number, VISIT) for number in range(customers)]
    watched = [_recorded_in_turn(number, VISIT, watched=True) for number in range(customers)]
    return {
        "event_single": _mean(visits),
        "event_single_first_of_visit": _mean(visit[:1] for visit in visits),
        "event_single_later_in_visit": _mean(visit[1:] for visit in visits),
        "event_in_batch_of_20": _in_batches(customers),
        "event_single_watched": _mean(watched),
        "event_in_batch_of_20_watched": _in_batches(customers, watched=True),
    }


def _mean(visits: Iterable[list[int]]) -> float:
    return round(mean(chain.from_iterable(visits)), 2)


def _in_batches(customers: int, *, watched: bool = False) -> float:
    batches = [_recorded_at_once(number, IN_BATCH, watched=watched) for number in range(customers)]
    return round(mean(batches) / IN_BATCH, 2)


def _recorded_in_turn(number: int, views: int, *, watched: bool = False) -> list[int]:
    metered = _settled(number, watched=watched)
    handle = build_record(metered.stage.world)
    units = []
    for body in _views(metered.stage, number, views):
        metered.written()
        handle(records([body]), Context())
        units.append(metered.written())
        metered.stage.now += timedelta(minutes=2)
    return units


def _recorded_at_once(number: int, views: int, *, watched: bool) -> int:
    metered = _settled(number, watched=watched)
    bodies = _views(metered.stage, number, views)
    handle = build_record(metered.stage.world)
    metered.written()
    handle(records(bodies), Context())
    return metered.written()


def _settled(number: int, *, watched: bool) -> Metered:
    metered = Metered()
    if watched:
        metered.stage.world.shop = _telling_watchers
    metered.stage.settle_in([(number, people.customer(number))])
    return metered


@cache
def _telling_watchers() -> Shop:
    """The shop with one more campaign live."""
    held = shop()
    telling = replace(held.campaigns["price_drop"], mode=Mode.LIVE, live_since=PUBLISHED_AT)
    return replace(held, campaigns={**held.campaigns, telling.id: telling})


def _views(stage: Stage, number: int, views: int) -> list[str]:
    began = stage.now - timedelta(minutes=2)
    times = [began + timedelta(seconds=5 * nth) for nth in range(views)]
    return received(
        stage, [tracked(number, nth, PRODUCTS[nth % len(PRODUCTS)], at) for nth, at in enumerate(times)]
    )


def message_units(customers: int) -> dict[str, float]:
    """Write units of one message from its plan until nothing of it is left to do, and of each step.

    message: the mean over all documents; message_up_to_2_kb: where the document stays within two units.
    """
    lives = [_life(number) for number in range(customers)]
    steps = {step: round(mean(life[step] for life in lives), 2) for step in STEPS}
    wholes = [sum(life.values()) for life in lives]
    return {
        "message": round(mean(wholes), 2),
        "message_up_to_2_kb": min(wholes),
        **{f"message_{step}": units for step, units in steps.items()},
    }


def _life(number: int) -> dict[str, int]:
    metered = Metered()
    stage = metered.stage
    stage.settle_in([(number, people.returned(number, VISIT_ENDED))])
    sweep, send, record = (build(stage.world) for build in (build_sweep, build_send, build_record))
    units = {}
    metered.written()
    sweep({}, Context())
    units["plan"] = metered.written()
    copies = stage.services.sqs.take()
    send(records(copies), Context())
    units["claim_and_sent"] = metered.written()
    record(records([_send_event(each, number, stage.now) for each in copies]), Context())
    units["send_event"] = metered.written()
    stage.now += timedelta(hours=2)
    sweep({}, Context())
    units["last_look"] = metered.written()
    if len(copies) != 1 or _wakes_before(stage, number, stage.now):
        raise RuntimeError("the life of a message did not run as it should")
    return units


def _send_event(copy: str, number: int, at: datetime) -> str:
    """What SES tells of the one mail that was sent, by EventBridge."""
    due = json.loads(copy)
    mail = {
        "timestamp": stamp(at),
        "messageId": "0102019aa0000000-00000001-000000",
        "destination": [people.identities(number)[1].value],
        "tags": {"message_id": [due["message_id"]], "customer_id": [due["customer_id"]]},
    }
    detail = {"eventType": "Send", "mail": mail, "send": {}}
    return json.dumps({"source": "aws.ses", "time": stamp(at), "detail": detail})


def _wakes_before(stage: Stage, number: int, at: datetime) -> bool:
    customer_id = people.customer(number)["id"]
    wake_at = stage.world.documents.load([customer_id])[customer_id]["wake_at"]
    return wake_at is not None and moment(wake_at) <= at


def sweep_units(of: int, due: int = 1000) -> dict[str, Any]:
    """Read units of one sweep with so many due among so many stored, and the calls it made."""
    sleeper = people.customer(3)
    crowd = Crowd(SETTINGS["DOCUMENTS_TABLE"], sleeper, of - due, people.NOW + timedelta(days=1))
    metered = Metered(crowd)
    stage = metered.stage
    stage.settle_in((number, people.returned(number, VISIT_ENDED)) for number in range(due))
    listener = Listener(stage.services)
    world = Stage(stage.services, listener.client).world
    crowd.read = 0.0
    swept = build_sweep(world)({}, Context())
    if (swept["looked_at"], swept["queued"]) != (due, due):
        raise RuntimeError(f"the sweep looked at {swept['looked_at']} of {due} due customers")
    return {"units": crowd.read, "stored": crowd.customers(), "calls": dict(listener.calls)}
