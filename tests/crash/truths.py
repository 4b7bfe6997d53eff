"""What must hold once everything has come to rest, whatever went wrong on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from perennial.customer import Customer
from perennial.folding import orders
from perennial.messaging.outbox import Status
from tests.crash.flows import ANOTHER
from tests.crash.lab import Lab

WENT_OUT = (Status.SENT, Status.UNCONFIRMED)


def ends(lab: Lab) -> list[str]:
    """How each message ended, and how many mails of it the provider took: "sent 1", "unconfirmed 0", "no_consent 0"."""
    return [
        f"{each['status'] if each['status'] in WENT_OUT else each.get('reason')} {_accepted(lab, each['id'])}"
        for each in lab.customer()["settled"]
    ]


def broken(lab: Lab, allowed: Collection[str]) -> Iterator[str]:
    """Every broken promise, in words. allowed: how a message may end, without the number of mails."""
    if lab.seen.unanswered or lab.waiting():
        yield f"{len(lab.seen.unanswered)} requests and {len(lab.waiting())} queued messages are never done"
    if not lab.cloud.customers():
        yield "the customer was never recorded"
        return
    yield from _one_person(lab)
    yield from _effects(lab)
    yield from _messages(lab, allowed)
    yield from _mails(lab)
    yield from _codes(lab)


def _one_person(lab: Lab) -> Iterator[str]:
    """One document: nothing is left in the others but where they went, and every identity leads to it."""
    customer = lab.customer()["id"]
    for other in lab.cloud.customers():
        if other["id"] != customer and other.get("merged_into") != customer:
            yield "a second document of the same person"
        elif other["id"] != customer and (not other.get("folded") or other["views"] or other["orders"]):
            yield "frozen and never folded away"
    if lab.cloud.owners() != {customer}:
        yield "identities that do not lead to the customer"


def _effects(lab: Lab) -> Iterator[str]:
    """Each event has one effect, whoever told it and however often."""
    customer = lab.customer()
    asked = Counter(tells for tells, _ in {(each.tells, each.id) for each in lab.seen.asked})
    found = {
        "views": (len(customer["views"]), asked["product_viewed"] - lab.seen.forgotten),
        "orders": (orders.count(customer), asked["order_completed"]),
    }
    yield from (f"{what}: {now} instead of {then}" for what, (now, then) in found.items() if now != then)
    wanted = "unsubscribed" if asked["consent_changed"] else "subscribed"
    said = customer["consent"]["email"]["state"] if customer["consent"] else "nothing"
    if said != wanted:
        yield f"consent is {said} instead of {wanted}"
    told = asked + Counter({"message_sent": len(lab.seen.told)})
    timeline = Counter(lab.cloud.timeline(customer["id"]))
    if timeline != +told:
        yield f"the timeline holds {dict(timeline)} instead of {dict(told)}"


def _messages(lab: Lab, allowed: Collection[str]) -> Iterator[str]:
    """Whatever was planned has an end, and the end is the truth."""
    customer = lab.customer()
    if customer["outbox"]:
        yield f"never settled: {[entry['status'] for entry in customer['outbox'].values()]}"
    settled = {each["id"]: each for each in customer["settled"]}
    if _lasting(lab) - settled.keys() - customer["outbox"].keys():
        yield "planned and forgotten"
    if not any(state["outbox"] for state in lab.seen.history):
        yield "nothing was ever planned"
    for message, each in settled.items():
        end = each["status"] if each["status"] in WENT_OUT else each.get("reason", "skipped without a reason")
        mails, is_told = _accepted(lab, message), _told(lab, message)
        if end not in allowed:
            yield f"ended as {end}, which nothing explains"
        if (end == Status.SENT and mails != 1) or (end not in WENT_OUT and mails):
            yield f"ended as {end} with {mails} mails accepted"
        if end == Status.UNCONFIRMED and is_told:
            yield "unconfirmed, although the provider said that it was sent"


def _lasting(lab: Lab) -> set[str]:
    """Messages that were planned, without those a guest had queued when they became a customer: they are planned anew."""
    frozen = {each["id"] for each in lab.cloud.customers() if "merged_into" in each}
    last = {  # in the end: what a provider refused meanwhile is queued again, and planned anew like the rest
        message: (state["id"], entry["status"])
        for state in lab.seen.history
        for message, entry in state["outbox"].items()
    }
    return {
        message
        for message, (customer_id, status) in last.items()
        if customer_id not in frozen or status == Status.SENDING
    }


def _mails(lab: Lab) -> Iterator[str]:
    """At most one mail for a message, and for one visit; only after its claim, and no claim after a no."""
    if len({mail.message_id for mail in lab.seen.accepted}) > 1:
        yield "two messages about one visit"
    for message, mails in Counter(mail.message_id for mail in lab.seen.accepted).items():
        if mails > 1:
            yield f"accepted {mails} times"
        claims = [state for state in lab.seen.history if _is_claimed(state, message)]
        if not claims:
            yield "accepted without a claim"
        elif claims[0]["consent"]["email"]["state"] != "subscribed":
            yield "claimed after the customer had said no"


def _codes(lab: Lab) -> Iterator[str]:
    """A message that went out has the one code it names; any other has none."""
    customer, taken = lab.customer(), lab.cloud.taken()
    owned = Counter(message for message in taken.values() if message != ANOTHER)
    sent = {each["id"]: each for each in customer["settled"] if each["status"] in WENT_OUT}
    yield from (f"{count} codes for one message" for count in owned.values() if count > 1)
    for message, each in sent.items():
        if "offer" in each and taken.get(each["offer"]["code"].casefold()) != message:
            yield "sent with a code that is not its own"
    if owned.keys() - sent.keys() or "returned" in customer:
        yield "a code that nobody was sent is not given back"


def _is_claimed(state: Customer, message: str) -> bool:
    return message in state["outbox"] and state["outbox"][message]["status"] == Status.SENDING


def _accepted(lab: Lab, message: str) -> int:
    return sum(mail.message_id == message for mail in lab.seen.accepted)


def _told(lab: Lab, message: str) -> bool:
    return any(mail.message_id == message and mail.provider_id in lab.seen.told for mail in lab.seen.accepted)
