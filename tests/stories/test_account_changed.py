"""The address in an account is another one now."""

from __future__ import annotations

from perennial.events import Name
from tests.stories.telling import Story, says


def tells(when: str, email: str, **fields: object):
    return says(when, Name.CUSTOMER_UPDATED, {"traits": {"email": email}}, **fields)


def test_another_address_is_told_of_even_at_night():
    """Ten minutes after the store says so, to the new address."""
    story = Story("account_changed")
    story.happens("2026-03-02 23:00", tells("2026-03-02 23:00", "grace@example.com"))
    assert story.until("2026-03-03 10:00") == ["03-02 23:10 notice"]
    assert story.finding().facts["fields"] == ["email"]


def test_it_stays_silent_when_the_same_is_told_again_or_by_a_browser():
    """Stores repeat all data with every order, and a browser's word on an address is not believed."""
    story = Story("account_changed")
    story.happens("2026-03-02 10:00", tells("2026-03-02 10:00", "ada@example.com"))
    story.happens("2026-03-02 11:00", tells("2026-03-02 11:00", "eve@example.com", trusted=False))
    assert story.until("2026-03-03 10:00") == []
    assert story.finding().facts["why"] == "none of these changed"


def test_the_key_is_the_fields_and_when():
    """Each change is told once, however often the store repeats it."""
    story = Story("account_changed")
    for when, email in (
        ("2026-03-02 10:00", "grace@example.com"),
        ("2026-03-04 10:00", "grace@example.com"),
        ("2026-03-06 10:00", "alan@example.com"),
    ):
        story.happens(when, tells(when, email))
    assert story.until("2026-03-10 10:00") == ["03-02 10:10 notice", "03-06 10:10 notice"]
    assert story.keys() == ["email:2026-03-02T15:00:00.000Z", "email:2026-03-06T15:00:00.000Z"]
