"""The two worlds under one contract: in memory, and in a cloud with the resources of template.yaml."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.desk.template import create_resources
from perennial.adapters.memory import MemoryWorld
from perennial.bootstrap import AwsWorld
from perennial.ports.world import World
from tests.adapters.cloud import DIFFERS, SECOND, Drain, client, clock, empty_cloud, template


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the second cloud is known to do otherwise must stay so, or docs/clouds.md be mended."""
    for item in items if SECOND else []:
        if item.get_closest_marker("differs") and "[memory]" not in item.name:
            item.add_marker(DIFFERS)


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """A cloud with the stack's resources in it, as the functions' environments together."""
    names: dict[str, str] = {}
    for function in template().functions.values():
        names |= function.environment
    with empty_cloud():
        create_resources(template(), client)
        client("sesv2").create_email_identity(EmailIdentity=names["SENDER_EMAIL"])
        yield names


@pytest.fixture
def aws(environ: dict[str, str]) -> AwsWorld:
    """The AWS adapters alone, for what only they can do."""
    return AwsWorld(environ, clock, client)


@pytest.fixture(params=["memory", "aws"])
def world(request: pytest.FixtureRequest) -> World:
    """Each implementation of the ports in turn."""
    if request.param == "memory":
        return MemoryWorld(clock, {"IDENTITY_KEY": "a key for tests"})
    on_aws: AwsWorld = request.getfixturevalue("aws")
    return on_aws


@pytest.fixture
def drain(world: World) -> Drain:
    """Takes everything out of a queue of `world`: (body, reason), in no order."""
    if isinstance(world, MemoryWorld):
        return lambda queue: list(zip(queue.bodies, queue.reasons, strict=True))  # type: ignore[attr-defined]
    return lambda queue: list(_received(queue._url))  # type: ignore[attr-defined]


def _received(url: str) -> Iterator[tuple[str, str | None]]:
    ask = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    while messages := client("sqs").receive_message(**ask).get("Messages"):
        for message in messages:
            attributes = message.get("MessageAttributes", {})
            yield message["Body"], attributes.get("reason", {}).get("StringValue")
