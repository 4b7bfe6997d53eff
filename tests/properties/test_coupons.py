"""Whatever goes wrong, and whoever comes between: one code for one message, and every other code is free again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.campaigns import Offer, Step
from perennial.errors import Conflict, InDoubt, Refused
from perennial.messaging.offers import Coupon
from perennial.messaging.outbox import WENT_OUT
from perennial.people.identities import Identity, Kind
from perennial.times import Span
from tests.making import NOON, browse, hours, shop, signed_up, unsubscribed, viewed
from tests.stage import Stage

STEP = Step("first", "email", "browse/first", Offer("SPRING", Span(7)))
SHOP = replace(shop(browse(steps=(STEP,))), offers={"SPRING": Coupon("SPRING", "Fifteen off", pool="spring")})
CALLS = ("find", "claim", "save", "load")
TROUBLE = ("nothing", "nothing", "dies before", "dies after", "another sender", "a no", "a thief", "conflict")
PEOPLE = ("1", "2", "3")


class Died(BaseException):
    """The process ended here."""


class Trouble:
    """Before each call of a sender something may happen, as it is drawn."""

    def __init__(self, data: st.DataObject, codes: int) -> None:
        self.data, self.stage, self.is_quiet = data, Stage(the_shop=SHOP), True
        self.stage.world.coupons.add("spring", [f"S{number}" for number in range(codes)])
        for name in CALLS:
            place = self.stage.world.coupons if name in ("find", "claim") else self.stage.world.documents
            setattr(place, name, self._tapped(getattr(place, name)))
        self.stage.world.mailer.on_arrival = self._arrives
        self.stage.world.mailer.on_answer = self._answers
        for person in PEOPLE:
            who = (Identity(Kind.STORE, person), Identity(Kind.EMAIL, f"{person}@example.com"))
            self.stage.record(replace(signed_up(NOON), identities=who), viewed(NOON, identities=who))
        self.stage.now = NOON + hours(4)
        self.stage.sweep()

    def _tapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def tapped(*args: Any) -> Any:
            if self.is_quiet:
                return call(*args)
            what = self.data.draw(st.sampled_from(TROUBLE))
            self._happens(what)
            answer = call(*args)
            if what == "dies after":
                raise Died
            return answer

        return tapped

    def _happens(self, what: str) -> None:
        if what == "dies before":
            raise Died
        if what == "conflict":
            raise Conflict("somebody else")
        self.is_quiet = True  # meanwhile nothing else goes wrong
        if what == "another sender":
            self.stage.send(self.copies)
        if what == "a no":
            self.stage.record(unsubscribed(self.stage.now))  # of the first of them
        if what == "a thief" and (code := self.stage.world.coupons.find("spring", "a thief's")):
            self.stage.world.coupons.claim("spring", code, "another message")
        self.is_quiet = False

    def _arrives(self, _: object) -> None:
        if not self.is_quiet and self.data.draw(st.booleans()):
            raise Refused("throttled", permanent=False)

    def _answers(self, _: object) -> None:
        if not self.is_quiet and self.data.draw(st.integers(0, 3)) == 0:
            raise InDoubt("no answer")

    def send(self, times: int) -> None:
        """The same copies, several times; each sender may die."""
        self.copies = self.stage.queued()
        for _ in range(times):
            for copy in self.copies:
                self.is_quiet = False
                try:
                    self.stage.send([copy])
                except (Died, Conflict):
                    pass
                finally:
                    self.is_quiet = True


@given(st.data(), st.integers(0, 6))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_codes_and_messages_go_together(data, codes):
    """Never two codes for a message or two messages with one; what was not sent has none, and none is lost."""
    trouble = Trouble(data, codes)
    stage = trouble.stage
    trouble.send(times=3)
    stage.run_until(stage.now + hours(100))
    settled = [each for customer in stage._everybody() for each in customer["settled"]]
    assert len(settled) == len(PEOPLE)
    sent = {each["id"]: each["offer"]["code"] for each in settled if each["status"] in WENT_OUT}
    taken = {message: code for (_, code), message in stage.world.coupons.taken.items()}
    stolen = sum(message == "another message" for message in stage.world.coupons.taken.values())
    assert len(stage.world.coupons.taken) == len(sent) + stolen
    assert {message: code.casefold() for message, code in sent.items()} == {
        message: code for message, code in taken.items() if message != "another message"
    }
    assert stage.world.coupons.free("spring") == codes - len(stage.world.coupons.taken)
    mailed = [mail.tags["message_id"] for mail in stage.world.mailer.sent]
    assert len(mailed) == len(set(mailed)) and set(mailed) <= sent.keys()
    assert not any("returned" in customer for customer in stage._everybody())
