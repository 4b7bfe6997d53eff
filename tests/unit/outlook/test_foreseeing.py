"""The outlook of one customer: what the shop would do by itself, by the same functions."""

from __future__ import annotations

from perennial.campaigns import Campaign, Exit, Mode
from perennial.customer import Customer, copied, new
from perennial.deciding.steps import Step, Wait
from perennial.deciding.verdicts import Verdict
from perennial.insight.rfm import next_turn
from perennial.insight.tables import Tables, Thresholds
from perennial.outlook.foreseeing import foresee
from perennial.outlook.past import as_of
from perennial.outlook.reach import Reached
from perennial.ports.data import TimelineItem
from perennial.times import Span, stamp
from tests import making
from tests.making import NOON, SINCE, days, hours, ordered, signed_up, viewed
from tests.stage import Stage

FIFTHS = Thresholds(recency=(10, 20, 40, 80), monetary=(1000, 2000, 5000, 9000), buyers=100)


def series(**fields) -> Campaign:
    """A browse follow-up of two mails, three days apart."""
    steps = (
        Step("first", "email", "browse/first"),
        Wait(Span(days=3)),
        Step("second", "email", "browse/first"),
    )
    return making.browse(steps=steps, **fields)


def visitor_with_address(*events) -> Customer:
    return making.customer(signed_up(NOON - days(50), email="ada@example.com"), *events)


def test_it_foresees_what_really_happens() -> None:
    """The same messages at the same minutes as sweeps and sends bring, for a customer who does nothing."""
    stage = Stage(the_shop=making.shop(series(), making.winback(), making.replenishment()))
    stage.record(
        signed_up(NOON - days(200), email="ada@example.com"),
        ordered(NOON - days(62), "tea"),
        ordered(NOON - days(30), "tea"),
    )
    stage.record(viewed(NOON - hours(1)))
    foreseen = foresee(stage.customer(), stage.live, NOON, NOON + days(60))
    stage.run_until(NOON + days(60))
    settled = [each for each in stage.customer()["settled"] if each["status"] == "sent"]
    assert [
        (each.entry["campaign"], each.entry["step"], stamp(each.at)[:16]) for each in foreseen.messages
    ] == [(each["campaign"], each["step"], each["at"][:16]) for each in settled]
    assert len(settled) > 2


def test_the_document_given_is_left_alone() -> None:
    """An outlook changes nothing."""
    ada = visitor_with_address(viewed(NOON))
    before = copied(ada)
    foresee(ada, making.shop(series()), NOON, NOON + days(30))
    assert ada == before


def test_a_trial_run_is_told_apart() -> None:
    """Nobody would get it."""
    ada = visitor_with_address(viewed(NOON))
    (message,) = foresee(ada, making.shop(making.browse(mode=Mode.DRY_RUN)), NOON, NOON + days(30)).messages
    assert message.is_trial


def test_who_is_outranked_is_known_and_by_whom() -> None:
    """They get theirs when the slot opens."""
    other = making.campaign(
        "louder", "browse", {"after": Span(seconds=4 * 3600)}, priority=90, exit_on=(Exit("never"),)
    )
    found = foresee(
        visitor_with_address(viewed(NOON)), making.shop(making.browse(), other), NOON, NOON + days(3)
    )
    assert [each.entry["campaign"] for each in found.messages] == ["louder", "browse"]
    assert found.outranked_by == {"browse": {"louder"}}
    assert Verdict.OUTRANKED_BY in found.verdicts["browse"]


def test_visitors_and_merged_ones_have_none() -> None:
    """They are decided elsewhere, or never."""
    assert foresee(new("v"), making.shop(), NOON, NOON + days(30)).messages == []
    merged: Customer = {**visitor_with_address(viewed(NOON)), "merged_into": "other"}
    assert foresee(merged, making.shop(), NOON, NOON + days(30)).messages == []


def test_time_alone_moves_groups_at_night() -> None:
    """So a campaign for those who moved is foreseen too."""
    shop = making.shop(making.winback(), tables=Tables(rfm=FIFTHS))
    ada = visitor_with_address(ordered(NOON - days(5)))
    assert next_turn(ada, FIFTHS, NOON) == NOON + days(6)
    after = foresee(ada, shop, NOON, NOON + days(20)).customer
    assert after["lifecycle"]["rfm"]["recency"] == 3
    assert after["lifecycle"]["rfm"]["previous"] == "Promising"
    assert next_turn(ada, FIFTHS, NOON + days(90)) is None


def test_an_earlier_time_is_explained_by_what_was_known_then() -> None:
    """Orders that came later are no reason yet, and messages sent later were not sent."""
    stage = Stage(the_shop=making.shop(series()))
    stage.record(signed_up(NOON - days(50), email="ada@example.com"), viewed(NOON))
    stage.run_until(NOON + days(1))
    sent = stage.customer()["settled"][0]["at"]
    stage.record(ordered(NOON + days(1)))
    now, items = stage.customer(), stage.world.timeline.read(stage.customer()["id"])

    def then(at) -> Customer:
        return as_of(now, items, at)

    assert (then(NOON + hours(1))["orders"], then(NOON + hours(1))["settled"]) == ([], [])
    before = foresee(then(NOON + hours(1)), stage.live, NOON + hours(1), NOON + days(1))
    assert stamp(before.messages[0].at)[:16] == sent[:16]
    later = then(NOON + hours(23))
    assert later["enrollments"]["browse"][""]["state"] == "waiting"
    assert [each["id"] for each in later["settled"]] == [each["id"] for each in now["settled"]]
    assert then(NOON + days(2))["orders"] == now["orders"]


def test_what_a_browser_told_is_folded_as_such_in_the_past_too() -> None:
    """It silences, and is no order."""
    ada = visitor_with_address()
    told = ordered(NOON)
    item = TimelineItem(
        id="e", name="order_completed", occurred_at=stamp(NOON), received_at=stamp(NOON), source="segment",
        properties=dict(told.properties), trusted=False,
    )  # fmt: skip
    then = as_of(ada, [item], NOON)
    assert then["orders"] == []
    assert then["seen"]["order_completed"] == stamp(NOON)
    assert then["traits"]["email"] == "ada@example.com"


def test_a_publish_can_say_whom_a_new_campaign_reaches() -> None:
    """Now, later and from when, and who would be the past that only a backfill takes in."""
    shop = making.shop(series(live_since=NOON), making.winback(live_since=SINCE))
    told = Reached(shop, ["browse"], NOON + hours(6))
    told.add(visitor_with_address(viewed(NOON + hours(1))))
    told.add(visitor_with_address(viewed(NOON + hours(3))))
    told.add(visitor_with_address(viewed(NOON - days(9))))
    told.add(visitor_with_address())
    found = told.by_campaign["browse"]
    assert (found.now, found.later, found.past) == (1, 1, 1)
    assert found.first_at == NOON + hours(7)
    assert list(told.by_campaign) == ["browse"]
    found.merge(found)
    assert (found.now, found.later, found.past) == (2, 2, 2)
