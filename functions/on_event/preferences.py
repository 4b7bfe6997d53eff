"""What a customer chose on the preference page, as one event: consent by channel, topics, and a pause."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from perennial.customer import Customer
from perennial.events import Confirmation, ConsentEvidence, ConsentState, Event, Name
from perennial.folding.feedback import suppression
from perennial.gates.address import address
from perennial.messaging.tokens import Claims
from perennial.people.identities import short_id
from perennial.times import stamp

SOURCE = "preferences_page"
NEVER_ON = "preferences_page_stop"  # of a no to a channel that was not on, which cannot be taken back here
CHANNELS = ("email", "sms", "push")  # that may stand on the page
_EVERY = (*CHANNELS, "bus")


@dataclass(frozen=True, slots=True)
class Choice:
    """channels, topics: what was on the page, and whether it is wanted. pause_until: "" ends it, None leaves it as it is."""

    channels: Mapping[str, bool] = field(default_factory=dict)
    topics: Mapping[str, bool] = field(default_factory=dict)
    pause_until: str | None = None


def is_on(customer: Customer | None, channel: str) -> bool:
    """Marketing may go there, as far as consent is concerned."""
    said = customer["consent"].get(channel) if customer else None
    return said is not None and said["state"] == ConsentState.SUBSCRIBED


def may_switch_on(customer: Customer | None, channel: str, claims: Claims) -> bool:
    """Whoever has the link reads what we send by its channel, and so may ask for it there.

    Another channel may be switched on again by whoever switched it off on this page: it is no way to sign up.
    """
    if channel == claims.channel:
        return customer is None or (
            bool(address(customer, channel)) and suppression(customer, channel) is None
        )
    said = customer["consent"].get(channel) if customer else None
    return said is not None and said["source"] == SOURCE


def shown(customer: Customer, claims: Claims) -> list[str]:
    """The channels that stand on the page."""
    return [each for each in CHANNELS if is_on(customer, each) or may_switch_on(customer, each, claims)]


def event_of(claims: Claims, choice: Choice, customer: Customer | None, at: datetime) -> Event:
    """The choice as an event; a yes that this link cannot give is left out of it.

    Its id names the document's version, so that a double click is one event and every later choice another; where no
    document could be read it names the minute.
    """
    consent = {
        channel: _evidence(claims, channel, at, wanted=wanted, was_on=is_on(customer, channel))
        for channel, wanted in choice.channels.items()
        if not wanted or may_switch_on(customer, channel, claims)
    }
    properties: dict[str, Any] = {"message_id": claims.message_id, "topics": dict(choice.topics)}
    properties |= {"consent": consent} if consent else {}
    properties |= {"pause_until": choice.pause_until} if choice.pause_until is not None else {}
    mark = str(customer["version"]) if customer else f"{at:%Y-%m-%dT%H:%M}"
    return Event(
        id=short_id(SOURCE, *claims, mark, _text_of(choice)),
        name=Name.PREFERENCES_CHANGED,
        occurred_at=at,
        received_at=at,
        source=SOURCE,
        trusted=True,
        properties=properties,
        customer_id=claims.customer_id,
    )


def everything_off(customer: Customer | None) -> Choice:
    """No channel any more, also of those on which nothing was ever said. A no that stands is left as it is."""
    said = customer["consent"] if customer else {}
    standing = {channel for channel, each in said.items() if each["state"] == ConsentState.UNSUBSCRIBED}
    return Choice(channels={each: False for each in (*_EVERY, *said) if each not in standing})


def _evidence(claims: Claims, channel: str, at: datetime, *, wanted: bool, was_on: bool) -> ConsentEvidence:
    state = ConsentState.SUBSCRIBED if wanted else ConsentState.UNSUBSCRIBED
    source = SOURCE if wanted or was_on else NEVER_ON
    said = ConsentEvidence(state=state, at=stamp(at), source=source, evidence=claims.message_id)
    if wanted and channel == claims.channel:
        said["confirmation"] = Confirmation.GIVEN  # the link was read at that very address
    return said


def _text_of(choice: Choice) -> str:
    said = (dict(choice.channels), dict(choice.topics), bool(choice.pause_until), choice.pause_until is None)
    return json.dumps(said, sort_keys=True)
