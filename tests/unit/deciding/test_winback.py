"""Winback: silence is long when it is long for this customer."""

from __future__ import annotations

from perennial.decide import decide
from perennial.moves import Send
from perennial.triggers.occurrence import Nothing
from perennial.triggers.winback import occurrences
from perennial.verdicts import Verdict
from tests.making import NOON, customer, days, ordered, shop, signed_up, winback

SHOP = shop(winback())


def silent_after(gap: float, orders: int = 6) -> float:
    """Days of silence after which a customer with this rhythm is written to."""
    bought = [ordered(NOON + days(gap * n), "tea", order_id=f"g{gap}-{n}") for n in range(orders)]
    found = occurrences(customer(signed_up(NOON), *bought), SHOP.campaigns["winback"], SHOP, NOON)
    assert not isinstance(found, Nothing)
    return (found[0].moment - NOON).total_seconds() / 86400 - gap * (orders - 1)


def test_the_silence_that_counts_follows_the_customers_own_rhythm():
    """A monthly buyer is missed sooner than a yearly one, neither before their rhythm is well exceeded."""
    monthly, quarterly = silent_after(30), silent_after(90)
    assert 45 <= monthly < 70
    assert 100 < quarterly < 180


def test_nobody_is_missed_before_the_least_silence():
    """A daily buyer on holiday is not won back after three days."""
    assert silent_after(2) == 45


def test_the_mail_names_what_was_bought_most():
    """The favourite comes first, and the explanation states the usual rhythm."""
    bought = [
        ordered(NOON + days(30 * n), "tea", *(["cup"] if n == 0 else []), order_id=f"f{n}") for n in range(4)
    ]
    decision = decide(customer(signed_up(NOON), *bought), SHOP, NOON + days(90 + 48))
    (move,) = decision.moves
    assert isinstance(move, Send)
    assert move.occurrence.facts["products"] == ["tea", "cup"]
    assert 28 <= move.occurrence.facts["usual_days"] <= 36


def test_an_order_ends_the_silence():
    """The silence after the newest order is what counts."""
    bought = [ordered(NOON + days(30 * n), order_id=f"s{n}") for n in range(3)]
    back = ordered(NOON + days(120), order_id="back")
    finding = decide(customer(signed_up(NOON), *bought, back), SHOP, NOON + days(121)).findings["winback"]
    assert finding.verdict == Verdict.WAITING_UNTIL


def test_the_past_is_not_entered():
    """Silent since long before the campaign went live: it says so, and nothing is sent."""
    late = shop(winback(live_since=NOON + days(300)))
    finding = decide(customer(signed_up(NOON), ordered(NOON)), late, NOON + days(301)).findings["winback"]
    assert finding.facts["why"] == "due before the campaign went live"
