"""What campaigns keep in a customer's document: where the customer stands in them, and the messages they planned."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from perennial.messaging.offers import Offered


class Awaited(TypedDict):
    """The message an enrollment waits for, and when it is due."""

    step: str
    at: str


class Enrollment(TypedDict):
    """The memory of a campaign about one subject (a product id, or "" for the customer): the newest occurrence entered.

    since: stamp of the fact that caused it; what exits counts from there. moment: when the first step was due.
    variant: frozen at entry; "holdout" for those who get nothing, who would have got the first message at held_at.
    awaits: what it waits for. turns: by id of a branch, whether its `then` was taken.
    state: planned (message in the outbox), waiting (for the next step), ended.
    settled_at: when the last step settled, outcome: how. reason: why it ended. first_sent_at: when a first message was last
    sent to this subject; it survives the next entry, for once_per.
    let_go_at: when its newest step that came too late was skipped.
    """

    key: str
    since: str
    moment: str
    entered_at: str
    variant: str
    step: str
    state: str
    facts: dict[str, Any]
    settled_at: NotRequired[str]
    first_sent_at: NotRequired[str]
    held_at: NotRequired[str]
    awaits: NotRequired[Awaited]
    turns: NotRequired[dict[str, bool]]
    outcome: NotRequired[str]
    reason: NotRequired[str]
    let_go_at: NotRequired[str]


class Trial(TypedDict):
    """A customer's part in a campaign's experiment, from their first entry: what they were given, and when (a stamp)."""

    variant: str
    at: str


class _Message(TypedDict):
    """Whatever became of it. clicked_at: when a person first followed a link in it. offer: what it offers."""

    campaign: str
    subject: str
    key: str
    step: str
    variant: str
    channel: str
    status: str
    marketing: bool
    offer: NotRequired[Offered]
    clicked_at: NotRequired[str]


class Planned(_Message):
    """An outbox entry: a message planned and not yet settled.

    status: queued or sending. due_at, send_by, retry_at, doubt_until: stamps. token: of the sender that claimed it.
    doubted_at: when an earlier attempt was claimed of which nobody knows what became.
    offer: a code out of a pool is noted here before it is claimed (rule 18).
    """

    planned_at: str
    due_at: str
    send_by: str
    enqueues: int
    retry_at: str
    facts: dict[str, Any]
    token: NotRequired[str]
    doubt_until: NotRequired[str]
    claimed_at: NotRequired[str]
    doubted_at: NotRequired[str]


class Settled(_Message):
    """A message that is done. status: sent, unconfirmed or skipped (with `reason`). `at`: the stamp that counts for caps.

    offer: only if it went out.
    """

    id: str
    at: str
    reason: NotRequired[str]


class Returned(TypedDict):
    """A code that goes back into its pool, since the message it was noted for does not need it. look_at: not before that."""

    pool: str
    code: str
    message: str
    look_at: str
