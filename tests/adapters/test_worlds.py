"""What the worlds promise beside their ports."""

from __future__ import annotations

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.bootstrap import AwsWorld
from perennial.errors import InDoubt, NotPublished, Refused, SettingMissing
from perennial.people.identities import Identity, Kind
from perennial.ports.providers import Mail
from perennial.ports.world import World
from tests.adapters.cloud import clock


@pytest.mark.parametrize("make", [MemoryWorld, AwsWorld])
def test_settings(make: type[MemoryWorld | AwsWorld]) -> None:
    """An empty value is as good as none; a default stands in for both."""
    settings = {"SMS_SENDER_ID": "", "SES_SHARE": "50"}
    world = MemoryWorld(clock, settings) if make is MemoryWorld else AwsWorld(settings, clock)
    assert world.setting("SES_SHARE", "10") == "50"
    assert world.setting("SMS_SENDER_ID", "-") == world.setting("LINK_KEY", "-") == "-"
    for name in ("SMS_SENDER_ID", "IDENTITY_KEY"):
        with pytest.raises(SettingMissing, match=name):
            world.setting(name)


def test_before_a_publish_there_is_no_shop(world: World) -> None:
    """The error names what to do."""
    with pytest.raises(NotPublished, match="perennial publish"):
        world.shop()


def test_the_world_keeps_its_time_and_its_keys(world: World) -> None:
    """The clock is the one handed in, and identities are hashed with the same key each time."""
    assert world.clock() == clock()
    someone = Identity(Kind.EMAIL, "ada@example.com")
    assert world.identity_keys.stored(someone) == world.identity_keys.stored(someone) != "ada@example.com"


def test_memory_providers_fail_as_told() -> None:
    """Refused before it is accepted, or accepted and the answer lost."""
    world = MemoryWorld(clock, {})

    def refuse(message: object) -> None:
        raise Refused("opted out", permanent=True)

    def lose(message: object) -> None:
        raise InDoubt("no answer")

    world.mailer.on_arrival = refuse
    world.texter.on_answer = lose
    with pytest.raises(Refused):
        world.mailer.send(Mail("ada@example.com", b""))
    with pytest.raises(InDoubt):
        world.texter.send("+49", "Hi", {"message_id": "m-1"})
    assert world.mailer.sent == []
    assert world.texter.sent == [("+49", "Hi", {"message_id": "m-1"})]
