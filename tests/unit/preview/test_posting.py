"""Test sends: to whom they go, and what they are."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from infra.preview.posting import send, taken_by_desk, written
from infra.preview.trying import kitchen
from perennial.adapters.memory import MemoryWorld
from perennial.errors import PerennialError
from tests.making import NOON

TEMPLATE = "browse/reminder"
ME = "me@alder-and-thyme.example"


def test_only_people_named_in_shop_yaml_get_samples(folder: Path) -> None:
    """Whoever is not named is refused with what to write, before anything is rendered."""
    its = kitchen(folder, TEMPLATE)
    sample = its.samples(TEMPLATE)["full"]
    assert written(its, TEMPLATE, sample, ME.upper()).subject.startswith("Still thinking")
    with pytest.raises(
        PerennialError, match=r"test_addresses: \[me@alder-and-thyme.example, eve@example.com\]"
    ):
        written(its, TEMPLATE, sample, "eve@example.com")


def test_a_test_mail_is_marked_and_counts_for_nobody(folder: Path) -> None:
    """It says in its subject what it is, has the headers of the real one, and no tags by which it could be counted."""
    its = kitchen(folder, TEMPLATE)
    world = MemoryWorld(lambda: NOON, {"SENDER_EMAIL": "hello@alder-and-thyme.example"})
    send(world, its.shop.settings, written(its, TEMPLATE, its.samples(TEMPLATE)["full"], ME), ME)
    (mail,) = world.mailer.sent
    assert (mail.to, mail.tags) == (ME, {})
    read = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert str(read["subject"]).startswith("[Test] Still thinking")
    assert read["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


def test_a_mail_that_cannot_be_written_is_not_sent(folder: Path) -> None:
    """The reason is told instead."""
    its = kitchen(folder, TEMPLATE)
    with pytest.raises(PerennialError, match="makes no mail of this sample: unknown_template"):
        written(its, "browse/remainder", its.samples(TEMPLATE)["full"], ME)


def test_the_desk_takes_whole_mails_only() -> None:
    """Anything else is a mistake of whoever asks."""
    world = MemoryWorld(lambda: NOON, {})
    with pytest.raises(KeyError):
        taken_by_desk(world, {"to": ME})
    assert world.mailer.sent == []
