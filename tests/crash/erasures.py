"""A customer is forgotten: by the store's word or by the operator's command, in the middle of everything else."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from infra.desk.rights import erased
from perennial.customer import Customer
from perennial.messaging.outbox import Status
from perennial.times import stamp
from tests.crash.flows import (
    ANOTHER,
    DUE,
    WRITTEN,
    Act,
    Flow,
    Other,
    be_queued_with_an_offer,
    look_again,
    send,
)
from tests.crash.lab import Lab
from tests.crash.senders import EMAIL, redacted, viewed
from tests.crash.wire import Call, Stopped

LEFT = WRITTEN | {"dynamodb.UpdateItem", "dynamodb.Query"}
RETURN = DUE + timedelta(seconds=1)  # after the request, and perhaps before the erasure
NEW = "72"  # the product that whoever comes back looks at
_PERSONAL = (EMAIL, "Ada", "Oolong")


class _OnceTaken:
    """The process ends when it has taken a code."""

    def departs(self, call: Call) -> None:
        """It leaves as usual."""

    def arrives(self, call: Call) -> None:
        if call.operation == "dynamodb.UpdateItem":
            raise Stopped


def be_known(lab: Lab) -> None:
    """A customer with an order, a view, and a queued message that has taken a code and was not sent."""
    be_queued_with_an_offer(lab)
    with lab.wire.tapped(_OnceTaken()):
        send(lab)


def be_erased(lab: Lab) -> None:
    """The store asks for it."""
    lab.ask(redacted(DUE))
    lab.deliver("SignedQueue")


def be_erased_by_command(lab: Lab) -> None:
    """The operator asks for it, and again while the command fails."""
    lab.want(lambda lab: erased(lab.commander(), EMAIL) is not None or bool(_tombstones(lab)))


def be_erased_in_the_end(lab: Lab) -> None:
    """At the latest now."""
    if not _tombstones(lab):
        be_erased(lab)


def come_back(lab: Lab) -> None:
    """The person looks at something new a second later."""
    lab.seen.now = max(lab.seen.now, RETURN)
    lab.ask(viewed(lab.seen.now, NEW))
    lab.deliver("BrowserQueue")


def forgotten(lab: Lab, allowed: Collection[str]) -> Iterator[str]:
    """Nothing of before is left or comes back; nobody is written to; whoever came back has what is theirs."""
    if lab.seen.unanswered or lab.seen.wanted or lab.waiting():
        yield "requests or queued messages are never done"
    tombstones = _tombstones(lab)
    if not tombstones:
        yield "never erased"
        return
    erased_at = max(each["erased_at"] for each in tombstones)
    yield from _documents(lab)
    for place, name, received_at in lab.cloud.told():
        if received_at <= erased_at:
            yield f"{name} of before stands on the timeline of {place}"
    if lab.cloud.watched("71"):
        yield "a product is still watched for them"
    if lab.cloud.owners() and not _is_back(lab):
        yield "identities still lead to them"
    yield from _nobody_writes(lab)
    sent = {mail.message_id for mail in lab.seen.accepted}
    if {each for each in lab.cloud.taken().values() if each != ANOTHER} - sent:
        yield "a code that nobody was sent is not given back"
    if stamp(RETURN) > erased_at and _asked_for_new(lab) and not _is_back(lab):
        yield "whoever came back was not recorded"


def _documents(lab: Lab) -> Iterator[str]:
    for customer in lab.cloud.customers():
        views = [each["product_id"] for each in customer["views"] if each["product_id"] != NEW]
        held = [
            key
            for key in ("orders", "outbox", "settled", "enrollments", "traits", "erasing")
            if customer.get(key)
        ]
        if views or held:
            yield f"the document holds {[*views, *held]}"
        if any(word in json.dumps(customer) for word in _PERSONAL):
            yield "the document names them"
        if "erased_at" in customer and "email" not in customer["suppressed"]:
            yield "they may be written to"


def _nobody_writes(lab: Lab) -> Iterator[str]:
    """What was claimed before may have gone out; after the tombstone nothing is."""
    is_buried = False
    claimed: set[str] = set()
    for state in lab.seen.history:
        is_buried = is_buried or "erased_at" in state
        for message, entry in state["outbox"].items():
            if entry["status"] == Status.SENDING and message not in claimed:
                claimed.add(message)
                if is_buried:
                    yield "claimed after the erasure"


def _tombstones(lab: Lab) -> list[Customer]:
    return [each for each in lab.cloud.customers() if "erased_at" in each]


def _is_back(lab: Lab) -> bool:
    return any(each["product_id"] == NEW for customer in lab.cloud.customers() for each in customer["views"])


def _asked_for_new(lab: Lab) -> bool:
    return any(each.id.startswith(f"{NEW} at") for each in lab.seen.asked)


def _flow(name: str, act: Act, **others: Other) -> Flow:
    every = {each.replace("_", " "): other for each, other in others.items()}
    return Flow(name, be_known, act, LEFT, frozenset(), every, forgotten)


_MET = {
    "a_sender": Other(send),
    "another_view": Other(look_again),
    "a_return": Other(come_back),
    "a_sweep": Other(lambda lab: lab.sweep()),
    "a_second_worker": Other(lambda lab: lab.deliver("SignedQueue", again=True)),
}
ERASURE = _flow("erasure", be_erased, **_MET)
COMMAND = _flow("erasure by command", be_erased_by_command, **_MET)
_ERASURE = Other(be_erased)
VIEW_ERASED = replace(
    _flow("view met by an erasure", look_again, the_erasure=_ERASURE), later=be_erased_in_the_end
)
SEND_ERASED = replace(_flow("send met by an erasure", send, the_erasure=_ERASURE), later=be_erased_in_the_end)
