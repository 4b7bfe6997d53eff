"""The outbox of a customer document: messages planned and not yet settled, and what becomes of them.

Every timer lives in its entry, so that whoever puts the document can compute `wake_at` from the document alone. The rules
(numbers in docs/adr) were checked by exhaustive exploration; change nothing here without them at hand.
All functions change the given draft; the document is put by the caller, on condition of its version.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from perennial.customer import Customer
from perennial.messaging.messages import Enrollment, Planned, Returned, Settled
from perennial.people.identities import short_id
from perennial.times import moment, stamp

LEASE = timedelta(minutes=10)  # at least visibility + timeout of send + clock skew; doubles with each enqueue
ENQUEUES = 6
DOUBT = timedelta(hours=1)  # how long a Send event may take to settle a message that got no answer
RESENT_AFTER = timedelta(
    hours=25
)  # the provider may tell of a mail for a day; only then it is taken for lost
SETTLED_KEPT = 40
RETURNED_AFTER = LEASE  # longer than a sender that noted a code may take to claim it
STEP_REMOVED, REPLACED = "step_removed", "replaced"  # why an enrollment ended; also any verdict, and:
EXIT = "exit: "  # an exit step, with its reason behind
_ENDING = frozenset({"exited_by", "outside_audience", STEP_REMOVED})  # whatever step they are met at


class Status(StrEnum):
    """The first two while a message is in the outbox, the others for good (`unconfirmed` may still become `sent`)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    SKIPPED = "skipped"


WENT_OUT = frozenset({Status.SENT, Status.UNCONFIRMED})  # counted for caps and follow-ups alike


def message_id(campaign: str, key: str, step: str, customer_id: str) -> str:
    """The same whoever computes it: at most one message for a step of an occurrence."""
    return short_id("message", campaign, key, step, customer_id)


def enqueue(entry: Planned, now: datetime) -> None:
    """Count one more copy in the queue and lease it; a copy that is lost is replaced when the lease ends (rule 8)."""
    entry["retry_at"] = stamp(now + LEASE * (1 << entry["enqueues"]))
    entry["enqueues"] += 1


def claim(draft: Customer, message: str, token: str, now: datetime) -> None:
    """From here on the message may have been sent: nobody else may send it (rule 12)."""
    entry = draft["outbox"][message]
    entry["status"] = Status.SENDING
    entry["token"] = token
    entry["claimed_at"] = stamp(now)
    entry["doubt_until"] = stamp(now + DOUBT)


def is_claimed_by(customer: Customer, message: str, token: str) -> bool:
    """This very attempt holds the claim."""
    entry = customer["outbox"].get(message)
    return bool(entry and entry["status"] == Status.SENDING and entry.get("token") == token)


def give_back(draft: Customer, message: str, until: datetime) -> None:
    """Certainly not sent, and to be tried again not before `until`."""
    entry = draft["outbox"][message]
    entry["status"] = Status.QUEUED
    entry["retry_at"] = stamp(until)
    for key in ("token", "claimed_at", "doubt_until"):
        entry.pop(key, None)  # type: ignore[misc]  # TypedDict.pop wants a literal key


def doubt_longer(entry: Planned) -> bool:
    """Wait for the provider's word as long as it may still come; False when that time is over (rule 14)."""
    over = stamp(moment(entry["claimed_at"]) + RESENT_AFTER)
    if over <= entry["doubt_until"]:
        return False
    entry["doubt_until"] = over
    return True


def take_back(draft: Customer, message: str, now: datetime) -> None:
    """Perhaps sent, and by its campaign's wish to be sent once more."""
    entry = draft["outbox"][message]
    entry["doubted_at"] = entry["claimed_at"]
    give_back(draft, message, now)


def backoff(entry: Planned, now: datetime) -> datetime:
    """When to try again after the provider refused."""
    return now + LEASE * (1 << max(0, entry["enqueues"] - 1))


def settle(draft: Customer, message: str, status: Status, at: datetime, *, reason: str = "") -> None:
    """Move a message from the outbox to the settled ones and advance its enrollment.

    One that may have gone out in an earlier attempt is never called skipped.
    """
    entry = draft["outbox"][message]
    if status == Status.SKIPPED and "doubted_at" in entry:
        status, at = Status.UNCONFIRMED, moment(entry["doubted_at"])
    if status == Status.SKIPPED:
        hand_back(draft, message, at)
    del draft["outbox"][message]
    settled = Settled(
        id=message,
        campaign=entry["campaign"],
        subject=entry["subject"],
        key=entry["key"],
        step=entry["step"],
        variant=entry["variant"],
        channel=entry["channel"],
        status=status,
        at=stamp(at),
        marketing=entry["marketing"],
    )
    if reason:
        settled["reason"] = reason
    if "clicked_at" in entry:
        settled["clicked_at"] = entry["clicked_at"]
    if "offer" in entry:
        settled["offer"] = entry["offer"]
    keep(draft, settled)
    _advance(draft, entry, status, stamp(at), reason)


def hand_back(draft: Customer, message: str, at: datetime) -> None:
    """The message gives up what it offers. A code out of a pool may be claimed for it, or about to be (rule 18).

    So it is noted as returned, and the sweep gives it back when no sender can be about to claim it any more.
    """
    offer = draft["outbox"][message].pop("offer", None)
    if offer and "pool" in offer:
        look_at = stamp(at + RETURNED_AFTER)
        code = Returned(pool=offer["pool"], code=offer["code"], message=message, look_at=look_at)
        draft.setdefault("returned", []).append(code)


def keep(draft: Customer, settled: Settled) -> None:
    """Remember a settled message, within the bound."""
    every = sorted([*draft["settled"], settled], key=lambda each: (each["at"], each["id"]))
    draft["settled"] = every[-SETTLED_KEPT:]


def _advance(draft: Customer, entry: Planned, status: Status, at: str, reason: str) -> None:
    enrollment = draft["enrollments"].get(entry["campaign"], {}).get(entry["subject"])
    if enrollment is None or enrollment["key"] != entry["key"]:
        return
    first = "settled_at" not in enrollment
    enrollment["settled_at"], enrollment["outcome"] = at, status
    enrollment["state"] = "waiting"
    if first and status in WENT_OUT:
        for told in (enrollment, *_joined(draft, entry)):
            told["first_sent_at"], told["outcome"] = at, status
    if status == Status.SKIPPED and (first or reason in _ENDING):
        enrollment["state"], enrollment["reason"] = "ended", reason


def _joined(draft: Customer, entry: Planned) -> list[Enrollment]:
    """Enrollments of other subjects that the same message spoke of."""
    inside = draft["enrollments"][entry["campaign"]].values()
    return [
        each
        for each in inside
        if each.get("reason") == "joined" and each["entered_at"] == entry["planned_at"]
    ]


def confirm(draft: Customer, message: str, at: datetime) -> None:
    """The provider says that it took the message: that settles it as sent, whenever it comes (rule 14)."""
    if message in draft["outbox"]:
        settle(draft, message, Status.SENT, at)
        return
    for settled in draft["settled"]:
        if settled["id"] == message and settled["status"] == Status.UNCONFIRMED:
            settled["status"] = Status.SENT


def timers(customer: Customer) -> Iterator[str]:
    """Stamps at which somebody has to look at an entry, or a returned code, again."""
    for entry in customer["outbox"].values():
        if entry["status"] == Status.SENDING:
            yield entry["doubt_until"]
        else:
            yield min(entry["retry_at"], entry["send_by"])
    yield from (returned["look_at"] for returned in customer.get("returned", ()))
