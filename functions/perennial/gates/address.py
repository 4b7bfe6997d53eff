"""Without an address there is nothing to send to."""

from __future__ import annotations

from perennial.customer import Customer
from perennial.gates.case import Case
from perennial.verdicts import Finding, Verdict

_TRAIT = {"email": "email", "sms": "phone"}


def check(case: Case) -> Finding | None:
    if address(case.customer, case.channel):
        return None
    return Finding(Verdict.NO_ADDRESS, {"channel": case.channel})


def address(customer: Customer, channel: str) -> str | None:
    """Where a channel reaches the customer."""
    return customer["traits"].get(_TRAIT[channel])
