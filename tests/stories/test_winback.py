"""A customer has been silent for longer than is usual for them."""

from __future__ import annotations

from tests.stories.telling import Story, orders


def test_after_a_silence_beyond_their_own_pauses_we_ask_twice():
    """Somebody who ordered every thirty days; the second note comes three weeks after the first."""
    story = Story("winback", "2026-01-01 10:00")
    for day in ("2026-01-01", "2026-01-31", "2026-03-02"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", "tea"))
    hello, last_note = story.until("2026-08-01 10:00")
    assert hello.endswith("hello")
    assert hello > "04-16"  # never before 45 days
    assert last_note.endswith("last_note")


def test_it_stays_silent_as_long_as_they_keep_to_their_rhythm():
    """A customer who comes each half year is not lost in spring."""
    story = Story("winback", "2024-03-02 10:00", subscribed="2024-01-01 10:00")
    for day in ("2024-03-02", "2024-09-01", "2025-03-02", "2025-09-01"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", "tea"))
    assert story.until("2026-02-01 10:00") == []


def test_the_key_is_the_last_order():
    """Another silence, after another order, is another occasion."""
    story = Story("winback", "2025-01-01 10:00", subscribed="2024-06-01 10:00")
    for number, day in enumerate(("2025-01-01", "2025-01-31", "2025-03-02", "2026-01-01")):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00", "tea", order_id=str(number)))
    story.until("2026-12-31 10:00")
    assert story.keys() == ["2", "3"]
