"""Somebody looked around and left."""

from __future__ import annotations

from tests.stories.telling import Story, fills_cart, says, views


def test_a_visit_is_followed_up_with_what_was_seen_read_and_looked_for():
    """Four hours after the last page, whatever it was."""
    story = Story("browse")
    story.happens("2026-03-02 10:00", views("2026-03-02 10:00", "tea"))
    category = {"category": "Teapots", "list_id": "x"}
    story.happens("2026-03-02 10:05", says("2026-03-02 10:05", "product_list_viewed", category))
    story.happens("2026-03-02 10:10", says("2026-03-02 10:10", "products_searched", {"query": "iron pot"}))
    page = {"path": "/blogs/how-to-brew", "title": "How to brew"}
    story.happens("2026-03-02 10:15", says("2026-03-02 10:15", "page_viewed", page))
    assert story.until("2026-03-12 10:00") == ["03-02 14:15 reminder"]
    facts = story.finding().facts
    assert facts["products"] == ["tea"]
    assert facts["categories"] == ["Teapots"]
    assert facts["searches"] == ["iron pot"]
    assert facts["pages"] == [{"path": "/blogs/how-to-brew", "title": "How to brew"}]


def test_reading_two_pages_is_a_visit_too_and_one_may_be_chance():
    """There are no products then, and the mail says something else."""
    story = Story("browse")
    first, second = ({"path": f"/pages/{name}", "title": name} for name in ("about", "tasting"))
    story.happens("2026-03-02 10:00", says("2026-03-02 10:00", "page_viewed", first))
    assert story.finding().facts["why"] == "nothing was looked at"
    story.happens("2026-03-02 10:02", says("2026-03-02 10:02", "page_viewed", second))
    assert story.until("2026-03-12 10:00") == ["03-02 14:02 reminder"]


def test_words_of_a_browser_that_could_lead_somewhere_are_not_repeated():
    """Anybody can send them in anybody's name."""
    story = Story("browse")
    story.happens("2026-03-02 10:00", views("2026-03-02 10:00"))
    for words in ("win at evil.example", "https://evil.example", "call 0800123456", "mail me@evil.example"):
        told = says("2026-03-02 10:01", "products_searched", {"query": words}, trusted=False)
        story.happens("2026-03-02 10:01", told)
    assert story.finding().facts["searches"] == []


def test_it_stays_silent_when_something_went_into_the_cart():
    """That is the cart's story."""
    story = Story("browse")
    story.happens("2026-03-02 10:00", views("2026-03-02 10:00"))
    story.happens("2026-03-02 10:10", fills_cart("2026-03-02 10:10", "tea"))
    assert story.until("2026-03-12 10:00") == []


def test_the_key_is_the_visit():
    """Looking at more on the same visit is no other one; coming back in the afternoon is."""
    story = Story("browse")
    for when in ("2026-03-02 10:00", "2026-03-02 10:20", "2026-03-10 12:00"):
        story.happens(when, views(when))
    story.until("2026-03-20 10:00")
    assert story.keys() == ["2026-03-02T15:00:00.000Z", "2026-03-10T16:00:00.000Z"]
