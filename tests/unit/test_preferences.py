"""What a customer chose beside consent: topics, a pause, and that what is on its way obeys too."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from perennial.customer import new
from perennial.decide import decide
from perennial.deciding.explain import explain
from perennial.events import Name
from perennial.folding.absorb import absorb
from perennial.folding.preferences import TOPICS_KEPT, paused_until, wants
from perennial.times import stamp
from tests.making import NOON, browse, customer, days, event, hours, shop, signed_up, told, viewed
from tests.stage import Stage


def chose(at=NOON, **properties):
    """A word of the customer's on the preference page."""
    return event(Name.PREFERENCES_CHANGED, at, properties=properties)


def test_what_nothing_was_said_about_is_wanted():
    """A new topic of the shop is open to everybody."""
    document = customer(signed_up(NOON))
    assert wants(document, "news")
    assert "preferences" not in document
    assert wants(customer(chose(topics={"care": False})), "news")


def test_the_newest_word_counts_in_any_order():
    """Of each topic, and of the pause; events may arrive as they like, and twice."""
    words = [
        chose(NOON, topics={"news": False, "care": False}, pause_until=stamp(NOON + days(30))),
        chose(NOON + hours(1), topics={"news": True}),
        chose(NOON + hours(2), pause_until=""),
    ]
    found = {str(customer(*order, *order)["preferences"]) for order in permutations(words)}
    assert len(found) == 1
    document = customer(*words)
    assert (wants(document, "news"), wants(document, "care")) == (True, False)
    assert paused_until(document, NOON + hours(3)) is None


def test_of_two_words_of_one_moment_the_stricter_counts():
    """No for a topic, and the longer pause."""
    both = [
        chose(topics={"news": True}, pause_until=""),
        chose(topics={"news": False}, pause_until=stamp(NOON + days(1))),
    ]
    for order in permutations(both):
        document = customer(*order)
        assert not wants(document, "news")
        assert paused_until(document, NOON) == stamp(NOON + days(1))


def test_anybody_else_is_not_heard():
    """A browser cannot leave topics in a customer's name."""
    assert "preferences" not in customer(
        event(Name.PREFERENCES_CHANGED, NOON, trusted=False, properties={"topics": {"news": False}})
    )


def test_two_documents_of_one_person_keep_the_stricter_word():
    """A no of either counts, and the longer pause, whichever is merged into which."""
    one = told(new("c1"), [chose(NOON, topics={"news": False, "care": True})])
    two = told(
        new("c2"),
        [chose(NOON + hours(1), topics={"news": True, "gifts": False}, pause_until=stamp(NOON + days(9)))],
    )
    for document in (absorb(one, two), absorb(two, one)):
        assert [wants(document, topic) for topic in ("news", "care", "gifts")] == [False, True, False]
        assert paused_until(document, NOON + days(8)) == stamp(NOON + days(9))
    assert absorb(new("c3"), new("c4")).get("preferences") is None


def test_no_end_of_topics():
    """The document is bounded, whatever is sent; the newest words stay."""
    document = customer(
        *(chose(NOON + timedelta(minutes=n), topics={f"t{n}": False}) for n in range(TOPICS_KEPT + 10))
    )
    assert len(document["preferences"]["topics"]) == TOPICS_KEPT
    assert not wants(document, f"t{TOPICS_KEPT + 9}")


def test_the_consent_gate_says_which_topic():
    """The verdict is no_consent, with the topic and since when."""
    document = customer(signed_up(NOON), viewed(NOON), chose(NOON, topics={"reminders": False}))
    verdict = explain(document, shop(browse(topic="reminders")), NOON + hours(4))["browse"]
    assert verdict["verdict"] == "no_consent"
    assert (verdict["facts"]["topic"], verdict["facts"]["at"]) == ("reminders", stamp(NOON))
    assert explain(document, shop(browse()), NOON + hours(4))["browse"]["verdict"] == "planned"


def test_the_consent_gate_says_until_when_a_pause_lasts():
    """No marketing while it lasts; the day after, what is due then goes."""
    document = customer(signed_up(NOON), viewed(NOON), chose(NOON, pause_until=stamp(NOON + days(1))))
    campaign = shop(browse())
    verdict = explain(document, campaign, NOON + hours(4))["browse"]
    assert (verdict["verdict"], verdict["facts"]["paused_until"]) == ("no_consent", stamp(NOON + days(1)))
    assert explain(document, campaign, NOON + days(1))["browse"]["verdict"] == "planned"


def test_whoever_unsubscribed_is_told_so_first():
    """A topic or a pause is no reason where there is no consent at all."""
    document = customer(signed_up(NOON, state="unsubscribed"), viewed(NOON), chose(topics={"news": False}))
    facts = explain(document, shop(browse()), NOON + hours(4))["browse"]["facts"]
    assert (facts["state"], "topic" in facts) == ("unsubscribed", False)


def test_transactional_messages_are_no_matter_of_preference():
    """A receipt comes in a pause, too."""
    document = customer(
        signed_up(NOON), viewed(NOON), chose(topics={"news": False}, pause_until=stamp(NOON + days(30)))
    )
    assert decide(document, shop(browse(transactional=True)), NOON + hours(4)).moves


@pytest.mark.parametrize("choice", [{"topics": {"news": False}}, {"pause_until": stamp(NOON + days(30))}])
def test_a_queued_message_obeys(choice):
    """Chosen while the copy is in the queue: it is judged once more, and not sent."""
    stage = Stage()
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(4)
    stage.sweep()
    copies = stage.queued()
    stage.record(chose(stage.now, **choice))
    stage.send(copies)
    (message,) = stage.customer()["settled"]
    assert (stage.mails, message["status"], message["reason"]) == ([], "skipped", "no_consent")


def test_every_word_stays_on_the_timeline():
    """Evidence does not expire with the visits."""
    stage = Stage()
    stage.record(signed_up(NOON), viewed(NOON), chose(topics={"news": False}))
    kept = {item["name"]: "expires_at" in item for item in stage.world.timeline.read(stage.customer()["id"])}
    assert kept == {"customer_created": False, "product_viewed": True, "preferences_changed": False}
