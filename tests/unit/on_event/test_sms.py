"""Customers' own text messages: a no is never overlooked."""

from __future__ import annotations

import json

import pytest

from on_event.envelope import open_envelope
from on_event.sms import CLEAR, START, STOP, meaning
from on_event.translate import Translation, translate
from perennial.errors import Unintelligible
from perennial.events import ConsentState
from perennial.people.identities import Kind
from tests.unit.on_event.sending import world


def received(text: object, number: object = "+1 (425) 555-0182") -> Translation:
    """What an SMS means, by way of SNS and the queue."""
    message = {"originationNumber": number, "messageBody": text, "inboundMessageId": "in-1"}
    notification = {
        "Type": "Notification",
        "MessageId": "n-1",
        "Message": json.dumps(message),
        "Timestamp": "2026-03-05T11:30:09Z",
    }
    return translate(open_envelope(json.dumps(notification), world().blobs))


@pytest.mark.parametrize("word", sorted(STOP))
def test_every_stop_word_alone_is_a_no(word: str) -> None:
    """In any case, with a full stop or a cry."""
    for text in (word, f"  {word.upper()}! ", f"{word}."):
        assert meaning(text) == ConsentState.UNSUBSCRIBED


@pytest.mark.parametrize(
    "text", ["Please stop texting me", "ARRÊT svp", "OPT-OUT", "stop all", "no more, unsubscribe!", "Διακοπή"]
)
def test_a_no_in_other_words_is_a_no(text: str) -> None:
    """It is not ignored because it is polite."""
    assert meaning(text) == ConsentState.UNSUBSCRIBED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "fine, thanks",
        "in the end I liked it",
        "start me up",
        "I will stop by at the shop tomorrow and bring my mother along, if that is all right",
    ],
)
def test_other_words_change_nothing(text: str) -> None:
    """And most of all, they grant nothing."""
    assert meaning(text) is None


def test_only_start_alone_is_a_yes() -> None:
    """Whoever holds the phone said so, and nothing else."""
    assert {meaning(word) for word in START} == {ConsentState.SUBSCRIBED}
    assert not (START & STOP) and CLEAR <= STOP


def test_an_answer_is_known_by_its_number() -> None:
    """The evidence is the message's id; a copy of it is the same event."""
    [event], [copy] = received("STOP").events, received("STOP").events
    assert event.id == copy.id and event.identities == ((Kind.PHONE, "+14255550182"),)
    said = event.properties["consent"]["sms"]
    assert (said["state"], said["source"], said["evidence"]) == ("unsubscribed", "sms_reply", "in-1")


def test_other_answers_are_kept_to_be_read() -> None:
    """On the timeline, where whoever looks after customers finds them."""
    [event] = received("When do you open?").events
    assert (event.name, event.properties["text"]) == ("message_answered", "When do you open?")


@pytest.mark.parametrize(("text", "number"), [(None, "+14255550182"), ("STOP", "12345"), ("STOP", None)])
def test_what_cannot_be_read_goes_to_the_dead_letters(text: object, number: object) -> None:
    """Not to nobody: a no may be in it."""
    with pytest.raises(Unintelligible, match="SMS"):
        received(text, number)
