"""From receive to record: the envelope on the queue."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from on_event.envelope import LARGEST_ON_QUEUE, Envelope, open_envelope, seal
from on_event.translate import translate
from perennial.adapters.memory import MemoryWorld
from perennial.errors import Unintelligible
from tests.unit.on_event.sending import NOW, fixture, world


def opened(text: str, at: MemoryWorld | None = None) -> Envelope:
    """Open with the blobs of a world."""
    return open_envelope(text, (at or world()).blobs)


def large() -> Envelope:
    """More than a queue takes, even compressed."""
    return Envelope("shopify", NOW, trusted=True, body=random.Random(1).randbytes(LARGEST_ON_QUEUE))


def test_it_comes_back_as_it_was() -> None:
    """Body bytes, headers, trust and time survive the queue, and no blob is needed for an ordinary body."""
    shop = world()
    envelope = Envelope("shopify", NOW, trusted=True, body=b"\x00\xff{}", headers={"topic": "orders/create"})
    assert opened(seal(envelope, shop), shop) == envelope
    assert shop.blobs.objects == {}


def test_a_large_body_lies_in_a_blob() -> None:
    """Over the limit the queue carries a pointer, and the body comes back all the same."""
    shop = world()
    text = seal(large(), shop)
    assert len(text) < 1_000
    assert next(iter(shop.blobs.objects)).startswith("raw/2026-03-05/")
    assert opened(text, shop) == large()


def test_a_retry_overwrites_its_blob() -> None:
    """The same body received twice leaves one object."""
    shop = world()
    seal(large(), shop)
    seal(large(), shop)
    assert len(shop.blobs.objects) == 1


def test_a_blob_that_is_gone_is_said_to_be_gone() -> None:
    """After its retention a body cannot be had again, and no retry would help."""
    with pytest.raises(Unintelligible, match="no longer kept"):
        opened(seal(large(), world()), world())


def test_an_eventbridge_event_is_recognised() -> None:
    """A rule puts SES events on the queue as they are: `detail` becomes the body."""
    event = fixture("ses/send")
    envelope = opened(json.dumps(event))
    assert (envelope.source, envelope.trusted) == ("ses", True)
    assert json.loads(envelope.body) == event["detail"]
    assert envelope.received_at.isoformat() == "2026-03-05T10:00:03+00:00"


def test_an_sns_notification_is_recognised() -> None:
    """The same SES event through a topic gives the same body."""
    detail = fixture("ses/send")["detail"]
    text = json.dumps(
        {"Type": "Notification", "Message": json.dumps(detail), "Timestamp": "2026-03-05T10:00:04Z"}
    )
    assert json.loads(opened(text).body) == detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"source": "aws.ses"}',
        '{"source": "aws.ses", "detail": [], "time": "2026-03-05T10:00:03Z"}',
        '{"source": "aws.ses", "detail": {}, "time": "yesterday"}',
        '{"Type": "Notification", "Message": "Successfully validated", "Timestamp": "2026-03-05T10:00:03Z"}',
        '{"source": "shopify", "received_at": 1, "trusted": true, "headers": {}, "body": ""}',
        '{"source": "x", "received_at": "2026-03-05T10:00:03Z", "trusted": true, "headers": {}, "body": "%"}',
        '{"source": "x", "received_at": "2026-03-05T10:00:03Z", "trusted": 1, "headers": {}, "body": "AA=="}',
    ],
)
def test_anything_else_is_unintelligible(text: str) -> None:
    """What nobody sealed is named as such and never crashes the batch it came in."""
    with pytest.raises(Unintelligible):
        opened(text)


def test_only_a_plain_true_is_trust() -> None:
    """A sealed text with anything but `true` is not trusted."""
    message = json.loads(seal(Envelope("segment", NOW + timedelta(0), trusted=True, body=b"{}"), world()))
    assert not opened(json.dumps(message | {"trusted": "yes"})).trusted


def test_a_source_nobody_translates() -> None:
    """It is named, so that its dead letter says what is missing."""
    with pytest.raises(Unintelligible, match="'fax'"):
        translate(Envelope("fax", NOW, trusted=True, body=b"{}"))
