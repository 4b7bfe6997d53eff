"""What a customer chose beside consent: topics they do not want, and a pause.

Of each topic the newest word counts, and so of the pause: the order in which events arrive does not matter. A topic that
nothing was said about is wanted. When two documents turn out to be one person, the stricter word counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perennial.customer import Customer, Pause, Preferences, Wish
from perennial.events import Event
from perennial.times import stamp

TOPICS_KEPT = 40


def fold(draft: Customer, event: Event) -> None:
    """An event's `topics` ({topic: wanted}) and `pause_until` (a stamp, "" to end it), as far as they are there."""
    if not event.trusted:
        return
    at, told = stamp(event.occurred_at), event.properties
    for topic, wanted in told.get("topics", {}).items():
        _keep_wish(draft, topic, Wish(wanted=bool(wanted), at=at))
    if "pause_until" in told:
        _keep_pause(draft, Pause(until=str(told["pause_until"]), at=at))


def join(draft: Customer, other: Customer) -> None:
    """What two documents of one person say: no topic that either does not want, and the longer pause."""
    theirs = other.get("preferences")
    if theirs is None:
        return
    mine = _held(draft)
    for topic, wish in theirs["topics"].items():
        mine["topics"][topic] = min(mine["topics"].get(topic, wish), wish, key=_strictest)
    if pause := theirs.get("pause"):
        mine["pause"] = max(mine.get("pause", pause), pause, key=lambda each: (each["until"], each["at"]))


def refusal(customer: Customer, topic: str, now: datetime) -> dict[str, Any] | None:
    """Why marketing of this topic is not wanted now, as facts; None when it is."""
    preferences = customer.get("preferences")
    if preferences is None:
        return None
    until = paused_until(customer, now)
    if until is not None:
        return {"paused_until": until}
    return None if wants(customer, topic) else {"topic": topic, "at": preferences["topics"][topic]["at"]}


def wants(customer: Customer, topic: str) -> bool:
    """Whether the customer wants to hear of it, a pause aside."""
    preferences = customer.get("preferences")
    return preferences is None or preferences["topics"].get(topic, Wish(wanted=True, at=""))["wanted"]


def paused_until(customer: Customer, now: datetime) -> str | None:
    """The stamp at which a pause ends that holds now."""
    pause = customer.get("preferences", Preferences(topics={})).get("pause")
    return pause["until"] if pause and pause["until"] > stamp(now) else None


def _keep_wish(draft: Customer, topic: str, wish: Wish) -> None:
    topics = _held(draft)["topics"]
    held = topics.get(topic)
    topics[topic] = wish if held is None else max(held, wish, key=_newest)
    if len(topics) > TOPICS_KEPT:
        del topics[min(topics, key=lambda name: (topics[name]["at"], name))]


def _keep_pause(draft: Customer, pause: Pause) -> None:
    preferences = _held(draft)
    held = preferences.get("pause", pause)
    preferences["pause"] = max(held, pause, key=lambda each: (each["at"], each["until"]))


def _held(draft: Customer) -> Preferences:
    return draft.setdefault("preferences", Preferences(topics={}))


def _newest(wish: Wish) -> tuple[str, bool]:
    """Of two words of one moment the no counts."""
    return wish["at"], not wish["wanted"]


def _strictest(wish: Wish) -> tuple[bool, str]:
    return wish["wanted"], wish["at"]
