"""Two documents turn out to be one person: a visitor who signs in, a guest who becomes a customer of the store."""

from __future__ import annotations

from datetime import timedelta

from tests.crash.flows import (
    DUE,
    REPLACED,
    SENT,
    WENT_OUT,
    WRITTEN,
    Act,
    Flow,
    Other,
    deliver_again,
    send,
    unsubscribe,
)
from tests.crash.lab import Lab
from tests.crash.seen import NOON
from tests.crash.senders import (
    CUSTOMER,
    SERVER_KEY,
    SIGNED_IN,
    VISITOR,
    ordered,
    signed_up,
    subscribed,
    viewed,
)
from tests.crash.wire import SilentProvider

MOVED = WRITTEN | {"dynamodb.UpdateItem", "dynamodb.Query"}


# A visitor.


def look_around(lab: Lab) -> None:
    """A device looks at a product, and nobody knows whose it is."""
    lab.ask(viewed(NOON, who=VISITOR))
    lab.deliver("BrowserQueue")
    lab.seen.now = NOON + timedelta(minutes=10)
    queue_the_stores_word(lab)


def be_long_gone(lab: Lab) -> None:
    """The visitor's document has lived out its time; the device still leads there."""
    lab.seen.now = NOON - timedelta(days=31)
    lab.ask(viewed(lab.seen.now, who=VISITOR))
    lab.deliver("BrowserQueue")
    lab.seen.now = NOON + timedelta(minutes=10)
    lab.expire()
    queue_the_stores_word(lab)


def queue_the_stores_word(lab: Lab) -> None:
    """A new customer and an order, which nobody has recorded yet."""
    lab.ask(signed_up(NOON - timedelta(hours=2)), ordered(NOON - timedelta(hours=1)))


def queue_a_sign_in(lab: Lab) -> None:
    """The same device with a store id, told by the shop's server: it waits beside the store's own word."""
    lab.ask(viewed(NOON + timedelta(minutes=5), who=SIGNED_IN, key=SERVER_KEY))


def sign_in(lab: Lab) -> None:
    """The first event with device and store id: the visitor is folded into a customer who is not stored yet."""
    lab.ask(viewed(NOON + timedelta(minutes=5), who=SIGNED_IN))
    lab.deliver_fresh("BrowserQueue")


def look_on(lab: Lab) -> None:
    """The device again: one event for a worker of its own."""
    lab.ask(viewed(lab.seen.now - timedelta(minutes=1), who=VISITOR))
    lab.deliver_fresh("BrowserQueue")


# A guest.


def shop_as_a_guest(lab: Lab) -> None:
    """Known by an address and a device; and at the same time, elsewhere, by an account that has no address yet."""
    lab.ask(subscribed(NOON - timedelta(hours=2)), ordered(NOON - timedelta(hours=1), as_guest=True))
    lab.deliver("SignedQueue")
    lab.ask(viewed(NOON, who=VISITOR), viewed(NOON + timedelta(minutes=5), who=CUSTOMER))
    lab.deliver("BrowserQueue")
    lab.seen.now = DUE
    lab.tick()
    lab.seen.now += timedelta(minutes=6)  # now the account's own visit would be spoken of as well


def be_written_to(lab: Lab) -> None:
    """The guest was sent the mail; its Send event is still under way."""
    shop_as_a_guest(lab)
    send(lab)


def be_in_doubt(lab: Lab) -> None:
    """The guest's mail was claimed, and nobody knows whether it was sent."""
    shop_as_a_guest(lab)
    with lab.wire.tapped(SilentProvider()):
        send(lab)


def become_a_customer(lab: Lab) -> None:
    """The store says that address and account are one person."""
    queue_the_account(lab)
    lab.deliver_fresh("SignedQueue")


def queue_the_account(lab: Lab) -> None:
    lab.ask(signed_up(NOON - timedelta(hours=2)))


# What others do meanwhile.


def be_named(lab: Lab) -> None:
    """What the store or its server said of the customer, and what lies on the queue, is recorded."""
    lab.deliver_fresh("SignedQueue")


def be_told(lab: Lab) -> None:
    """The provider's event about the guest's mail."""
    lab.tell()
    lab.deliver_fresh("SignedQueue")


def both(first: Act, second: Act) -> Act:
    """One after the other."""

    def act(lab: Lab) -> None:
        first(lab)
        second(lab)

    return act


NEXT_VIEW, SWEEP = Other(look_on, REPLACED), Other(lambda lab: lab.sweep())
SECOND_WORKER = Other(deliver_again)
SIGN_IN = Flow(
    "sign-in",
    look_around,
    sign_in,
    MOVED,
    SENT,
    {
        "the visitor's next view": NEXT_VIEW,
        "a sweep": SWEEP,
        "a second worker": SECOND_WORKER,
        "the store's word": Other(be_named),
    },
)
SIGN_IN_LATE = Flow(
    "sign-in of one long gone",
    be_long_gone,
    sign_in,
    MOVED,
    SENT,
    {"the visitor's next view": NEXT_VIEW, "a sweep": SWEEP},
)
BROWSE = Flow(
    "visitor's view",
    both(look_around, queue_a_sign_in),
    look_on,
    WRITTEN,
    SENT,
    {"the sign-in": Other(be_named)},
)
BROWSE_LATE = Flow(
    "view of one long gone",
    both(be_long_gone, queue_a_sign_in),
    look_on,
    WRITTEN,
    SENT,
    {"the sign-in": Other(be_named)},
)
GUEST_QUEUED = Flow(
    "guest with a queued message",
    shop_as_a_guest,
    become_a_customer,
    MOVED,
    SENT,
    {
        "a sender": Other(send),
        "the guest's next view": NEXT_VIEW,
        "a sweep": SWEEP,
        "a second worker": SECOND_WORKER,
    },
)
GUEST_SENT = Flow(
    "guest with a sent message",
    be_written_to,
    become_a_customer,
    MOVED,
    SENT,
    {"a no": Other(unsubscribe), "the provider": Other(be_told)},
)
GUEST_IN_DOUBT = Flow(
    "guest with a message in doubt",
    be_in_doubt,
    become_a_customer,
    MOVED,
    WENT_OUT,
    {"the provider": Other(be_told), "a sweep": SWEEP},
)
SEND_TO_GUEST = Flow(
    "send to a guest",
    both(shop_as_a_guest, queue_the_account),
    send,
    frozenset({"sesv2.SendEmail"}),
    WENT_OUT,
    {"the merge": Other(be_named)},
)
