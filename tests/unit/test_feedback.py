"""Feedback of the providers: what it changes, and that the rest costs no document."""

from __future__ import annotations

from itertools import permutations

from perennial.apply import apply
from perennial.customer import Customer, new
from perennial.events import Event, Name
from perennial.folding.absorb import absorb
from perennial.folding.feedback import SOFT_BOUNCES, suppression
from tests.making import NOON, event, hours, shop, signed_up, viewed
from tests.stage import Stage


def bounced(hour: float, *, permanent: bool = False) -> Event:
    return told(Name.MESSAGE_BOUNCED, hour, permanent=permanent, detail="Transient/MailboxFull")


def told(name: str, hour: float, **properties: object) -> Event:
    return event(name, NOON + hours(hour), properties={"channel": "email", **properties})


def after(*events: Event, customer: Customer | None = None) -> Customer:
    """The customer after the events."""
    customer = customer or new("c1")
    for each in events:
        customer = apply(customer, each)
    return customer


def reason(customer: Customer) -> str | None:
    """Why no mail goes to the customer."""
    found = suppression(customer, "email")
    return found and found["reason"]


def clicked(stage: Stage, hour: float, *, machine: bool = False) -> Event:
    """A click in the one message that went out."""
    [message] = stage.customer()["settled"]
    return told(Name.MESSAGE_CLICKED, hour, machine=machine, message_id=message["id"], host="x")


def one_mail() -> Stage:
    """Ada looked at tea and got a mail."""
    stage = Stage(the_shop=shop())
    stage.record(signed_up(NOON), viewed(NOON))
    stage.now = NOON + hours(4.1)
    stage.sweep()
    stage.send()
    assert len(stage.world.mailer.sent) == 1
    return stage


def test_a_hard_bounce_closes_the_channel_for_ever():
    """Whatever arrives later."""
    customer = after(bounced(0, permanent=True), told(Name.MESSAGE_DELIVERED, 5))
    assert reason(customer) == "bounce"
    assert suppression(customer, "sms") is None


def test_soft_bounces_in_a_row_close_it_too():
    """The fifth one; a delivery in between begins anew, in whatever order they are told."""
    bounces = [bounced(hour) for hour in range(SOFT_BOUNCES)]
    assert suppression(after(*bounces[:-1]), "email") is None
    assert reason(after(*reversed(bounces))) == "soft_bounces"
    arrived = told(Name.MESSAGE_DELIVERED, 2.5)
    assert suppression(after(*bounces, arrived), "email") is None
    assert suppression(after(*bounces, arrived, *[bounced(10 + n) for n in range(SOFT_BOUNCES)]), "email")


def test_nobody_is_written_to_after_five_soft_bounces():
    """The verdict says why."""
    stage = Stage(the_shop=shop())
    stage.record(signed_up(NOON), viewed(NOON), *[bounced(-n) for n in range(SOFT_BOUNCES)])
    stage.now = NOON + hours(5)
    stage.sweep()
    stage.send()
    assert stage.world.mailer.sent == []


def test_deliveries_opens_and_delays_cost_no_document():
    """They are on the timeline, and the document keeps its version."""
    stage = one_mail()
    before = stage.customer()["version"]
    for name in (Name.MESSAGE_DELIVERED, Name.MESSAGE_DELAYED, Name.MESSAGE_FAILED):
        stage.record(told(name, 5))
    stage.record(told(Name.MESSAGE_OPENED, 5, machine=False), clicked(stage, 5, machine=True))
    assert stage.customer()["version"] == before
    assert {"message_delivered", "message_opened", "message_clicked"} <= set(stage.timeline())


def test_a_persons_first_click_is_remembered():
    """On the message an order may be owed to, and on the channel they answer on. Further ones of that day cost nothing."""
    stage = one_mail()
    stage.record(clicked(stage, 6))
    customer = stage.customer()
    assert customer["settled"][0]["clicked_at"] == "2026-03-02T18:00:00.000Z"
    assert customer["engagement"]["email"]["clicked_at"] == "2026-03-02T00:00:00.000Z"
    stage.record(clicked(stage, 7))
    assert stage.customer()["version"] == customer["version"]
    stage.record(clicked(stage, 5))
    assert stage.customer()["settled"][0]["clicked_at"] == "2026-03-02T17:00:00.000Z"


def test_clicks_give_one_document_in_any_order():
    """Days and messages alike."""
    stage = one_mail()
    start, clicks = stage.customer(), [clicked(stage, hour) for hour in (5, 6, 30)]
    ends = [after(*order, customer=start) for order in permutations(clicks)]
    seen = [(end["settled"], end["engagement"]) for end in ends]
    assert all(each == seen[0] for each in seen)


def test_a_merge_keeps_what_is_known_of_both():
    """The newest click, all bounces, the first complaint."""
    one = after(told(Name.MESSAGE_CLICKED, 1, machine=False), bounced(1), bounced(2))
    other = after(
        told(Name.MESSAGE_CLICKED, 40, machine=False), *[bounced(n) for n in (3, 4, 5)], customer=new("c2")
    )
    both = absorb(one, other)
    assert both["engagement"]["email"]["clicked_at"] == "2026-03-04T00:00:00.000Z"
    assert suppression(both, "email")
