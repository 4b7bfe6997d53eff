"""Consent: which word of a customer counts for a channel, and what a shop with double opt-in makes of a yes.

Two words are remembered for each channel: the newest one of any source, and the newest yes whose confirmation we want. The
second counts only after a word that is no yes, so asking again never takes away what was granted, and a refusal in between
is never forgotten. What counts is a function of the two, so the order in which events arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from perennial.customer import Customer
from perennial.events import Confirmation, ConsentEvidence, ConsentState, Event
from perennial.folding import devices

WORDS_KEPT = 12
STRICTNESS = {state: rank for rank, state in enumerate(ConsentState)}


def standing(customer: Customer, channel: str) -> ConsentEvidence | None:
    """The word that holds for a channel: the customer's own, or what follows where nothing was said of it.

    A device whose app told of it was allowed to show messages. Whoever subscribed to any channel agreed to hear from the
    shop, which has to know of what lies behind its bus for itself.
    """
    said = customer["consent"].get(channel)
    if said is not None:
        return said
    if channel == "push" and (device := devices.current(customer)):
        return ConsentEvidence(state=ConsentState.SUBSCRIBED, at=device["at"], source="device")
    if channel == "bus":
        agreed = (each for each in customer["consent"].values() if each["state"] == ConsentState.SUBSCRIBED)
        return next(agreed, None)
    return None


def is_wanted(said: ConsentEvidence | None) -> bool:
    """A yes that we have yet to see confirmed."""
    return said is not None and said.get("confirmation") == Confirmation.WANTED


def under_double_opt_in(event: Event, channels: Collection[str]) -> Event:
    """The event as a shop takes it that wants a confirmation for these channels.

    A yes that shows none becomes `pending`. A sender whom we cannot trust may ask for a confirmation, and say no more.
    """
    told = event.properties.get("consent")
    if not told:
        return event
    ruled = {channel: _unconfirmed(said) if channel in channels else said for channel, said in told.items()}
    if not event.trusted:
        ruled = {channel: said for channel, said in ruled.items() if channel in channels and is_wanted(said)}
    if ruled == told:
        return event
    others = {key: value for key, value in event.properties.items() if key != "consent"}
    return replace(event, properties=others | ({"consent": ruled} if ruled else {}))


def _unconfirmed(said: ConsentEvidence) -> ConsentEvidence:
    if said["state"] != ConsentState.SUBSCRIBED or "confirmation" in said:
        return said
    return ConsentEvidence(**{**said, "state": ConsentState.PENDING, "confirmation": Confirmation.WANTED})


def fold(draft: Customer, channel: str, said: ConsentEvidence) -> None:
    """One more word on a channel: the newest counts, the stricter of equally new ones."""
    word, wanted = _held(draft, channel)
    if is_wanted(said):
        wanted = max(filter(None, (wanted, said)), key=_weight)
    else:
        word = max(filter(None, (word, said)), key=_weight)
    _keep(draft, channel, word, wanted)


def remember(draft: Customer, channel: str, said: ConsentEvidence) -> None:
    """Keep when a yes or a no was said, for counting how often somebody became a subscriber. What waits is neither."""
    if said["state"] == ConsentState.PENDING:
        return
    words = draft.setdefault("words", {}).setdefault(channel, {})
    words[said["at"]] = max(words.get(said["at"], said["state"]), said["state"], key=_strict)
    if len(words) > WORDS_KEPT:
        del words[min(words)]


def _strict(state: str) -> int:
    return STRICTNESS[ConsentState(state)]


def join(draft: Customer, other: Customer) -> None:
    """What two documents of one person say: the stricter word, and the newest wish to confirm."""
    for channel in other["consent"]:
        words, wishes = zip(_held(draft, channel), _held(other, channel), strict=True)
        word = max(filter(None, words), key=_strictness, default=None)
        _keep(draft, channel, word, max(filter(None, wishes), key=_weight, default=None))
    for channel, told in other.get("words", {}).items():
        for at, state in told.items():
            remember(draft, channel, ConsentEvidence(state=state, at=at, source=""))


def _held(customer: Customer, channel: str) -> tuple[ConsentEvidence | None, ConsentEvidence | None]:
    """The word and the wish, whichever of them counts."""
    both = (customer["consent"].get(channel), customer.get("consent_beside", {}).get(channel))
    word = next((said for said in both if said and not is_wanted(said)), None)
    return word, next((said for said in both if is_wanted(said)), None)


def _keep(
    draft: Customer, channel: str, word: ConsentEvidence | None, wanted: ConsentEvidence | None
) -> None:
    counts = wanted if wanted and _asks_after(wanted, word) else word
    beside = word if counts is wanted else wanted
    if counts:
        draft["consent"][channel] = counts
    if beside:
        draft.setdefault("consent_beside", {})[channel] = beside


def _asks_after(wanted: ConsentEvidence, word: ConsentEvidence | None) -> bool:
    return word is None or (word["state"] != ConsentState.SUBSCRIBED and wanted["at"] > word["at"])


def _weight(said: ConsentEvidence) -> tuple[str, int, str, str, str]:
    proof = said.get("confirmation", ""), said.get("evidence", "")
    return said["at"], STRICTNESS[ConsentState(said["state"])], said["source"], *proof


def _strictness(said: ConsentEvidence) -> tuple[int, tuple[str, int, str, str, str]]:
    return STRICTNESS[ConsentState(said["state"])], _weight(said)
