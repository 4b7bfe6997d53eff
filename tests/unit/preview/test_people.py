"""Customers as samples of a template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.preview.people import from_world, sample_of
from infra.preview.trying import kitchen
from perennial.adapters.memory import MemoryWorld
from perennial.errors import PerennialError
from perennial.events import Product
from perennial.people.identities import Identity, Kind
from perennial.publishing import publish
from perennial.rendering.renderer import Message
from tests.making import NOON, customer, hours, signed_up, viewed

TEMPLATE = "browse/reminder"


@pytest.fixture
def world(folder: Path) -> MemoryWorld:
    """A customer who looked at a lamp, and the lamp."""
    made = MemoryWorld(lambda: NOON, {"IDENTITY_KEY": "test"})
    publish(folder, made.blobs, made.pointer, made.clock)
    document = customer(signed_up(NOON - hours(2)), viewed(NOON - hours(1), product="lamp"))
    made.documents.claim(document, [Identity(Kind.EMAIL, "ada@example.com")])
    made.catalogue.learn(
        [Product(id="lamp", title="Brass lamp", at="2026-01-01T00:00:00.000Z", rank=2, price=5400)]
    )
    return made


def test_a_customer_is_a_sample_that_json_can_hold(world: MemoryWorld, folder: Path) -> None:
    """Their own traits and products, in the shape in which samples are written; a template makes a mail of it."""
    found = sample_of(world, "Ada@Example.com", TEMPLATE)
    assert found is not None
    assert found == json.loads(json.dumps(found))
    assert [item["title"] for item in found["items"]] == ["Brass lamp"]
    its = kitchen(folder, TEMPLATE)
    mail = its.message(TEMPLATE, "email", {**its.samples(TEMPLATE)["full"], **found})
    assert isinstance(mail, Message)
    assert mail.subject == "Still thinking about Brass lamp?"


def test_facts_are_those_of_the_newest_occurrence(world: MemoryWorld) -> None:
    """Where the customer entered a campaign that sends the template, its facts and products count."""
    (document,) = world.documents.scan()
    entry: Any = {"entered_at": "2026-03-02T11:00:00.000Z", "facts": {"visit": "v-7", "products": ["lamp"]}}
    other_entry: Any = {**entry, "facts": {}}
    document["enrollments"] = {"browse": {"": entry}, "winback": {"": other_entry}}
    world.documents.save(document)
    found = sample_of(world, "ada@example.com", TEMPLATE)
    assert found is not None
    told = {name: value for name, value in found["event"].items() if value is not None}
    assert told == {"visit": "v-7", "products": ["lamp"]}
    other = sample_of(world, "ada@example.com", "winback/hello")
    assert other is not None
    assert "event" not in other


def test_nobody_is_a_message(world: MemoryWorld) -> None:
    """With what to try instead."""
    assert sample_of(world, "eve@example.com", TEMPLATE) is None
    with pytest.raises(PerennialError, match="store's customer id"):
        from_world(world, "eve@example.com", TEMPLATE)
