"""A customer who came back is asked whether they know somebody."""

from __future__ import annotations

from perennial.insight import referrals
from tests.stories.telling import Story, orders


def test_two_weeks_after_the_second_order_they_get_their_link():
    """It carries their code, and leads to the shop."""
    story = Story("referral_invitation")
    for day in ("2026-03-02", "2026-04-02"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00"))
    assert story.until("2026-06-01 10:00") == ["04-16 10:00 invitation"]
    code = referrals.code_of(story.customer()["id"])
    assert f"https://www.alder-and-thyme.example/?ref={code}" in story.mail()


def test_it_stays_silent_after_one_order():
    """Nobody recommends what they tried once."""
    story = Story("referral_invitation")
    story.happens("2026-03-02 10:00", orders("2026-03-02 10:00"))
    assert story.finding().facts == {"why": "too few orders", "orders": 2}
    assert story.until("2026-06-01 10:00") == []


def test_the_key_is_the_day_of_the_order():
    """Once in a life, whatever they order later."""
    story = Story("referral_invitation")
    for day in ("2026-03-02", "2026-04-02", "2026-06-01", "2026-08-01"):
        story.happens(f"{day} 10:00", orders(f"{day} 10:00"))
    story.until("2026-12-01 10:00")
    assert story.keys() == ["invitation:2026-04-02"]
