"""Whoever asks for news has to mean it."""

from __future__ import annotations

from dataclasses import replace

from perennial.events import Confirmation, ConsentEvidence, Name
from perennial.times import stamp
from tests.stories.telling import Story, at, says


def asks(when: str):
    said = ConsentEvidence(state="subscribed", at=stamp(at(when)), source="form")
    told = {"traits": {"email": "ada@example.com"}, "consent": {"email": said}}
    return says(when, Name.CONSENT_CHANGED, told)


def confirms(when: str):
    said = ConsentEvidence(
        state="subscribed", at=stamp(at(when)), source="confirmation", confirmation=Confirmation.GIVEN
    )
    return says(when, Name.CONSENT_CHANGED, {"consent": {"email": said}})


def story_of_sign_ups() -> Story:
    story = Story("confirmation", subscribed=None)
    story.live = replace(story.live, settings=replace(story.live.settings, double_opt_in=("email",)))
    return story


def test_a_sign_up_is_asked_to_confirm_at_once():
    """Also at night: they wait for it."""
    story = story_of_sign_ups()
    story.happens("2026-03-02 23:00", asks("2026-03-02 23:00"))
    assert story.until("2026-03-05 10:00") == ["03-02 23:00 ask"]


def test_it_stays_silent_for_who_has_confirmed():
    """There is nothing left to ask."""
    story = story_of_sign_ups()
    story.happens("2026-03-02 10:00", confirms("2026-03-02 10:00"))
    story.happens("2026-03-03 10:00", asks("2026-03-03 10:00"))
    assert story.until("2026-03-05 10:00") == []


def test_the_key_is_the_time_they_asked():
    """Who asks again two days later is asked again."""
    story = story_of_sign_ups()
    for when in ("2026-03-02 10:00", "2026-03-04 10:00"):
        story.happens(when, asks(when))
    story.until("2026-03-06 10:00")
    assert story.keys() == [f"email:{stamp(at(when))}" for when in ("2026-03-02 10:00", "2026-03-04 10:00")]
