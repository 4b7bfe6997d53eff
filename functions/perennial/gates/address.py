"""Without an address there is nothing to send to."""

from __future__ import annotations

from perennial.customer import Customer
from perennial.deciding.verdicts import Finding, Verdict
from perennial.folding import devices
from perennial.gates.case import Case

_TRAIT = {"email": "email", "sms": "phone"}


def check(case: Case) -> Finding | None:
    if address(case.customer, case.channel):
        return None
    return Finding(Verdict.NO_ADDRESS, {"channel": case.channel})


def address(customer: Customer, channel: str) -> str | None:
    """Where a channel reaches the customer: the token of a device for push; the shop knows for itself behind the bus."""
    if channel == "push":
        device = devices.current(customer)
        return device["token"] if device else None
    return customer["id"] if channel == "bus" else customer["traits"].get(_TRAIT[channel])
