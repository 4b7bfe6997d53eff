"""A rendered message as the event that goes to the shop's own systems (docs/campaigns.md names its parts)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perennial.customer import Customer
from perennial.folding import consent
from perennial.insight.profile import TRAITS
from perennial.messaging.messages import Planned
from perennial.people.identities import Kind
from perennial.rendering.renderer import Message

VERSION = 1


def build_detail(
    customer: Customer, entry: Planned, message: Message, tags: Mapping[str, str], unsubscribe_url: str | None
) -> dict[str, Any]:
    """Plain JSON. unsubscribe_url: None for a transactional message."""
    channels = sorted({*customer["consent"], "bus"})
    words = ((channel, consent.standing(customer, channel)) for channel in channels)
    return {
        "version": VERSION,
        **{name: tags[name] for name in ("message_id", "campaign", "step", "variant")},
        "text": message.text,
        "customer": {
            "id": customer["id"],
            "store_ids": customer["identities"].get(Kind.STORE, []),
            **{name: customer["traits"][name] for name in TRAITS if name in customer["traits"]},
        },
        "consent": {channel: said["state"] for channel, said in words if said},
        "event": entry["facts"],
        "offer": entry.get("offer"),
        "unsubscribe_url": unsubscribe_url,
        "due_at": entry["due_at"],
        "send_by": entry["send_by"],
    }
