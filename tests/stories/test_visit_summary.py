"""A customer asks for a mail with what they looked at."""

from __future__ import annotations

from perennial.events import Name
from tests.stories.telling import Story, says, views


def asks(when: str):
    return says(when, Name.VISIT_SUMMARY_REQUESTED, trusted=False)


def test_they_get_what_they_looked_at_on_this_visit():
    """Not what they looked at last week, nor afterwards."""
    story = Story("visit_summary")
    story.happens("2026-03-02 10:00", views("2026-03-02 10:00", "cup"))
    story.happens("2026-03-09 10:00", views("2026-03-09 10:00", "tea"), views("2026-03-09 10:02", "pot"))
    story.happens("2026-03-09 10:05", asks("2026-03-09 10:05"))
    assert story.until("2026-03-10 10:00") == ["03-09 10:05 summary"]
    assert [word in story.mail() for word in ("Tea", "Pot", "Cup")] == [True, True, False]


def test_it_stays_silent_when_nothing_was_looked_at():
    """An empty mail helps nobody."""
    story = Story("visit_summary")
    story.happens("2026-03-02 10:00", asks("2026-03-02 10:00"))
    assert story.until("2026-03-03 10:00") == []
    assert story.finding().facts["why"] == "nothing was looked at"


def test_the_key_is_the_request():
    """Each is answered once."""
    story = Story("visit_summary")
    requests = [asks("2026-03-02 10:05"), asks("2026-03-04 10:05")]
    story.happens("2026-03-02 10:00", views("2026-03-02 10:00"))
    for request in requests:
        story.record(request, request)
        story.run_until(request.occurred_at)
    assert story.keys() == [request.id for request in requests]
