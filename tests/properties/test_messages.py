"""Whatever happens, in whatever order: no message in quiet hours, above the cap, without consent, or after a purchase."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.errors import InDoubt, Refused
from perennial.times import zone_of
from tests.making import (
    NOON,
    SETTINGS,
    browse,
    ordered,
    replenishment,
    shop,
    signed_up,
    unsubscribed,
    viewed,
    winback,
)
from tests.stage import Stage

ZONES = ("Europe/London", "Asia/Tokyo", "America/Los_Angeles", "Australia/Adelaide", "no/such zone", "")
happenings = st.lists(
    st.tuples(
        st.sampled_from(["view", "view", "view", "order", "unsubscribe", "subscribe", "wait"]),
        st.integers(1, 60 * 24 * 12),
        st.sampled_from(["tea", "cup", "filter"]),
    ),
    min_size=3,
    max_size=18,
)
CAMPAIGNS = shop(browse(once_per=None), replenishment(), winback())


class Diary:
    """Lives a customer's days on a stage and writes down every accepted mail with the state of its moment."""

    def __init__(self, zone: str, trouble: st.DataObject) -> None:
        self.stage = Stage(the_shop=CAMPAIGNS)
        self.zone = zone
        self.trouble = trouble
        self.accepted: list[tuple[datetime, str]] = []
        self.subscribed = True
        self.last = {"view": NOON, "order": NOON}
        self.stage.world.mailer.on_arrival = self._arrived
        self.stage.record(signed_up(NOON, timezone=zone))

    def _arrived(self, mail) -> None:
        fate = self.trouble.draw(st.sampled_from(["taken", "taken", "taken", "refused", "lost"]))
        if fate == "refused":
            raise Refused("throttled", permanent=False)
        assert self.subscribed, "a mail after a no"
        if mail.tags["campaign"] == "browse":
            assert self.last["order"] <= self.last["view"], "a browse mail after the purchase"
        if mail.tags["campaign"] == "winback":
            assert self.stage.now - self.last["order"] >= timedelta(days=45), (
                "a winback mail to a recent buyer"
            )
        self.accepted.append((self.stage.now, mail.tags["message_id"]))
        if fate == "lost":
            raise InDoubt("no answer")

    def live(self, what: str, minutes: int, product: str) -> None:
        self.stage.run_until(self.stage.now + timedelta(minutes=minutes))
        now = self.stage.now
        self.last[what] = now
        if what == "view":
            self.stage.record(viewed(now, product))
        elif what == "order":
            self.stage.record(ordered(now, product))
        elif what == "unsubscribe":
            self.stage.record(unsubscribed(now))
            self.subscribed = False
        elif what == "subscribe":
            self.stage.record(signed_up(now, timezone=self.zone))
            self.subscribed = True


@given(happenings, st.sampled_from(ZONES), st.data())
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_no_message_breaks_a_rule(happened, zone, data):
    """Quiet hours, cap, consent, exits, one accept per message: over random lives and a provider that refuses and loses."""
    diary = Diary(zone, data)
    for what, minutes, product in happened:
        diary.live(what, minutes, product)
    diary.stage.run_until(diary.stage.now + timedelta(days=10))
    local = zone_of(zone if zone in ZONES[:4] else SETTINGS.timezone)
    for at, _ in diary.accepted:
        assert 9 <= at.astimezone(local).hour < 20
    times = [at for at, _ in diary.accepted]
    assert all(later - earlier >= timedelta(hours=16) for earlier, later in pairwise(times))
    messages = [message for _, message in diary.accepted]
    assert len(messages) == len(set(messages))
    assert diary.stage.customer()["outbox"] == {}
