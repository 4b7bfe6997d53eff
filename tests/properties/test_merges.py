"""Merges end in one result, whatever the order of the events, the batches, and wherever somebody dies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perennial.events import Event, Name
from perennial.people.identities import Identity, Kind
from perennial.people.merging import GRACE
from tests.making import NOON, order, ordered, signed_up, viewed
from tests.properties.test_order_of_events import facts
from tests.stage import Stage

ADA = Identity(Kind.STORE, "1")
ADDRESS = Identity(Kind.EMAIL, "ada@example.com")
DEVICES = tuple(Identity(Kind.ANONYMOUS, name) for name in ("laptop", "mobile"))
LINKS = (  # together they show that all four identities are one person
    replace(signed_up(NOON), id="link-mail", identities=(ADA, ADDRESS)),
    viewed(NOON, "tea", id="link-laptop", identities=(ADA, DEVICES[0]), trusted=False),
    viewed(NOON, "cup", id="link-mobile", identities=(ADA, DEVICES[1]), trusted=False),
)


class Died(BaseException):
    """The function ends here; nothing in the code may catch it."""


class Deadly:
    """A port whose n-th call from now is not made, or made and never answered."""

    def __init__(self, inner: object, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._inner, name)
        if not callable(attribute):
            return attribute

        def call(*args: object, **kwargs: object) -> object:
            dies = self._fate.strikes()
            if dies == "before":
                raise Died
            answer = attribute(*args, **kwargs)
            if dies == "after":
                raise Died
            return answer

        return call


class Fate:
    """Counts calls down to the one that kills."""

    def __init__(self) -> None:
        self.left, self.side = 0, "before"

    def strikes(self) -> str | None:
        self.left -= 1
        return self.side if self.left == 0 else None


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """What one person did under four names, and the three events that show it is one."""
    did = []
    for n in range(draw(st.integers(1, 6))):
        at = NOON + timedelta(minutes=draw(st.integers(0, 600)))
        who = draw(st.sampled_from([(ADA,), (ADDRESS,), (DEVICES[0],), (DEVICES[1],)]))
        if who[0].kind == Kind.ANONYMOUS or draw(st.booleans()):
            product = draw(st.sampled_from(["tea", "cup"]))
            name = draw(st.sampled_from([Name.PRODUCT_VIEWED, Name.PRODUCT_ADDED, Name.PRODUCT_REMOVED]))
            seen = viewed(at, product, id=f"v{n}", identities=who, trusted=who[0].kind != Kind.ANONYMOUS)
            did.append(replace(seen, name=name))
        else:
            told = {"order": order(f"o{n}", at, "tea")}
            did.append(replace(ordered(at), id=f"o{n}", identities=who, properties=told))
    return [*did, *LINKS]


@given(lives(), st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_any_order_any_batches_and_any_crash_end_in_one_customer(happened, data):
    """Every view, change of the cart and order once, every identity on one document, one timeline item for each event."""
    plain = Stage()
    plain.record(*happened)
    _settle(plain)
    troubled, fate = Stage(), Fate()
    for port in ("documents", "timeline", "send_queue"):
        setattr(troubled.world, port, Deadly(getattr(troubled.world, port), fate))
    for batch in _batches(happened, data):
        _survive(troubled, batch, fate, data)
    fate.left = 0
    _survive(troubled, data.draw(st.permutations(happened)), fate, None)
    _settle(troubled)
    assert _known(facts(troubled.customer())) == _known(facts(plain.customer()))
    assert sorted(troubled.timeline()) == sorted(plain.timeline())
    owners = troubled.world.documents.owners([ADA, ADDRESS, *DEVICES])
    assert set(owners.values()) == {troubled.customer()["id"]}


def _batches(happened, data):
    told = data.draw(st.permutations(happened))
    while told:
        size = data.draw(st.integers(1, len(told)))
        yield told[:size]
        told = told[size:]


def _survive(stage, batch, fate, data):
    """Record it, dying up to twice on the way; the queue brings the batch again."""
    for _ in range(3):
        if data is not None:
            fate.left, fate.side = (
                data.draw(st.integers(0, 25)),
                data.draw(st.sampled_from(["before", "after"])),
            )
        try:
            stage.record(*batch)
        except Died:
            continue
        return
    fate.left = 0
    stage.record(*batch)


def _settle(stage):
    stage.now += GRACE
    stage.sweep()


def _known(document):
    """Without what says which of the four documents became the one, and when."""
    return {key: value for key, value in document.items() if key not in ("id", "absorbed", "events")}
