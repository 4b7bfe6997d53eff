"""What it means for whoever comes by that somebody was erased: what is dropped, what is taken over, what goes on. Pure.

`perennial.people.erasing` does it.
"""

from __future__ import annotations

from collections.abc import Mapping

from perennial.customer import Customer, Suppression, copied
from perennial.events import Event
from perennial.people.identities import KNOWN, PERSONAL, Identity, Kind
from perennial.ports.documents import Mark, Pointer
from perennial.times import Stamp, stamp

ERASED = "erased"  # why nobody writes to the address any more
CHANNELS = {Kind.EMAIL: "email", Kind.PHONE: "sms"}
FIRST, AGAIN = (
    "first",
    "again",
)  # stages: the identities are not let go yet; they are, and are once more after a grace


def is_due(customer: Customer, at: Stamp) -> bool:
    """The erasure of this one is to be gone on with."""
    return "erasing" in customer and customer["erasing"]["look_at"] <= at


def is_unfinished(customer: Customer) -> bool:
    """Its identities were not let go yet: whoever meets it calls `finish` and starts again."""
    return "erasing" in customer and customer["erasing"]["stage"] == FIRST


def is_forgotten(customer: Customer, event: Event) -> bool:
    """Received before the erasure, or about what was done before it: a word on a message of whom nobody knows any more."""
    if "erased_at" not in customer:
        return False
    return stamp(event.received_at) <= customer["erased_at"] or not (event.identities or _is_back(customer))


def was_let_go(event: Event, pointers: Mapping[Identity, Pointer]) -> bool:
    """Received before somebody was erased whom it is about.

    An event that names a customer of the store is about them, though it names an address too that they share with another
    customer of the store who was erased. What it names beside its customer (a device, a cart) says nothing of whom it is
    about.
    """
    known = [identity for identity in event.identities if identity.kind in KNOWN]
    names_customer = any(identity.kind == Kind.STORE for identity in known)
    marks = {each: pointers[each].mark for each in known or event.identities if each in pointers}
    return any(
        mark is not None
        and stamp(event.received_at) <= mark.at
        and not (names_customer and mark.of_store and identity.kind in PERSONAL)
        for identity, mark in marks.items()
    )


def taking_over(customer: Customer, marks: Mapping[Identity, Mark]) -> Customer:
    """As it has to be to claim identities that were let go: nobody writes to the addresses among them."""
    if not marks:
        return customer
    draft = copied(customer)
    for identity, mark in marks.items():
        if identity.kind in CHANNELS:
            draft["suppressed"].setdefault(CHANNELS[identity.kind], Suppression(reason=ERASED, at=mark.at))
    return draft


def is_tombstone(customer: Customer) -> bool:
    """Nothing is left of somebody who was erased, and nobody has come back; what still leads here leads nowhere."""
    return "erased_at" in customer and not is_unfinished(customer) and not _is_back(customer)


def _is_back(customer: Customer) -> bool:
    return any(customer["identities"].values())
