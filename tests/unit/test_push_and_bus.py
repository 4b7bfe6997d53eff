"""Messages to devices and to the shop's own systems, from the step to the provider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perennial.deciding.steps import Step
from perennial.errors import InDoubt, Refused
from perennial.messaging.outbox import DOUBT, LEASE
from tests.making import NOON, TEMPLATES, browse, days, hours, shop, signed_up, viewed
from tests.stage import Stage
from tests.unit.test_devices import TOKEN, opened

PARTS = {"push": "For you\nYour {{ items[0].title }} is waiting,\n{{ customer.first_name }}."}


def stage_of(channel, *events):
    """A browse message on that channel lies in the queue."""
    the_shop = shop(browse(steps=(Step("first", channel, "browse/first"),)))
    the_shop = replace(the_shop, templates={"browse/first": TEMPLATES["browse/first"] | PARTS})
    stage = Stage(the_shop=the_shop)
    stage.record(signed_up(NOON - days(1)), *events, viewed(NOON))
    stage.now = NOON + hours(4)
    stage.sweep()
    return stage


@pytest.fixture
def push():
    """To the customer's phone."""
    return stage_of("push", opened(NOON - days(1)))


def last(stage):
    message = stage.customer()["settled"][-1]
    return message["channel"], message["status"], message.get("reason")


def test_a_push_message_goes_to_the_device(push):
    """Title and text of the template; the app learns which message it shows."""
    push.send()
    ((endpoint, message, tags),) = push.world.pusher.sent
    assert (endpoint, message.title, message.text) == (f"ios/{TOKEN}", "For you", "Your Tea is waiting, Ada.")
    assert message.data["message_id"] == tags["message_id"]
    assert last(push) == ("push", "sent", None)


def test_a_dead_device_is_final_and_nothing_more_goes_there(push):
    """Until the app tells of it again, which revives it."""
    push.world.pusher.dead.add(f"ios/{TOKEN}")
    push.send()
    assert last(push) == ("push", "skipped", "refused: EndpointDisabled")
    push.record(viewed(NOON + days(5)))
    push.run_until(NOON + days(7))
    assert push.world.pusher.sent == []
    push.record(opened(NOON + days(7)), viewed(NOON + days(7)))
    push.run_until(NOON + days(8))
    assert len(push.world.pusher.sent) == 1


def test_a_lost_answer_of_the_push_provider_is_never_sent_again(push):
    """Unconfirmed, as with every other channel."""

    def lose(_message):
        raise InDoubt("no answer")

    push.world.pusher.on_answer = lose
    push.send()
    push.run_until(push.now + DOUBT + hours(1))
    assert last(push)[:2] == ("push", "unconfirmed")
    assert len(push.world.pusher.sent) == 1


@pytest.mark.parametrize("error", [Refused("Throttled", permanent=False), InDoubt("no answer")])
def test_an_endpoint_that_cannot_be_had_now_is_asked_for_again(push, error):
    """Nothing was sent by asking, so nothing is lost."""
    endpoint = push.world.pusher.endpoint

    def fail(*_args, **_options):
        push.world.pusher.endpoint = endpoint
        raise error

    push.world.pusher.endpoint = fail
    push.send()
    assert push.customer()["settled"] == []
    push.run_until(push.now + 2 * LEASE)
    assert last(push) == ("push", "sent", None)


def test_without_an_application_for_the_platform_it_says_so(push):
    """A shop that has set up Android alone."""
    push.world.pusher.platforms = {"android"}
    push.send()
    assert last(push) == ("push", "skipped", "push_not_set_up")


def test_best_may_be_push():
    """The template speaks it, the app may show it, and the customer gave no other address."""
    stage = stage_of("best", signed_up(NOON - hours(2), state="unsubscribed"), opened(NOON - days(1)))
    stage.send()
    assert len(stage.world.pusher.sent) == 1


def test_the_bus_gets_everything_another_system_needs():
    """Whom, what, why, until when, and what they agreed to."""
    stage = stage_of("bus")
    stage.send()
    (detail,) = stage.world.bus.events
    assert detail["version"] == 1
    assert (detail["campaign"], detail["step"], detail["variant"]) == ("browse", "first", "plain")
    assert detail["customer"]["store_ids"] == ["1"]
    assert detail["customer"]["email"] == "ada@example.com"
    assert detail["consent"] == {"email": "subscribed", "bus": "subscribed"}
    assert detail["event"]["products"] == ["tea"]
    assert detail["text"].startswith("Tea")
    assert detail["unsubscribe_url"].startswith("https://mail.fernleaf.example/unsubscribe/")
    assert last(stage) == ("bus", "sent", None)
