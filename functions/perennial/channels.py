"""Which channel a step uses for a customer."""

from __future__ import annotations

from perennial.customer import Customer
from perennial.events import ConsentState
from perennial.feedback import suppression
from perennial.gates.address import address

CHANNELS = ("email", "sms")
BEST = "best"


def choose(customer: Customer, wanted: str) -> str:
    """The channel itself, or for "best" the first that may be used; e-mail when none may, so that the refusal is named."""
    if wanted != BEST:
        return wanted
    return next((channel for channel in CHANNELS if _is_open(customer, channel)), CHANNELS[0])


def _is_open(customer: Customer, channel: str) -> bool:
    consent = customer["consent"].get(channel)
    subscribed = consent is not None and consent["state"] == ConsentState.SUBSCRIBED
    return subscribed and suppression(customer, channel) is None and address(customer, channel) is not None
