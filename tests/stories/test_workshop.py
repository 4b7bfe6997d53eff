"""An event of the shop's own."""

from __future__ import annotations

from tests.stories.telling import Story, says


def attends(when: str, **fields: object):
    return says(when, "workshop_attended", {"course": "Brewing"}, **fields)


def test_a_day_after_a_workshop_its_guests_are_thanked():
    """With what the server said of it at hand."""
    story = Story("workshop")
    story.happens("2026-03-02 18:00", attends("2026-03-02 18:00"))
    assert story.until("2026-03-05 10:00") == ["03-03 18:00 thanks"]
    assert story.finding().facts["details"] == {"course": "Brewing"}


def test_it_stays_silent_for_who_was_somewhere_else():
    """Another event is another story."""
    story = Story("workshop")
    story.happens("2026-03-02 18:00", says("2026-03-02 18:00", "webinar_attended"))
    assert story.until("2026-03-05 10:00") == []


def test_the_key_is_the_events_id():
    """Delivered twice it is one visit; the next week's is another."""
    story = Story("workshop")
    visits = [attends("2026-03-02 18:00"), attends("2026-03-12 18:00")]
    for visit, when in zip(visits, ("2026-03-02 18:00", "2026-03-12 18:00"), strict=True):
        story.happens(when, visit, visit)
    story.until("2026-03-20 10:00")
    assert story.keys() == [visit.id for visit in visits]
