"""A customer asks through Shopify what is known of them: the operator finds the answer in the bucket."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from on_event.data_requests import FOLDER, answer
from perennial.adapters.memory import MemoryWorld
from perennial.events import Name
from perennial.people.identities import Identity, Kind
from perennial.recording import Recorder
from tests.making import NOON, event, hours, ordered, signed_up
from tests.unit.on_event.sending import SHOP, webhook
from tests.unit.on_event.sending_woocommerce import deliver, shop

REQUEST = event(Name.DATA_REQUESTED, NOON, id="asked", properties={"orders": ["o1"], "request": "9999"})
KEY = f"{FOLDER}/2026-03-02-asked.json"


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld(lambda: NOON, {"IDENTITY_KEY": "test"})
    guest = replace(
        ordered(NOON - hours(3), order_id="g1"), identities=(Identity(Kind.EMAIL, "ada@example.com"),)
    )
    store = replace(signed_up(NOON - hours(2)), identities=(Identity(Kind.STORE, "1"),))
    Recorder(made, pause=lambda _: None).record([guest, store])
    return made


def told(world: MemoryWorld) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.blobs.objects[KEY])
    return found


def test_the_answer_holds_everything_of_everybody_named(world: MemoryWorld) -> None:
    """The account, and the guest of the same address who was never merged; twice asked, once answered."""
    for _ in range(2):
        assert answer(world, [REQUEST]) == []
    assert told(world)["request"] == {"orders": ["o1"], "request": "9999"}
    assert len(told(world)["customers"]) == 2
    assert "g1" in json.dumps(told(world))
    assert list(world.blobs.objects) == [KEY]


def test_of_somebody_unknown_nothing_is_told(world: MemoryWorld) -> None:
    """That is an answer too."""
    answer(world, [replace(REQUEST, identities=(Identity(Kind.STORE, "7"),))])
    assert told(world)["customers"] == []


def test_nobody_else_can_ask(world: MemoryWorld) -> None:
    """A browser that knows the name of the event; other events."""
    assert answer(world, [replace(REQUEST, trusted=False), signed_up(NOON)]) == []
    assert world.blobs.objects == {}


def test_what_could_not_be_answered_comes_again(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """And takes no other event with it."""

    def broken(*_: object) -> None:
        raise OSError("no bucket")

    monkeypatch.setattr(world.blobs, "put", broken)
    assert answer(world, [REQUEST, signed_up(NOON)]) == [REQUEST]


def test_the_webhook_leads_there() -> None:
    """From the signed request to the file."""
    world = shop()
    asked = {"shop_domain": SHOP, "customer": {"id": 83, "email": "ada@example.com"}, "orders_requested": []}
    deliver(world, webhook("customers/data_request", json.dumps(asked).encode()))
    assert [key.startswith(FOLDER) for key in world.blobs.objects] == [True]
