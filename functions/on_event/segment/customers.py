"""Who a Segment call is about, and what it may say about that customer.

A browser's key is public, so a call made with it says nothing of e-mail, phone or consent: whoever knows a
customer's id could otherwise redirect or subscribe them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from on_event import reading
from on_event.segment import calls
from perennial.events import Confirmation, ConsentEvidence, ConsentState
from perennial.people.identities import Identity, Kind
from perennial.times import stamp

CHANNELS = ("email", "sms", "push", "bus")
_TOKEN = re.compile(r"[\w:%.-]{16,1024}", re.ASCII)
_PLATFORMS = {"ios": "ios", "ipados": "ios", "iphone os": "ios", "android": "android"}
_EVIDENCE = re.compile(r"[\w./:#-]{1,100}", re.ASCII)
_STATES = frozenset(ConsentState)


def identities(call: Mapping[str, Any], *, trusted: bool) -> Iterator[Identity]:
    """The ids of the call; with a trusted one also the addresses of its traits."""
    if user_id := calls.user_id(call):
        yield Identity(Kind.STORE, user_id)
    if previous_id := calls.previous_id(call):
        yield Identity(Kind.ANONYMOUS, previous_id)
    if anonymous_id := calls.anonymous_id(call):
        yield Identity(Kind.ANONYMOUS, anonymous_id)
    given = _given(call)
    if trusted and (address := reading.email(given.get("email"))):
        yield Identity(Kind.EMAIL, address.key)
    if trusted and (number := reading.phone(given.get("phone"))):
        yield Identity(Kind.PHONE, number)


def traits(call: Mapping[str, Any], *, trusted: bool) -> dict[str, str]:
    """What the call tells about the customer, readable values only."""
    given, context = _given(call), reading.mapping(call.get("context"))
    first, last = _names(given)
    found = {
        "first_name": first,
        "last_name": last,
        "locale": reading.locale(given.get("locale")) or reading.locale(context.get("locale")),
        "timezone": reading.timezone(given.get("timezone")) or reading.timezone(context.get("timezone")),
        "country": _country(given),
        "birthday": reading.birthday(given.get("birthday")),
    }
    if trusted:
        address = reading.email(given.get("email"))
        found |= {"email": address.address if address else None, "phone": reading.phone(given.get("phone"))}
    return {name: value for name, value in found.items() if value}


def consent(call: Mapping[str, Any], at: datetime) -> dict[str, ConsentEvidence]:
    """Of a trusted identify call: `traits.consent.{email,sms,push,bus}`, each a state or an object.

    The object is `{"state", "at", "evidence", "confirmed"}`. States are those of `ConsentState`; `at` is ISO 8601 (default:
    the call's time), `evidence` has no blanks; `confirmed` is true beside `subscribed` where the owner of the address was
    asked there and said yes.
    """
    told = reading.mapping(_given(call).get("consent"))
    found = {channel: _statement(told.get(channel), at) for channel in CHANNELS}
    return {channel: evidence for channel, evidence in found.items() if evidence}


def device(call: Mapping[str, Any]) -> dict[str, str] | None:
    """Where the app can show messages: its push token and platform, of a trusted call's context."""
    context = reading.mapping(call.get("context"))
    told = reading.mapping(context.get("device"))
    token = told.get("token")
    names = (told.get("type"), reading.mapping(context.get("os")).get("name"))
    platform = next(
        (_PLATFORMS[name.lower()] for name in names if isinstance(name, str) and name.lower() in _PLATFORMS),
        None,
    )
    if not (isinstance(token, str) and _TOKEN.fullmatch(token) and platform):
        return None
    return {"token": token, "platform": platform}


def refusal(at: datetime) -> ConsentEvidence:
    """Of a trusted call that tells of an unsubscription."""
    state = ConsentState.UNSUBSCRIBED
    return ConsentEvidence(state=state, at=stamp(at), source="segment", evidence="track:unsubscribed")


def unreadable(call: Mapping[str, Any]) -> list[str]:
    """Addresses that a trusted call gives and nobody could write to."""
    given = _given(call)
    readers = {"email": reading.email, "phone": reading.phone}
    return [field for field, read in readers.items() if given.get(field) and not read(given[field])]


def _statement(told: Any, at: datetime) -> ConsentEvidence | None:
    statement = told if isinstance(told, dict) else {"state": told}
    state = statement.get("state")
    if not isinstance(state, str) or state.lower() not in _STATES:
        return None
    said_at = reading.time(statement.get("at")) or at
    found = ConsentEvidence(state=ConsentState(state.lower()), at=stamp(min(said_at, at)), source="segment")
    evidence = statement.get("evidence")
    if isinstance(evidence, str) and _EVIDENCE.fullmatch(evidence):
        found["evidence"] = evidence
    if found["state"] == ConsentState.SUBSCRIBED and statement.get("confirmed") is True:
        found["confirmation"] = Confirmation.GIVEN
    return found


def _given(call: Mapping[str, Any]) -> dict[str, Any]:
    """Traits of an identify call, or those a track call repeats in its context."""
    context = reading.mapping(call.get("context"))
    own = call.get("traits") if call.get("type") == calls.IDENTIFY else None
    return {**reading.mapping(context.get("traits")), **reading.mapping(own)}


def _names(given: Mapping[str, Any]) -> tuple[str | None, str | None]:
    first, last = (
        _either(given, spellings) for spellings in (("firstName", "first_name"), ("lastName", "last_name"))
    )
    words = (reading.text(given.get("name"), 200) or "").split()
    # Of a longer name nobody can say which word is the one to greet with.
    if not first and not last and len(words) == 2:
        return words[0], words[1]
    return first, last


def _either(given: Mapping[str, Any], spellings: tuple[str, ...]) -> str | None:
    return next((name for key in spellings if (name := reading.text(given.get(key), 100))), None)


def _country(given: Mapping[str, Any]) -> str | None:
    return reading.country(given.get("country")) or reading.country(
        reading.mapping(given.get("address")).get("country")
    )
