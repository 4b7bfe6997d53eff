"""Replenishment: shortly before this customer's own next purchase of a product would be due."""

from __future__ import annotations

from dataclasses import replace

from perennial.decide import decide
from perennial.deciding.verdicts import Verdict
from perennial.forecast.defaults import SHIPPED
from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.forecast.models import REPLENISHMENT
from perennial.insight.tables import Tables
from perennial.plan import plan
from perennial.triggers.occurrence import Nothing
from perennial.triggers.replenishment import occurrences
from tests.making import NOON, customer, days, ordered, replenishment, shop, signed_up, told

SHOP = shop(replenishment())
THRICE = [signed_up(NOON), *(ordered(NOON + days(30 * n), "tea", order_id=f"t{n}") for n in range(3))]
LAST = NOON + days(60)


def moment(document, the_shop=SHOP):
    found = occurrences(document, the_shop.campaigns["replenishment"], the_shop, NOON)
    assert not isinstance(found, Nothing)
    return found[0]


def test_bought_three_times_in_thirty_days_is_due_shortly_before_the_fourth():
    """Between three weeks and thirty days after the last purchase, by the customer's own rhythm."""
    found = moment(customer(*THRICE))
    assert LAST + days(23) < found.moment < LAST + days(30)
    assert found.key == "tea:2026-05-01"
    assert found.facts["times_bought"] == 3


def test_the_last_purchase_itself_is_no_exit():
    """Whatever the time of day at which it was made."""
    for hour in (0, 9, 14, 23):
        at = NOON.replace(hour=hour)
        bought = [ordered(at + days(30 * n), "tea", order_id=f"h{hour}-{n}") for n in range(3)]
        decision = decide(customer(signed_up(NOON), *bought), SHOP, LAST + days(28))
        assert decision.findings["replenishment"].verdict == Verdict.PLANNED


def test_once_is_no_rhythm_unless_many_others_come_back_for_it():
    """A product bought once is reminded of only when the shop's own buyers show that it is bought again."""
    document = customer(signed_up(NOON), ordered(NOON, "tea"))
    verdict = decide(document, SHOP, NOON + days(60)).findings["replenishment"]
    assert verdict.verdict == Verdict.NOT_TRIGGERED
    tables = IntervalTables(
        repurchases=Gaps.of_days([20] * 40),
        products={"tea": Gaps.of_days([20] * 40)},
        buyers={"tea": 50},
        repeaters={"tea": 30},
    )
    found = moment(document, shop(replenishment(), intervals=tables))
    assert NOON + days(13) < found.moment < NOON + days(17)


def test_a_purchase_moves_the_reminder_to_the_next_one():
    """Bought before it was due: the key changes and the wait begins anew."""
    before = moment(customer(*THRICE))
    after = moment(customer(*THRICE, ordered(LAST + days(20), "tea")))
    assert after.key != before.key
    assert after.moment > before.moment


def test_a_cancelled_order_is_no_purchase():
    """The purchase days are those of orders that count."""
    cancelled = ordered(LAST, "tea", order_id="t2")
    order = {**cancelled.properties["order"], "status": "cancelled", "updated_at": "2026-06-01T00:00:00.000Z"}
    document = customer(*THRICE, replace(cancelled, id="again", properties={"order": order}))
    assert moment(document).key == "tea:2026-04-01"


def test_whoever_has_long_stopped_buying_it_is_left_alone():
    """When the campaign begins long after the rhythm ended, another purchase is unlikely: no reminder."""
    late = shop(replenishment(live_since=LAST + days(400)))
    verdict = decide(customer(*THRICE), late, LAST + days(401)).findings["replenishment"]
    assert (verdict.verdict, verdict.facts["why"]) == (
        Verdict.NOT_TRIGGERED,
        "another purchase has become unlikely",
    )


def test_a_campaign_that_begins_late_counts_on_from_the_days_already_passed():
    """Somewhat overdue when it goes live: the expected day is later than the usual one, never in the past."""
    live = LAST + days(33)
    document, late = customer(*THRICE), shop(replenishment(live_since=live))
    assert moment(document, late).moment >= live
    assert moment(document, late).moment > moment(document).moment


def test_products_due_within_a_week_share_one_message():
    """Two products, one mail that names both; neither is planned again."""
    both = [ordered(NOON + days(30 * n), "tea", "filter", order_id=f"b{n}") for n in range(3)]
    document = customer(signed_up(NOON), *both)
    planned = plan(document, SHOP, LAST + days(28))
    (entry,) = planned.customer["outbox"].values()
    assert sorted(entry["facts"]["products"]) == ["filter", "tea"]
    assert list(plan(planned.customer, SHOP, LAST + days(29)).customer["outbox"].values())[1:] == []


def test_after_buying_again_the_reminder_comes_again():
    """Each purchase is an occurrence of its own."""
    once = plan(customer(*THRICE), SHOP, LAST + days(28)).customer
    again = told(once, [ordered(LAST + days(29), "tea", order_id="t3")])
    in_time = plan(again, SHOP, LAST + days(29)).customer
    (entry,) = plan(in_time, SHOP, LAST + days(29 + 28)).customer["outbox"].values()
    assert (entry["subject"], entry["key"]) == ("tea", "tea:2026-05-30")


def test_whether_is_said_by_the_shops_own_history():
    """Two shops with the same gaps: where nearly nobody came back in time there is no reminder; the explanation says why."""
    nothing = dict.fromkeys(SHIPPED[REPLENISHMENT]["weights"], 0.0)
    for bias, is_likely in ((1.0, True), (-3.0, False)):
        weights = {REPLENISHMENT: {"bias": bias, "weights": nothing, "threshold": 0.3, "rows": 900}}
        the_shop = shop(replenishment(), tables=Tables(weights=weights))
        finding = decide(customer(*THRICE), the_shop, LAST + days(20)).findings["replenishment"]
        assert finding.verdict == (Verdict.WAITING_UNTIL if is_likely else Verdict.NOT_TRIGGERED)
        assert finding.facts["chance_within_14_days"] == (0.73 if is_likely else 0.05)
        assert 28 <= finding.facts["usual_days"] <= 34
        assert finding.facts["days_passed"] == finding.facts["usual_days"] - 5


def test_a_mail_of_what_a_restaurant_buys_is_no_list_of_a_hundred_things():
    """The likeliest thirty, planned once, and remembered: the campaign forgets none of them for another."""
    things = [f"p{number}" for number in range(80)]
    bought = [ordered(NOON + days(30 * n), *things, order_id=f"r{n}") for n in range(3)]
    planned = plan(customer(signed_up(NOON), *bought), SHOP, LAST + days(28))
    (entry,) = planned.customer["outbox"].values()
    assert len(planned.queue) == 1
    assert len(entry["facts"]["products"]) == 30
    assert len(planned.customer["enrollments"]["replenishment"]) == 30


def test_what_was_bought_once_needs_enough_who_come_back():
    """Where hardly anybody is likely to buy it within a fortnight, it is not among what is bought again."""
    tables = IntervalTables(
        repurchases=Gaps.of_days([20, 200] * 40),
        products={"tea": Gaps.of_days([20, 200] * 20)},
        buyers={"tea": 50},
        repeaters={"tea": 12},
    )
    finding = decide(
        customer(signed_up(NOON), ordered(NOON, "tea")), shop(replenishment(), intervals=tables), NOON
    ).findings["replenishment"]
    assert finding.facts["why"] == "nothing was bought that is usually bought again"
