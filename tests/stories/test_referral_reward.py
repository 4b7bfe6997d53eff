"""A friend came by a customer's link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perennial.events import Event, Name
from perennial.insight import referrals
from perennial.people.identities import Identity, Kind
from tests.stories.telling import Story, orders, says


def friend(
    when: str, code: str, number: int = 2, of: dict[str, Any] | None = None, **identities: str
) -> Event:
    """Their order, with the code in it."""
    told = orders(when, "pot", order_id=f"f{number}")
    told.properties["order"].update({"referral": code, **(of or {})})
    known = [Identity(Kind.STORE, str(number)), Identity(Kind.EMAIL, f"friend{number}@example.com")]
    known += [Identity(Kind(kind), value) for kind, value in identities.items()]
    return replace(told, identities=tuple(known))


def referrer() -> tuple[Story, str]:
    story = Story("referral_reward")
    story.world.coupons.add("friends", ["FRIEND-1", "FRIEND-2"])
    story.happens("2026-03-02 10:00", orders("2026-03-02 10:00"))
    return story, referrals.code_of(story.customer()["id"])


def test_thanks_go_out_when_the_order_can_no_longer_be_given_back():
    """To the one whose code it was, with a code of the offer's own; the friend hears nothing of it."""
    story, code = referrer()
    story.happens("2026-03-10 10:00", friend("2026-03-10 10:00", code))
    assert story.until("2026-04-20 10:00") == ["03-24 11:00 reward"]
    assert "FRIEND-" in story.mail()
    assert story.customer("2")["settled"] == []
    assert story.customer("2")["referred"]["outcome"] == "told"


def test_each_friend_is_thanked_for_and_each_once():
    """Two who came the same day are two thanks, a day apart; what a friend orders later is no other reason."""
    story, code = referrer()
    story.happens("2026-03-10 10:00", friend("2026-03-10 10:00", code), friend("2026-03-10 10:00", code, 3))
    story.happens("2026-03-12 10:00", friend("2026-03-12 10:00", code, of={"id": "again"}))
    assert story.until("2026-05-20 10:00") == ["03-24 11:00 reward", "03-25 09:00 reward"]


def test_it_stays_silent_when_the_order_was_given_back():
    """Within the window the friend changed their mind."""
    story, code = referrer()
    story.happens("2026-03-10 10:00", friend("2026-03-10 10:00", code))
    gone = friend(
        "2026-03-10 10:00", code, of={"status": "cancelled", "updated_at": "2026-03-20T10:00:00.000Z"}
    )
    story.happens("2026-03-20 10:00", gone)
    assert story.until("2026-05-20 10:00") == []
    assert "referred" not in story.customer("2")


def test_it_stays_silent_about_who_had_ordered_before_and_about_oneself():
    """A friend is somebody new; a second account, the same mailbox spelled otherwise or the same device is nobody else."""
    story, code = referrer()
    story.happens("2026-03-08 10:00", friend("2026-03-08 10:00", code, 2, of={"referral": "none"}))
    story.happens("2026-03-10 10:00", friend("2026-03-10 10:00", code, 2, of={"id": "second"}))
    spelled = replace(
        friend("2026-03-10 10:00", code, 3),
        identities=(Identity(Kind.STORE, "3"), Identity(Kind.EMAIL, "a.da+shop@example.com")),
    )
    story.happens("2026-03-10 10:00", spelled)
    assert story.until("2026-05-20 10:00") == []
    assert story.customer("3")["referred"]["outcome"] == "self"


def test_it_stays_silent_about_a_browsers_word_and_a_code_of_nobody():
    """Anybody can send an event of that name, and type in a code."""
    story, code = referrer()
    claimed = says("2026-03-10 10:00", Name.CUSTOMER_REFERRED, {"code": code}, trusted=False)
    story.happens("2026-03-10 10:00", claimed, friend("2026-03-10 10:00", "REF-NOBODY"))
    assert story.until("2026-05-20 10:00") == []
    assert story.customer("2")["referred"]["outcome"] == "nobody"


def test_the_key_is_the_event():
    """One for each order of a friend."""
    story, code = referrer()
    story.happens("2026-03-10 10:00", friend("2026-03-10 10:00", code))
    story.until("2026-04-20 10:00")
    (told,) = [
        each for key, each in story.customer()["happened"].items() if key.startswith("customer_referred:")
    ]
    assert story.keys() == [told["id"]]
