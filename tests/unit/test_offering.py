"""What a message offers: given before it is rendered, the same in every attempt, and never two codes for one message."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from perennial.campaigns import Mode, Offer, Step
from perennial.errors import Conflict, InDoubt, Refused
from perennial.events import Name
from perennial.messaging.offers import SAMPLE_CODE, Coupon
from perennial.messaging.outbox import DOUBT, LEASE, RETURNED_AFTER
from perennial.messaging.pools import pools
from perennial.people.identities import Identity, Kind
from perennial.shop import Shop
from perennial.times import Span, moment, stamp
from tests.making import (
    NOON,
    TEMPLATES,
    browse,
    days,
    event,
    hours,
    ordered,
    shop,
    signed_up,
    unsubscribed,
    viewed,
)
from tests.stage import Stage

COUPONS = {
    "FIXED": Coupon("FIXED", "Ten off", code="TEN", minimum_spend=3000, gift="a towel", expires=Span(7)),
    "SPRING": Coupon("SPRING", "Fifteen off", pool="spring", low_at=3),
    "OTHER": Coupon("OTHER", "Twenty off", pool="other"),
}


def offering(coupon: str = "SPRING", expires: Span | None = Span(7), **fields: Any) -> Shop:
    """A shop whose browse mail offers this."""
    step = Step("first", "email", "browse/first", Offer(coupon, expires))
    return replace(shop(browse(steps=(step,), **fields)), offers=COUPONS)


def hook(place: object, name: str, by: Callable[..., Any]) -> None:
    """Let something else happen where this method is called."""
    setattr(place, name, by)


class Offers(Stage):
    """A stage where a browse mail with an offer lies in the queue."""

    def __init__(self, the_shop: Shop, *codes: str) -> None:
        super().__init__(the_shop=the_shop)
        self.world.coupons.add("spring", codes)
        self.record(signed_up(NOON), viewed(NOON))
        self.now = NOON + hours(4)
        self.sweep()

    def send_and_skip(self) -> None:
        """A code is claimed, and the message is skipped."""
        self.world.mailer.on_arrival = _refuse
        self.send()
        self.record(ordered(self.now))

    @property
    def settled(self) -> dict[str, Any]:
        (message,) = self.customer()["settled"]
        return dict(message)

    @property
    def taken(self) -> list[str]:
        """Codes that belong to messages."""
        return sorted(code for _, code in self.world.coupons.taken)

    @property
    def entry(self) -> dict[str, Any]:
        (entry,) = self.customer()["outbox"].values()
        return dict(entry)


@pytest.fixture
def stage() -> Offers:
    return Offers(offering(), "AAA", "BBB", "CCC", "DDD")


def test_a_code_for_everybody_costs_no_write():
    """It stands in the entry with all that a template prints, put by the claim, and valid from the sending."""
    stage = Offers(offering("FIXED", None))
    before = stage.customer()["version"]
    stage.send()
    offer = stage.settled["offer"]
    assert offer == {
        "coupon": "FIXED",
        "code": "TEN",
        "expires_at": stamp(NOON + hours(4) + days(7)),
        "minimum_spend": {"amount": 3000, "currency": "GBP"},
        "gift": "a towel",
        "text": "Ten off",
    }
    assert stage.customer()["version"] == before + 2  # claim and outcome, as for any message


def test_a_unique_code_is_spent_by_the_message_that_went_out(stage):
    """One code, claimed for this message, and the document says which."""
    stage.send()
    assert stage.mails == ["browse"]
    assert stage.taken == [stage.settled["offer"]["code"].casefold()]
    assert list(stage.world.coupons.taken.values()) == [stage.settled["id"]]
    assert stage.settled["offer"]["pool"] == "spring"


def test_the_campaign_says_how_long_it_is_valid_or_else_the_coupon():
    """From the sending, a day being a day of the customer's; without either word for ever."""
    found = []
    for coupon, expires in (("FIXED", Span(2)), ("FIXED", None), ("SPRING", None)):
        stage = Offers(offering(coupon, expires), "AAA")
        stage.send()
        found.append(stage.settled["offer"]["expires_at"])
    sent = NOON + hours(4)
    assert found == [stamp(sent + days(2)), stamp(sent + days(7)), None]


def test_it_is_noted_before_it_is_claimed(stage):
    """Rule 18: whoever comes after a crash between the two finds the code in the outbox."""
    noted = []
    claim = stage.world.coupons.claim

    def watching(pool: str, code: str, message: str) -> Any:
        noted.append((stage.entry["offer"]["code"], code))
        return claim(pool, code, message)

    hook(stage.world.coupons, "claim", watching)
    stage.send()
    assert len(noted) == 1 and noted[0][0] == noted[0][1]


def test_a_second_attempt_shows_the_same_code_and_is_valid_as_long(stage):
    """The provider refused at first: no second code is spent, and the days count from the sending."""
    stage.world.mailer.on_arrival = _refuse
    stage.send()
    first = stage.entry["offer"]
    stage.world.mailer.on_arrival = lambda _: None
    stage.run_until(stage.now + 3 * LEASE)
    offer = stage.settled["offer"]
    assert (stage.mails, stage.taken) == (["browse"], [first["code"].casefold()])
    assert offer["code"] == first["code"]
    assert moment(offer["expires_at"]) >= moment(first["expires_at"]) + LEASE


def _refuse(_: object) -> None:
    raise Refused("throttled", permanent=False)


@pytest.mark.parametrize("at", ["find", "claim", "free", "save"])
@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
def test_a_crash_around_any_step_spends_one_code(stage, at, after):
    """The process ends before or after each call; the copy comes again: one mail, one code, the one in the mail."""
    place = stage.world.documents if at == "save" else stage.world.coupons
    real = getattr(place, at)

    def crash(*args: Any) -> Any:
        setattr(place, at, real)
        if after:
            real(*args)
        raise KeyboardInterrupt

    copies = stage.queued()
    setattr(place, at, crash)
    with pytest.raises(KeyboardInterrupt):
        stage.send(copies)
    stage.send(copies)
    assert (stage.mails, len(stage.taken)) == (["browse"], 1)
    assert stage.settled["offer"]["code"].casefold() in stage.taken


@pytest.mark.parametrize("at", ["find", "claim", "free", "save"])
def test_two_senders_of_one_message_never_use_two_codes(stage, at):
    """The other one does everything just before each call of the first."""
    place = stage.world.documents if at == "save" else stage.world.coupons
    real = getattr(place, at)
    copies = stage.queued()

    def other_first(*args: Any) -> Any:
        setattr(place, at, real)
        stage.send(copies)
        return real(*args)

    setattr(place, at, other_first)
    stage.send(copies)
    assert (stage.mails, len(stage.taken)) == (["browse"], 1)


def test_a_code_that_another_message_was_quicker_to_claim_is_replaced(stage):
    """The next one is noted; the document always names the one that is claimed."""
    claim, stolen = stage.world.coupons.claim, list[str]()

    def late(pool: str, code: str, message: str) -> Any:
        if len(stolen) < 2:
            stolen.append(code)
            claim(pool, code, "another")
        return claim(pool, code, message)

    hook(stage.world.coupons, "claim", late)
    stage.send()
    assert stage.mails == ["browse"]
    assert stage.settled["offer"]["code"] not in stolen
    assert len(stage.taken) == 3


def test_an_empty_pool_skips_the_message_with_its_reason(caplog):
    """No mail promises a code that is not there."""
    stage = Offers(offering())
    with caplog.at_level(logging.ERROR):
        stage.send()
    assert (stage.mails, stage.settled["status"], stage.settled["reason"]) == (
        [],
        "skipped",
        "no_coupon_left",
    )
    assert "a pool of coupons is empty" in caplog.messages


def test_the_last_code_taken_by_another_is_not_promised():
    """Noted, lost, and none left: skipped, and the other keeps it."""
    stage = Offers(offering(), "AAA")
    claim = stage.world.coupons.claim
    hook(stage.world.coupons, "claim", lambda pool, code, message: claim(pool, code, "another") and False)
    stage.send()
    stage.run_until(stage.now + hours(2))
    assert stage.settled["reason"] == "no_coupon_left"
    assert stage.world.coupons.taken == {("spring", "aaa"): "another"}


def test_codes_that_vanish_as_fast_as_they_are_found_wait_a_little(stage):
    """No endless loop, and no code is called spent: the message comes again a minute later."""
    stage.world.coupons.add("spring", [f"C{number}" for number in range(50)])
    claim = stage.world.coupons.claim
    hook(stage.world.coupons, "claim", lambda pool, code, message: claim(pool, code, "another") and False)
    stage.send()
    assert stage.entry["status"] == "queued" and stage.entry["retry_at"] > stamp(stage.now)
    hook(stage.world.coupons, "claim", claim)
    stage.run_until(stage.now + hours(1))
    assert stage.mails == ["browse"]


def test_a_skipped_message_gives_its_code_back(stage):
    """Bought before it went out: the code is free again once no sender can be about to claim it, and not before."""
    stage.send_and_skip()
    assert (stage.settled["reason"], len(stage.taken)) == ("exited_by", 1)
    assert "offer" not in stage.settled
    stage.run_until(stage.now + RETURNED_AFTER - timedelta(seconds=1))
    assert len(stage.taken) == 1
    stage.run_until(stage.now + timedelta(minutes=2))
    assert (stage.taken, stage.world.coupons.free("spring")) == ([], 4)
    assert "returned" not in stage.customer()


def test_a_sender_that_claims_after_the_skip_loses_no_code(stage):
    """It noted, slept while the message was skipped, then claimed: the sweep gives that code back too."""
    copies, claim = stage.queued(), stage.world.coupons.claim

    def sleepy(pool: str, code: str, message: str) -> Any:
        stage.record(unsubscribed(stage.now))
        hook(stage.world.coupons, "claim", claim)
        stage.send(copies)  # another sender, who skips it
        return claim(pool, code, message)

    hook(stage.world.coupons, "claim", sleepy)
    stage.send(copies)
    assert (stage.mails, stage.settled["reason"], len(stage.taken)) == ([], "no_consent", 1)
    stage.run_until(stage.now + hours(1))
    assert stage.taken == []


def test_a_crash_while_giving_back_is_made_good(stage):
    """First the pool, then the document: what is repeated changes nothing, also when the code is another's by then."""
    stage.send_and_skip()
    (code,) = stage.taken
    stage.now += RETURNED_AFTER
    save = stage.world.documents.save
    hook(stage.world.documents, "save", _conflict)
    stage.sweep()
    hook(stage.world.documents, "save", save)
    assert (stage.taken, len(stage.customer()["returned"])) == ([], 1)
    stage.world.coupons.claim("spring", code, "another")
    stage.sweep()
    assert ("returned" in stage.customer(), stage.taken) == (False, [code])


def _conflict(*_: object) -> None:
    raise Conflict("somebody else")


def test_an_unconfirmed_message_keeps_its_code(stage):
    """It may have arrived: nobody else may get the same code."""
    stage.world.mailer.on_answer = _lose
    stage.send()
    stage.run_until(stage.now + DOUBT + hours(2))
    assert (stage.settled["status"], len(stage.taken)) == ("unconfirmed", 1)
    assert stage.settled["offer"]["code"].casefold() in stage.taken


def _lose(_: object) -> None:
    raise InDoubt("no answer")


@pytest.mark.parametrize("how", ["mode", "setting"])
def test_a_trial_run_spends_nothing(how):
    """Rendered with a sample; the pool is as full as before, and the document wrote no more than the outcome."""
    stage = Offers(offering(mode=Mode.DRY_RUN) if how == "mode" else offering(), "AAA")
    if how == "setting":
        stage.delivery._is_live = False
    seen, render = [], stage.delivery._render

    def rendered(loaded: Any, campaign: Any) -> Any:
        seen.append(loaded.entry["offer"])
        return render(loaded, campaign)

    hook(stage.delivery, "_render", rendered)
    stage.send()
    assert [offer["code"] for offer in seen] == [SAMPLE_CODE]
    assert (stage.settled["reason"], stage.world.coupons.taken) == ("dry_run", {})
    assert "returned" not in stage.customer()


def test_a_template_that_fails_gives_the_code_back(stage):
    """It was claimed before rendering, as rule 11 wants it."""
    broken = {**TEMPLATES["browse/first"], "text": "{{ customer.nothing }} {{ unsubscribe_url }}"}
    stage.live = replace(stage.live, templates={"browse/first": broken})
    stage.delivery._renderers._renderer = None
    stage.send()
    stage.run_until(stage.now + hours(1))
    assert stage.settled["reason"].startswith("template_error") or "missing_field" in stage.settled["reason"]
    assert stage.taken == []


@pytest.mark.parametrize("to", ["OTHER", "FIXED", None])
def test_an_edit_of_the_offer_gives_the_noted_code_back(stage, to):
    """The first attempt noted and claimed one; the next attempt offers what the campaign says now."""
    stage.world.coupons.add("other", ["XXX"])
    stage.world.mailer.on_arrival = _refuse
    stage.send()
    stage.world.mailer.on_arrival = lambda _: None
    stage.live = offering(to) if to else shop(browse())
    stage.run_until(stage.now + 3 * LEASE)
    assert stage.mails == ["browse"]
    assert stage.settled.get("offer", {}).get("coupon") == to
    stage.run_until(stage.now + hours(1))
    assert stage.taken == (["xxx"] if to == "OTHER" else [])


def test_an_offer_that_is_gone_from_the_release_skips_the_message(stage):
    """Publishing refuses it; a release that was made by hand is not believed either."""
    stage.live = replace(stage.live, offers={})
    stage.send()
    assert stage.settled["reason"] == "campaign_changed"


def test_a_pool_that_runs_low_is_told_now_and_then(caplog):
    """With what is left and the level, once in a while and not for each message."""
    stage = Offers(offering(once_per=None), "AAA", "BBB", "CCC")
    with caplog.at_level(logging.WARNING):
        stage.send()
    (record,) = [each for each in caplog.records if each.message == "a pool of coupons runs low"]
    assert (record.pool, record.left, record.low_at) == ("spring", 2, 3)


def test_the_pools_of_a_shop_are_counted_for_reports(stage):
    """Each with what is left, up to its level unless asked exactly, and who takes from it."""
    counted = pools(stage.live.offers, stage.world.coupons)
    assert [(each.name, each.free, each.is_low, each.coupons) for each in counted] == [
        ("other", 0, True, ("OTHER",)),
        ("spring", 3, False, ("SPRING",)),
    ]
    assert [each.free for each in pools(stage.live.offers, stage.world.coupons, exactly=True)] == [0, 4]


def test_a_guest_who_becomes_a_customer_gives_the_noted_code_back(stage):
    """The guest's queued message is dropped at the freeze and planned anew: its code goes back by way of the customer."""
    guest = (Identity(Kind.EMAIL, "guest@example.com"),)
    stage.world.mailer.on_arrival = _refuse
    stage.send()
    stage.record(replace(signed_up(NOON), identities=guest), viewed(NOON, identities=guest))
    stage.sweep()
    stage.send()
    assert len(stage.taken) == 2
    both = (Identity(Kind.STORE, "1"), *guest)
    stage.record(viewed(stage.now, identities=both))
    assert len(stage.customer()["returned"]) >= 1
    stage.world.mailer.on_arrival = lambda _: None
    stage.run_until(stage.now + days(2))
    sent = [each for each in stage.customer()["settled"] if each["status"] == "sent"]
    assert stage.taken == sorted(each["offer"]["code"].casefold() for each in sent)


def test_whoever_is_erased_gives_the_noted_code_back(stage):
    """Nothing personal is kept for it: the tombstone names pool, code and message, until the sweep has been there."""
    stage.world.mailer.on_arrival = _refuse
    stage.send()
    customer_id = stage.customer()["id"]
    stage.now += timedelta(minutes=1)
    stage.record(event(Name.ERASE_REQUESTED, stage.now, properties={"orders": []}))
    tombstone = stage.world.documents.load([customer_id])[customer_id]
    assert (len(tombstone["returned"]), len(stage.taken)) == (1, 1)
    stage.run_until(stage.now + hours(1))
    tombstone = stage.world.documents.load([customer_id])[customer_id]
    assert ("returned" in tombstone, stage.taken, tombstone["wake_at"]) == (False, [], None)
