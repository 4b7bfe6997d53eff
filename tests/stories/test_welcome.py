"""The welcome of a new subscriber."""

from __future__ import annotations

from dataclasses import replace

from perennial.deciding.verdicts import Verdict
from perennial.people.identities import Identity, Kind
from tests import making
from tests.stories.telling import Story, at, orders, views

DEVICE = (Identity(Kind.ANONYMOUS, "device"),)


def signs_up(when: str):
    return making.signed_up(at(when))


def leaves(when: str):
    return making.unsubscribed(at(when))


def test_a_visitor_who_subscribes_is_welcomed_with_what_they_looked_at():
    """The visit of the unknown device is theirs; a second mail tells the shop's story three days later."""
    story = Story("welcome", subscribed=None)
    story.happens("2026-03-02 10:00", views("2026-03-02 10:00", "pot", identities=DEVICE))
    signed_up = signs_up("2026-03-02 10:20")
    joined = replace(signed_up, identities=(*signed_up.identities, *DEVICE))
    story.happens("2026-03-02 10:20", joined)
    assert story.until("2026-03-12 10:00") == ["03-02 10:25 hello", "03-05 10:25 story"]
    assert "Pot" in story.mail(0)


def test_whoever_orders_after_the_first_mail_is_told_no_story():
    """An order ends it."""
    story = Story("welcome", subscribed=None)
    story.happens("2026-03-02 10:00", signs_up("2026-03-02 10:00"))
    story.happens("2026-03-03 10:00", orders("2026-03-03 10:00"))
    assert story.until("2026-03-12 10:00") == ["03-02 10:05 hello"]
    assert story.finding().verdict == Verdict.EXITED_BY


def test_it_stays_silent_for_who_leaves_before_the_first_mail():
    """At night they said yes and in the same night no; the reason is that they are no subscriber."""
    story = Story("welcome", "2026-03-02 22:00", subscribed=None)
    story.happens("2026-03-02 22:00", signs_up("2026-03-02 22:00"))
    story.happens("2026-03-02 23:00", leaves("2026-03-02 23:00"))
    assert story.until("2026-03-12 10:00") == []
    assert story.finding().facts["why"] == "they are no subscriber"


def test_the_key_is_the_how_manieth_opt_in():
    """A yes after a yes is no other sign-up; a yes after a no is the second one, and is welcomed again."""
    story = Story("welcome", subscribed=None)
    story.happens("2026-03-02 10:00", signs_up("2026-03-02 10:00"))
    story.happens("2026-03-20 10:00", signs_up("2026-03-20 10:00"))
    story.happens("2026-04-10 10:00", leaves("2026-04-10 10:00"))
    story.happens("2026-05-10 10:00", signs_up("2026-05-10 10:00"))
    assert story.until("2026-05-12 10:00") == ["03-02 10:05 hello", "03-05 10:05 story", "05-10 10:05 hello"]
    assert story.keys() == ["email:1", "email:2"]
