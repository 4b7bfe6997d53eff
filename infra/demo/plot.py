"""What happens when: a calendar of beats, and reactions to mails that are not written yet."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

from infra.demo.people import Person
from infra.demo.watch import Letter, Watch
from infra.desk.desk import Desk

Act = Callable[[], None]
React = Callable[[Letter], None]
_HOUR = timedelta(hours=1)


class _Beat(NamedTuple):
    at: datetime
    order: int
    act: Act


class _Reaction(NamedTuple):
    address: str
    campaign: str
    after: timedelta
    react: React


class Plot:
    """Beats in the order of time."""

    def __init__(self) -> None:
        self._beats: list[_Beat] = []
        self._reactions: list[_Reaction] = []
        self._order = count()

    def at(self, at: datetime, act: Act) -> None:
        """Once, then."""
        heapq.heappush(self._beats, _Beat(at.astimezone(UTC), next(self._order), act))

    def on_mail(self, person: Person, campaign: str, after: timedelta, react: React) -> None:
        """Once, so long after the first message of a campaign ("": of any) to somebody."""
        self._reactions.append(_Reaction(person.email, campaign, after, react))

    def play(self, desk: Desk, watch: Watch, end: datetime, progress: Callable[[datetime], None]) -> None:
        """Until `end`. Every hour somebody looks whether a mail has come."""
        hour = desk.now
        while hour < end:
            hour += _HOUR
            self.at(hour, lambda: None)
        while self._beats and self._beats[0].at <= end:
            beat = heapq.heappop(self._beats)
            desk.to(max(beat.at, desk.now))
            beat.act()
            self._heed(watch.look())
            progress(desk.now)

    def _heed(self, letters: list[Letter]) -> None:
        for letter in letters:
            for reaction in [each for each in self._reactions if _is_meant(each, letter)]:
                self._reactions.remove(reaction)
                self.at(letter.sent_at + reaction.after, partial(reaction.react, letter))


def _is_meant(reaction: _Reaction, letter: Letter) -> bool:
    mail = letter.mail
    return mail["to"] == reaction.address and reaction.campaign in ("", mail["campaign"])
