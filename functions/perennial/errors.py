"""Every error Perennial raises on purpose.

PerennialError
├── Conflict          someone else wrote the document first: read again, judge again
├── Unintelligible    this input can never be understood: to the dead letters, with its reason
├── SettingMissing    the environment lacks a value that template.yaml sets
├── ContentError      a marketer's file is wrong: file, key, value and remedy are in the text
├── NotPublished      no release is live yet
├── QueueRefused      some of the messages of a batch were not taken
├── Throttled         a table kept deferring part of a batch: the whole may be repeated
└── ProviderError
    ├── Refused       the provider said no: nothing was sent
    └── InDoubt       no answer: it may have been sent

A refused *send* (no consent, quiet hours ...) is a value, never an error: see `perennial.deciding.verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class PerennialError(Exception):
    """Base of all errors raised on purpose."""


class Conflict(PerennialError):
    """The stored version is not the one that was read."""


class Unintelligible(PerennialError):
    """Input that no retry will make understandable; `str()` is the reason shown beside it in the dead letters."""


class SettingMissing(PerennialError):
    """A required environment variable is absent or malformed."""


class ContentError(PerennialError):
    """A marketer's file cannot go live; the text names the file, the key, the value and what to write instead.

    problems: each by itself (`publishing.problems.Problem`), where there are such.
    """

    def __init__(self, text: str, problems: Iterable[Any] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class NotPublished(PerennialError):
    """No release is live: publish the content first."""


class QueueRefused(PerennialError):
    """Positions of the bodies in the call that were not taken by the queue. throttled: it said it was asked too often."""

    def __init__(self, positions: list[int], *, throttled: bool = False) -> None:
        super().__init__(f"{len(positions)} message(s) were not taken by the queue")
        self.positions = positions
        self.throttled = throttled


class Throttled(PerennialError):
    """A table deferred part of a batch until the tries were used up; repeating the whole batch is safe."""


class ProviderError(PerennialError):
    """A mail or SMS provider did not plainly accept."""


class Refused(ProviderError):
    """An explicit no, or a connection that was never opened: certainly not sent.

    `permanent`: trying again cannot help (a malformed address, an opted-out number).
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class InDoubt(ProviderError):
    """A timeout, reset or server error after the request left: it may have been sent, so it is never sent again."""
