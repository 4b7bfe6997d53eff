"""Thanks for an order, and how to use what was bought."""

from __future__ import annotations

from perennial.deciding.verdicts import Verdict
from perennial.events import Name, OrderStatus
from tests.stories.telling import Story, orders, says


def test_an_order_is_thanked_for_and_explained_a_week_later():
    """The first one is number one."""
    story = Story("post_purchase")
    story.happens("2026-03-02 10:00", orders("2026-03-02 10:00", "tea", "pot"))
    assert story.until("2026-03-12 10:00") == ["03-02 11:00 thanks", "03-09 11:00 guide"]
    facts = story.finding().facts
    assert (facts["number"], facts["products"]) == (1, ["pot", "tea"])


def test_it_stays_silent_about_a_cancelled_order():
    """What nobody keeps needs no guide."""
    story = Story("post_purchase")
    placed = orders("2026-03-02 10:00", "tea", order_id="77")
    story.happens("2026-03-02 10:00", placed)
    gone = {**placed.properties["order"], "status": OrderStatus.CANCELLED}
    gone["updated_at"] = "2026-03-03T15:00:00.000Z"
    story.happens("2026-03-03 10:00", says("2026-03-03 10:00", Name.ORDER_CANCELLED, {"order": gone}))
    assert story.until("2026-03-12 10:00") == ["03-02 11:00 thanks"]
    assert story.finding().verdict == Verdict.EXITED_BY


def test_another_order_does_not_end_it():
    """The guide to the first one is still of use; the second is dropped while it runs."""
    story = Story("post_purchase")
    story.happens("2026-03-02 10:00", orders("2026-03-02 10:00", "tea"))
    story.happens("2026-03-05 10:00", orders("2026-03-05 10:00", "cup"))
    assert story.until("2026-03-12 10:00") == ["03-02 11:00 thanks", "03-09 11:00 guide"]


def test_the_key_is_the_order():
    """Told by four topics, it is one order."""
    story = Story("post_purchase")
    first = orders("2026-03-02 10:00", "tea", order_id="1")
    told = [
        says("2026-03-02 10:00", name, first.properties) for name in (Name.ORDER_PAID, Name.ORDER_UPDATED)
    ]
    story.happens("2026-03-02 10:00", first, *told)
    story.happens("2026-04-02 10:00", orders("2026-04-02 10:00", "tea", order_id="2"))
    story.until("2026-05-01 10:00")
    assert story.keys() == ["1", "2"]
