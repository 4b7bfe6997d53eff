"""Looks at what leaves the shop while it happens: each message with its facts, and the cases worth telling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.demo.people import Person
from infra.desk.desk import Desk
from perennial.customer import Customer
from perennial.people.identities import Identity, Kind
from perennial.times import moment


@dataclass(frozen=True)
class Letter:
    """A message that left. mail: the desk's outbox entry. facts: those of its occurrence. due_at: when it wanted to go."""

    mail: Mapping[str, Any]
    customer: Customer
    facts: Mapping[str, Any]
    due_at: datetime

    @property
    def sent_at(self) -> datetime:
        """Aware, UTC."""
        return moment(self.mail["sent_at"])


@dataclass(frozen=True)
class Case:
    """Somebody who got nothing, and the verdict on one campaign at that moment."""

    title: str
    story: str
    person: Person
    at: datetime
    campaign: str
    verdict: str
    facts: Mapping[str, Any]


class Watch:
    """What was seen so far."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen = 0
        self.letters: list[Letter] = []
        self.cases: list[Case] = []

    def look(self) -> list[Letter]:
        """The messages that left since the last look."""
        fresh = self._desk.outbox()[self._seen :]
        self._seen += len(fresh)
        letters = [_letter(mail, self._recipient(mail)) for mail in fresh]
        self.letters += letters
        return letters

    def _recipient(self, mail: Mapping[str, Any]) -> Customer:
        """By the customer's id; text messages carry none, so they are known by their number."""
        documents = self._desk.world.documents
        customer_id = mail["customer_id"]
        if customer_id is None:
            number = Identity(Kind.PHONE, mail["to"])
            customer_id = documents.owners([number])[number]
        return documents.load([customer_id])[customer_id]

    def note(self, person: Person, campaign: str, title: str, story: str) -> None:
        """Keep the verdict of this moment. story: may name {orders_count} and the like of the customer."""
        found = self._desk.customer(person.id)
        if found is None:
            raise RuntimeError(f"{person.id} has a part in the story and is not known.")
        told = found["explanation"][campaign]
        told_story = story.format(**found["document"])
        self.cases.append(
            Case(title, told_story, person, self._desk.now, campaign, told["verdict"], told["facts"])
        )


def _letter(mail: Mapping[str, Any], customer: Customer) -> Letter:
    settled = next(each for each in customer["settled"] if each["id"] == mail["id"])
    enrollment = customer["enrollments"][settled["campaign"]][settled["subject"]]
    ours = {"id": settled["id"], "campaign": settled["campaign"], "step": settled["step"]}
    return Letter({**mail, **ours}, customer, enrollment["facts"], moment(enrollment["moment"]))
