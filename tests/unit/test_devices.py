"""Where push messages go: the devices a customer's app told of."""

from __future__ import annotations

from itertools import permutations

from perennial.events import Name
from perennial.folding import consent, devices
from perennial.folding.absorb import absorb
from tests.making import NOON, customer, days, event, signed_up, told, unsubscribed

TOKEN = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


def opened(at, token=TOKEN, platform="ios", *, trusted=True):
    """The app was opened there."""
    return event(
        Name.IDENTIFIED, at, properties={"device": {"token": token, "platform": platform}}, trusted=trusted
    )


def standing(document, channel):
    """State and source of the word that holds, if there is one."""
    said = consent.standing(document, channel)
    return (said["state"], said["source"]) if said else None


def test_the_device_used_last_is_the_one():
    """Whatever the order in which it is told."""
    events = [opened(NOON), opened(NOON + days(1), "b" * 32, "android"), opened(NOON + days(2))]
    found = [devices.current(customer(*order)) for order in permutations(events)]
    assert all(each and (each["token"], each["platform"]) == (TOKEN, "ios") for each in found)


def test_only_the_newest_few_are_kept():
    """A document does not grow with every new phone."""
    document = customer(*(opened(NOON + days(n), f"{n:032}") for n in range(9)))
    assert [each["token"] for each in document["devices"]] == [f"{n:032}" for n in range(4, 9)]


def test_a_public_key_names_no_device():
    """Anybody could have somebody else's messages shown on their own phone."""
    assert devices.current(customer(opened(NOON, trusted=False))) is None


def test_a_dead_device_is_used_again_only_when_its_app_tells_of_it_later():
    """Not by an event that was late."""
    document = customer(opened(NOON))
    devices.bury(document, TOKEN, NOON + days(2))
    assert devices.current(document) is None
    assert devices.current(told(document, [opened(NOON + days(1))])) is None
    back = devices.current(told(document, [opened(NOON + days(3))]))
    assert back is not None
    assert "dead_at" in back


def test_two_documents_of_one_person_join_their_devices():
    """A dead one stays dead."""
    one, other = customer(opened(NOON)), customer(opened(NOON, "b" * 32))
    devices.bury(one, TOKEN, NOON + days(1))
    joined = absorb(one, {**other, "id": "c2"})
    current = devices.current(joined)
    assert current is not None
    assert current["token"] == "b" * 32


def test_an_app_that_may_show_messages_counts_as_a_yes_to_push_until_there_is_a_word():
    """The device asked its owner; what they say to us outranks it."""
    document = customer(opened(NOON))
    assert standing(document, "push") == ("subscribed", "device")
    left = told(document, [unsubscribed(NOON + days(1), channel="push")])
    assert standing(left, "push") == ("unsubscribed", "unsubscribe_link")


def test_the_bus_carries_marketing_for_whoever_agreed_to_any():
    """And for nobody who said no to it by name, or to everything."""
    assert standing(customer(signed_up(NOON)), "bus") == ("subscribed", "shopify")
    assert standing(customer(signed_up(NOON, state="unsubscribed")), "bus") is None
    left = customer(signed_up(NOON), unsubscribed(NOON + days(1), channel="bus"))
    assert standing(left, "bus") == ("unsubscribed", "unsubscribe_link")
