"""A subscriber answers to nothing any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from perennial.apply import apply
from perennial.decide import decide
from perennial.deciding.verdicts import Verdict
from perennial.events import Name
from perennial.insight import sunsetting
from perennial.messaging import outbox
from perennial.messaging.messages import Settled
from perennial.messaging.outbox import Status
from perennial.times import stamp
from tests import making
from tests.stories.telling import Story, at, orders, says, shipped, views


def gets_letters(story: Story, first: str, number: int) -> None:
    """Other campaigns wrote to them, one mail a month."""
    customer = story.customer()
    for month in range(number):
        sent_at = at(first) + timedelta(days=30 * month)
        letter = Settled(
            id=f"{first}-{month}",
            campaign="newsletter",
            subject="",
            key=f"{first}-{month}",
            step="letter",
            variant="plain",
            channel="email",
            status=Status.SENT,
            at=stamp(sent_at),
            marketing=True,
        )
        outbox.keep(customer, letter)
    customer["wake_at"] = stamp(story.now)
    story.world.documents.save(customer)


def asked(story: Story, until: str) -> list[str]:
    return [each for each in story.until(until) if not each.endswith("letter")]


def test_after_half_a_year_without_an_answer_we_ask_and_then_say_goodbye():
    """Counted from the last order, and only once five mails stayed without an answer."""
    story = Story("sunset", "2026-01-05 10:00")
    story.happens("2026-01-05 10:00", orders("2026-01-05 10:00"))
    gets_letters(story, "2026-01-10 10:00", 5)
    assert asked(story, "2026-09-01 10:00") == ["07-04 10:00 ask", "07-18 10:00 goodbye"]


def test_opens_are_no_sign_of_life_and_clicks_are():
    """Programs open mails; a click by a person begins the half year anew."""
    story = Story("sunset", "2026-01-05 10:00")
    story.happens("2026-01-05 10:00", orders("2026-01-05 10:00"))
    gets_letters(story, "2026-01-10 10:00", 8)
    opened = says("2026-05-01 10:00", Name.MESSAGE_OPENED, {"channel": "email", "machine": False})
    story.happens("2026-05-01 10:00", opened)
    assert story.finding().facts["silent_since"] == stamp(at("2026-01-05 10:00"))
    clicked = says("2026-05-02 10:00", Name.MESSAGE_CLICKED, {"channel": "email", "machine": False})
    story.happens("2026-05-02 10:00", clicked)
    assert asked(story, "2026-09-01 10:00") == []


def test_a_click_on_the_question_ends_it():
    """They are still there."""
    story = Story("sunset", "2026-01-05 10:00")
    story.happens("2026-01-05 10:00", orders("2026-01-05 10:00"))
    gets_letters(story, "2026-01-10 10:00", 5)
    clicked = says("2026-07-05 10:00", Name.MESSAGE_CLICKED, {"channel": "email", "machine": False})
    story.happens("2026-07-05 10:00", clicked)
    assert asked(story, "2026-09-01 10:00") == ["07-04 10:00 ask"]
    assert story.finding().verdict == Verdict.EXITED_BY


def test_after_the_goodbye_no_campaign_writes_until_they_stir():
    """A visit is no sign of life: who only looks is left in peace. A click, an order or a new yes is one."""
    story = Story("sunset", "2026-01-05 10:00")
    story.happens("2026-01-05 10:00", orders("2026-01-05 10:00"))
    gets_letters(story, "2026-01-10 10:00", 5)
    story.until("2026-08-01 10:00")
    story.live = replace(
        story.live, campaigns={**story.live.campaigns, "browse": shipped("browse").campaigns["browse"]}
    )
    story.happens("2026-08-10 09:00", views("2026-08-10 09:00"))
    assert asked(story, "2026-08-11 10:00")[-1] == "07-18 10:00 goodbye"
    found = decide(story.customer(), story.live, at("2026-08-10 13:30")).findings["browse"]
    assert (found.verdict, found.facts["campaign"]) == (Verdict.NO_CONSENT, "sunset")
    for sign in (
        says("2026-08-20 09:00", Name.MESSAGE_CLICKED, {"channel": "email", "machine": False}),
        orders("2026-08-20 09:00", "pot"),
        making.signed_up(at("2026-08-20 09:00")),
    ):
        stirred = apply(story.customer(), sign)
        assert sunsetting.refusal(story.customer(), story.live)
        assert sunsetting.refusal(stirred, story.live) is None


def test_before_the_goodbye_nothing_is_held_back():
    """They were asked, and may still answer."""
    story = Story("sunset", "2026-01-05 10:00")
    story.happens("2026-01-05 10:00", orders("2026-01-05 10:00"))
    gets_letters(story, "2026-01-10 10:00", 5)
    assert asked(story, "2026-07-10 10:00") == ["07-04 10:00 ask"]
    assert sunsetting.refusal(story.customer(), story.live) is None


def test_it_stays_silent_for_who_was_hardly_written_to():
    """Nobody is given up for not answering what was never sent."""
    story = Story("sunset", "2026-01-05 10:00")
    story.happens("2026-01-05 10:00", orders("2026-01-05 10:00"))
    gets_letters(story, "2026-01-10 10:00", 2)
    assert asked(story, "2026-12-01 10:00") == []
    assert story.finding().facts["why"] == "too few mails without an answer"


def test_the_key_is_the_last_sign_of_life():
    """Who came back and fell silent again is asked again, a year later at the earliest."""
    story = Story("sunset", "2026-01-05 10:00")
    for day in ("2026-01-05", "2027-02-05"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00"))
        gets_letters(story, f"{day} 12:00", 5)
    story.until("2027-12-01 10:00")
    asked_about = [each["key"] for each in story.customer()["settled"] if each["campaign"] == "sunset"]
    assert list(dict.fromkeys(asked_about)) == [stamp(at("2026-01-05 10:00")), stamp(at("2027-02-05 10:00"))]
