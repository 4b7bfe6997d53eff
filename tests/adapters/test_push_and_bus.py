"""Push and bus: what both worlds promise, and what SNS and EventBridge are told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.sns.models import sns_backends

from infra.desk.deployment import create_push_applications
from infra.desk.intrinsics import ACCOUNT, REGION
from perennial.adapters.event_bus import EventBridgeBus
from perennial.adapters.memory import MemoryWorld
from perennial.adapters.push import SnsPusher
from perennial.bootstrap import AwsWorld
from perennial.errors import InDoubt, Refused
from perennial.ports.providers import Push
from perennial.ports.world import World
from tests.adapters.builders import client_error, failing
from tests.adapters.cloud import client, clock
from tests.adapters.test_providers import answering

TOKEN = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
PUSH = Push("For you", "Your tea is waiting", {"message_id": "m-1"})
TAGS = {"message_id": "m-1", "campaign": "tea", "variant": ""}
DETAIL = {"message_id": "m-1", "text": "Grüße", "offer": None}


@pytest.fixture
def pushing(world: World, request: pytest.FixtureRequest) -> World:
    """The world of a shop with an app for Android and none for iOS."""
    if isinstance(world, MemoryWorld):
        world.pusher.platforms = {"android"}
        return world
    create_push_applications(client)
    environ = dict(request.getfixturevalue("environ"))
    return AwsWorld(
        environ | {"PUSH_GOOGLE_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:app/GCM/shop"}, clock, client
    )


def turn_off(world: World, endpoint: str) -> None:
    """As the provider does when the app is gone."""
    if isinstance(world, MemoryWorld):
        world.pusher.dead.add(endpoint)
    else:
        client("sns").set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})


def test_a_device_has_one_endpoint(pushing: World) -> None:
    """Asked twice it is the same; a platform without an application has none."""
    first, again = (pushing.pusher.endpoint("android", TOKEN, revived=False) for _ in range(2))
    assert first and first == again
    assert pushing.pusher.endpoint("ios", TOKEN, revived=False) is None


def test_each_push_message_has_its_own_id(pushing: World) -> None:
    """Accepted messages are told apart."""
    endpoint = pushing.pusher.endpoint("android", TOKEN, revived=False) or ""
    assert pushing.pusher.send(endpoint, PUSH, TAGS) != pushing.pusher.send(endpoint, PUSH, TAGS)


@pytest.mark.differs("an endpoint that was turned off")
def test_an_endpoint_that_was_turned_off_refuses_for_good_until_it_is_revived(pushing: World) -> None:
    """The fault lies with this device alone."""
    endpoint = pushing.pusher.endpoint("android", TOKEN, revived=False) or ""
    turn_off(pushing, endpoint)
    with pytest.raises(Refused) as refused:
        pushing.pusher.send(endpoint, PUSH, TAGS)
    assert refused.value.permanent is True
    assert pushing.pusher.endpoint("android", TOKEN, revived=True) == endpoint
    assert pushing.pusher.send(endpoint, PUSH, TAGS)


def test_the_bus_takes_events(world: World) -> None:
    """Each has its own id."""
    assert world.bus.put(DETAIL) != world.bus.put(DETAIL)


def test_sns_gets_the_payload_of_the_platform() -> None:
    """Google's form for Android, Apple's for both of Apple's, and the default that SNS insists on."""
    shown = {"GCM": "fcmV1Message", "APNS": "aps", "APNS_SANDBOX": "aps"}
    for platform, key in shown.items():
        wire = answering({"MessageId": "push-1"})
        arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:endpoint/{platform}/shop/1"
        assert SnsPusher(wire, {}).send(arn, PUSH, TAGS) == "push-1"
        ((_, told),) = wire.calls
        payload: dict[str, Any] = json.loads(told["Message"])
        assert payload.keys() == {"default", platform}
        assert key in json.loads(payload[platform])
        assert told["MessageAttributes"].keys() == {"message_id", "campaign"}  # SNS refuses an empty one


@pytest.mark.differs("a push message's text")
def test_moto_keeps_what_was_published(pushing: World) -> None:
    """The whole way through a client."""
    if isinstance(pushing, MemoryWorld):
        pytest.skip("SNS alone")
    endpoint = pushing.pusher.endpoint("android", TOKEN, revived=False) or ""
    pushing.pusher.send(endpoint, PUSH, TAGS)
    (kept,) = sns_backends[ACCOUNT][REGION].platform_endpoints[endpoint].messages.values()
    assert "Your tea is waiting" in kept


def test_an_endpoint_that_somebody_else_made_is_found() -> None:
    """SNS refuses other attributes for the same token, and names the one there is."""
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:endpoint/GCM/shop/1"
    text = f"Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
    pusher = SnsPusher(failing(client_error("InvalidParameter", text)), {"android": "arn:app"})
    assert pusher.endpoint("android", TOKEN, revived=False) == arn


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (
            client_error(
                "InvalidParameter", "Invalid parameter: Token Reason: iOS device tokens are hexadecimal"
            ),
            True,
        ),
        (client_error("EndpointDisabled", "Endpoint is disabled"), True),
        (client_error("InvalidParameter", "Invalid parameter: PlatformApplicationArn"), False),
        (client_error("PlatformApplicationDisabled"), False),
        (client_error("NotFound", "No endpoint found for the target arn specified", 404), False),
        (client_error("Throttled", status=429), False),
    ],
    ids=str,
)
def test_what_is_the_devices_fault(error: Exception, permanent: bool) -> None:
    """All else passes, or is for the shop to mend."""
    pusher = SnsPusher(failing(error), {"android": "arn:app"})
    for call in (
        lambda: pusher.endpoint("android", TOKEN, revived=False),
        lambda: pusher.send("e", PUSH, TAGS),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.permanent is permanent


def test_the_bus_is_told_source_type_and_detail() -> None:
    """What rules are written against; an entry that was not taken is tried again."""
    wire = answering({"Entries": [{"EventId": "e-1"}]})
    assert EventBridgeBus(wire, name="shop").put(DETAIL) == "e-1"
    ((_, told),) = wire.calls
    (entry,) = told["Entries"]
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == (
        "shop",
        "perennial",
        "Perennial Message",
    )
    assert json.loads(entry["Detail"]) == DETAIL
    with pytest.raises(Refused) as refused:
        EventBridgeBus(answering({"Entries": [{"ErrorCode": "ThrottlingException"}]}), name="shop").put(
            DETAIL
        )
    assert refused.value.permanent is False
    with pytest.raises(InDoubt):
        EventBridgeBus(failing(client_error("InternalFailure", status=500)), name="shop").put(DETAIL)
