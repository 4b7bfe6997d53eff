"""Browse follow-up: when it goes, and when it stays silent."""

from __future__ import annotations

from perennial.decide import decide
from perennial.deciding.verdicts import Verdict
from perennial.events import Cart, Name
from perennial.times import stamp
from tests.making import (
    NOON,
    browse,
    customer,
    days,
    event,
    hours,
    ordered,
    shop,
    signed_up,
    unsubscribed,
    viewed,
)

SHOP = shop(browse())


def finding(*events, at):
    return decide(customer(*events), SHOP, at).findings["browse"]


def test_a_visit_that_ends_without_a_cart_is_followed_up_after_four_hours():
    """One mail is planned four hours after the last view, about what was seen, the newest first."""
    visit = [viewed(NOON, "tea"), viewed(NOON + hours(0.2), "cup")]
    before = decide(customer(signed_up(NOON), *visit), SHOP, NOON + hours(4))
    assert before.findings["browse"].verdict == Verdict.WAITING_UNTIL
    assert before.wake == NOON + hours(4.2)
    after = decide(customer(signed_up(NOON), *visit), SHOP, NOON + hours(4.2))
    assert after.findings["browse"].verdict == Verdict.PLANNED
    assert after.findings["browse"].facts["products"] == ["cup", "tea"]


def test_silence_of_half_an_hour_begins_another_visit():
    """Only the last visit is spoken of."""
    events = [signed_up(NOON), viewed(NOON, "tea"), viewed(NOON + hours(0.5), "cup")]
    assert finding(*events, at=NOON + hours(5)).facts["products"] == ["cup"]


def test_an_order_before_the_moment_silences_it():
    """Whoever bought after looking is not asked again; the order is named."""
    events = [signed_up(NOON), viewed(NOON), ordered(NOON + hours(1), order_id="77")]
    found = finding(*events, at=NOON + hours(5))
    assert (found.verdict, found.facts["order"]) == (Verdict.EXITED_BY, "77")


def test_a_cart_is_not_browsing():
    """Putting something into the cart belongs to another campaign."""
    cart = Cart(token="k", at=stamp(NOON), currency="GBP", lines=[])
    events = [
        signed_up(NOON),
        viewed(NOON),
        event(Name.CART_UPDATED, NOON + hours(0.1), properties={"cart": cart}),
    ]
    found = finding(*events, at=NOON + hours(5))
    assert (found.verdict, found.facts["event"]) == (Verdict.NOT_TRIGGERED, "cart_updated")


def test_without_consent_there_is_no_mail_and_the_reason_stays_readable():
    """The verdict is the same a year later."""
    events = [signed_up(NOON), unsubscribed(NOON + hours(1)), viewed(NOON + hours(2))]
    for at in (NOON + hours(7), NOON + days(400)):
        found = finding(*events, at=at)
        assert (found.verdict, found.facts["state"]) == (Verdict.NO_CONSENT, "unsubscribed")


def test_quiet_hours_of_the_customer_delay_it_until_morning():
    """Seven in the evening in London is four in the morning in Tokyo: it waits for nine there."""
    at_noon_in_tokyo = NOON.replace(hour=3)
    events = [signed_up(NOON - days(1), timezone="Asia/Tokyo"), viewed(NOON + hours(3))]
    found = finding(*events, at=NOON + hours(7))
    assert found.verdict == Verdict.QUIET_HOURS_UNTIL
    assert found.until == at_noon_in_tokyo.replace(day=3, hour=0)


def test_too_late_is_worse_than_never():
    """Past its send-by the visit is let go, with that reason."""
    assert finding(signed_up(NOON), viewed(NOON), at=NOON + days(4)).verdict == Verdict.PAST_SEND_BY


def test_an_anonymous_visitor_is_never_decided():
    """Whoever is known by a device only gets no verdicts and no wake-up."""
    from perennial.people.identities import Identity, Kind

    visit = viewed(NOON, identities=(Identity(Kind.ANONYMOUS, "device"),))
    decision = decide(customer(visit), SHOP, NOON + hours(5))
    assert (decision.findings, decision.wake) == ({}, None)
