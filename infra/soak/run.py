"""Lives a month of a simulated shop, then lets everything settle without trouble, and closes the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from infra.soak.cloud import SoakCloud
from infra.soak.ledger import Ledger, Row
from infra.soak.life import Life
from perennial.ports.providers import Mail
from perennial.times import moment

START = datetime(2026, 3, 2, tzinfo=UTC)
_TICK = timedelta(minutes=5)  # between two sweeps; the cloud's own minute would only be slower
_SETTLING = timedelta(days=8)
_HANDED_ON = 0.3  # of the requests find the queues empty
_TELLS = 0.95  # of the accepted mails the provider tells that it took them


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything. trouble: share of the calls that go wrong; noes: share of the mails answered with a no."""

    customers: int
    events: int
    days: int
    seed: int = 1
    trouble: float = 0.002
    noes: float = 0.03


@dataclass(slots=True)
class Result:
    """rows: the closing table. happened: how often which trouble struck. figures: how much there was."""

    rows: list[Row]
    happened: Counter[str]
    figures: dict[str, int]

    @property
    def balances(self) -> bool:
        """Not one difference."""
        return not any(row.difference for row in self.rows)


class Soak:
    """One run. progress: told the share of the days that are over."""

    def __init__(
        self, plan: Plan, files: Mapping[str, bytes], progress: Callable[[float], None] = lambda _: None
    ) -> None:
        self._plan, self._progress = plan, progress
        self._chance = Random(plan.seed)  # noqa: S311 - the same seed is the same month
        self.cloud = SoakCloud(self._chance, files, START, plan.trouble)
        self.ledger = Ledger(self.cloud)
        self._life = Life(self._chance, plan.customers, plan.events, START, plan.days)
        self._told: list[str] = []
        self._noes: list[tuple[datetime, str, str]] = []
        self._hear()

    def run(self) -> Result:
        """The whole month."""
        for day in range(self._plan.days):
            for request in self._life.day(day):
                if (
                    self._chance.random() < _HANDED_ON
                ):  # otherwise more lies in the queues, for workers to meet over
                    self._until(request.at)
                self.cloud.now = max(self.cloud.now, request.at)
                self.cloud.request(request)
            self._progress((day + 1) / self._plan.days)
        self._until(START + timedelta(days=self._plan.days))
        self.cloud.trouble.share = 0  # from here on the rest has to heal
        self._until(self.cloud.now + _SETTLING)
        rows = list(self.ledger.rows(self._life.truth))
        figures = {"events": self._life.truth.events, **self.ledger.figures}
        return Result(rows, self.cloud.trouble.happened, figures)

    def _until(self, at: datetime) -> None:
        """From one thing that can happen to the next."""
        cloud = self.cloud
        while (due := self._next_due()) is not None and due <= at:
            cloud.now = max(cloud.now, due)
            self._hand_on()
            if (wake := cloud.world.documents.next_due()) is not None and moment(wake) <= cloud.now:
                cloud.sweep()
                self._swept_at = cloud.now
            cloud.settle()
        cloud.now = max(cloud.now, at)
        cloud.settle()

    def _next_due(self) -> datetime | None:
        """A sweep for whoever is due, a message that can be seen again, or a no that was said."""
        wake = self.cloud.world.documents.next_due()
        sweep_at = max(moment(wake), self._swept_at + _TICK) if wake else None
        times = [sweep_at, *(queue.next() for queue in self.cloud.queues.values())]
        times += [each[0] for each in self._noes[:1]]
        times += [self.cloud.now] if self._told else []
        return min((each for each in times if each is not None), default=None)

    _swept_at = START

    def _hear(self) -> None:
        """What the provider accepts it mostly tells of; some customers say no."""
        accepted = self.cloud.world.mailer.on_answer

        def answered(mail: Mail) -> None:
            if self._chance.random() < _TELLS:
                self._told.append(_send_event(mail, self.cloud.now))
            if self._chance.random() < self._plan.noes:
                self._noes.append(
                    (self.cloud.now + timedelta(minutes=30), mail.tags["customer_id"], _link(mail))
                )
            accepted(mail)

        self.cloud.world.mailer.on_answer = answered

    def _hand_on(self) -> None:
        told, self._told = self._told, []
        self.cloud.world.signed_queue.put(told)
        while self._noes and self._noes[0][0] <= self.cloud.now:
            _, customer_id, path = self._noes.pop(0)
            while (status := self.cloud.post(path)) not in (200, 202):
                if status is not None and status < 500:
                    raise RuntimeError(f"the unsubscribe page answered {status}")
            self.ledger.said_no(customer_id, at_once=status == 200)


def _send_event(mail: Mail, now: datetime) -> str:
    at = now.isoformat(timespec="milliseconds")
    tags = {name: [value] for name, value in mail.tags.items()}
    about = {
        "timestamp": at,
        "messageId": f"ses-{mail.tags['message_id']}",
        "destination": [mail.to],
        "tags": tags,
    }
    return json.dumps(
        {"source": "aws.ses", "time": at, "detail": {"eventType": "Send", "mail": about, "send": {}}}
    )


def _link(mail: Mail) -> str:
    """The path of its List-Unsubscribe header."""
    [line] = [each for each in mail.raw.decode().split("\r\n") if each.startswith("List-Unsubscribe: ")]
    return line.partition("<")[2].rstrip(">").partition("mail.soak.example")[2]
