"""A customer reaches a tier of loyalty.yaml."""

from __future__ import annotations

from dataclasses import replace

from tests.stories.telling import Story, orders


def buys(story: Story, when: str, dollars: int) -> None:
    told = orders(when)
    told.properties["order"]["total"] = 100 * dollars
    story.happens(when, told)


def test_a_day_after_the_order_that_reached_it():
    """With the names that customers read."""
    story = Story("loyalty_tier")
    buys(story, "2026-03-02 10:00", 100)
    buys(story, "2026-03-20 10:00", 60)
    assert story.until("2026-04-20 10:00") == ["03-21 10:00 tier"]
    assert "You have reached Beech, Ada" in story.world.mailer.sent[-1].raw.decode()
    buys(story, "2026-05-02 10:00", 300)
    assert story.until("2026-06-20 10:00") == ["03-21 10:00 tier", "05-03 10:00 tier"]
    assert "from Beech to Oak" in story.mail()


def test_it_stays_silent_when_a_tier_is_lost():
    """A year later the orders count no more: that is no news to write about."""
    story = Story("loyalty_tier")
    buys(story, "2026-03-02 10:00", 450)
    story.until("2027-04-02 10:00")
    buys(story, "2027-04-02 10:00", 10)
    held = story.customer()["lifecycle"]["tier"]
    assert (held["name"], held["previous"], held["spent"]) == ("", "oak", 1000)
    assert len(story.until("2027-06-02 10:00")) == 1


def test_it_stays_silent_about_old_orders_when_tiers_are_new():
    """Whoever spent enough long ago reached the tier then, not today."""
    story = Story("loyalty_tier")
    tiers = story.live.loyalty
    story.change(loyalty=None)
    buys(story, "2026-03-02 10:00", 450)
    story.until("2026-04-02 10:00")
    story.change(loyalty=tiers)
    story.night()
    assert story.customer()["lifecycle"]["tier"]["name"] == "oak"
    assert story.until("2026-05-02 10:00") == []


def test_the_key_is_the_tier_and_the_day_of_the_order():
    """Lower thresholds later on find the order that reached them."""
    story = Story("loyalty_tier")
    buys(story, "2026-03-02 10:00", 160)
    story.until("2026-03-05 10:00")
    assert story.keys() == ["beech:2026-03-02"]
    assert story.live.loyalty is not None
    cheap = [replace(tier, least=tier.least // 3) for tier in story.live.loyalty.tiers]
    story.change(loyalty=replace(story.live.loyalty, tiers=tuple(cheap)))
    story.night()
    assert story.customer()["lifecycle"]["tier"]["since"][:10] == "2026-03-02"
