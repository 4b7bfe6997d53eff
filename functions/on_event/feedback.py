"""How content a customer is, asked by a message of ours: the one meaning of an answer on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from perennial.customer import Customer
from perennial.events import Event, Name
from perennial.messaging.tokens import Claims
from perennial.people.identities import short_id
from perennial.shop import Shop

SOURCE = "feedback_page"
SCORES = (1, 2, 3, 4, 5)
LONGEST = 1000  # characters kept of a text
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """score: one of SCORES. text: in the customer's own words, "" for none."""

    score: int
    text: str = ""


def score_of(text: str) -> int | None:
    """A score as a link or a form gives it; None for anything else."""
    return int(text) if text in map(str, SCORES) else None


def tidied(text: str) -> str:
    """What people wrote, without what no person writes, and no longer than is kept."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()[:LONGEST]


def event_of(claims: Claims, answer: Answer, customer: Customer, shop: Shop | None, at: datetime) -> Event:
    """Kept on the timeline, under the stage that the message's campaign serves. The same answer twice is one event."""
    campaign = _campaign(customer, claims.message_id)
    known = shop.campaigns.get(campaign) if shop else None
    properties = {
        "stage": known.stage if known else "",
        "score": answer.score,
        "text": answer.text,
        "campaign": campaign,
        "message_id": claims.message_id,
    }
    return Event(
        id=short_id(SOURCE, *claims, str(answer.score), answer.text),
        name=Name.FEEDBACK_GIVEN,
        occurred_at=at,
        received_at=at,
        source=SOURCE,
        trusted=True,
        properties=properties,
        customer_id=claims.customer_id,
    )


def _campaign(customer: Customer, message_id: str) -> str:
    """Whose message asked; "" when it was too long ago to know."""
    if message_id in customer["outbox"]:
        return customer["outbox"][message_id]["campaign"]
    return next((each["campaign"] for each in customer["settled"] if each["id"] == message_id), "")
