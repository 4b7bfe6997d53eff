"""Answers on the feedback page, as conditions know them; and how much a document remembers of campaigns."""

from __future__ import annotations

from perennial.deciding.enrolling import SUBJECTS_KEPT, forget_oldest
from perennial.events import Event, Name
from perennial.folding.absorb import absorb
from perennial.insight.profile import profile
from perennial.messaging.messages import Enrollment
from perennial.times import moment, stamp
from tests import making
from tests.making import NOON, days, event


def answer(day: int, score: int, stage: str = "retention", **fields: object) -> Event:
    told = {"stage": stage, "score": score, "text": "the lid leaks", "campaign": "at_risk", "message_id": "m"}
    return event(Name.FEEDBACK_GIVEN, NOON + days(day), properties=told, **fields)


def test_conditions_know_the_last_answer() -> None:
    """Of several stages, in whatever order they arrive; and none of the words."""
    told = [answer(3, 2), answer(1, 5), answer(2, 4, "development")]
    for order in (told, told[::-1]):
        ada = making.customer(*order)
        names = profile(ada, "GBP")
        assert (names["feedback_score"], names["feedback_stage"]) == (2, "retention")
        assert names["feedback_at"] == moment(stamp(NOON + days(3)))
        assert ada["happened"]["feedback_given"]["details"] == {
            "campaign": "at_risk",
            "score": 2,
            "stage": "retention",
        }
        assert "lid" not in str(ada)


def test_a_browsers_answer_is_none() -> None:
    """Our page tells of answers itself."""
    ada = making.customer(answer(1, 1, trusted=False))
    assert profile(ada, "GBP")["feedback_score"] is None


def test_answers_of_two_documents_are_joined() -> None:
    """The newest of each stage."""
    one, other = making.customer(answer(1, 5)), making.customer(answer(2, 3), answer(0, 1, ""))
    other["id"] = "c2"
    assert {stage: each["score"] for stage, each in absorb(one, other)["opinions"].items()} == {
        "retention": 3,
        "": 1,
    }


def _entered(day: int, state: str = "ended") -> Enrollment:
    at = stamp(NOON + days(day))
    return Enrollment(
        key=f"k{day}",
        since=at,
        moment=at,
        entered_at=at,
        variant="plain",
        step="first",
        state=state,
        facts={},
    )


def test_a_campaign_remembers_so_many_subjects() -> None:
    """What ended and was entered longest ago is let go; what still runs, and the customer's own, never."""
    inside = {f"p{day}": _entered(day) for day in range(SUBJECTS_KEPT + 10)}
    inside |= {"": _entered(-9), "open": _entered(-8, "waiting")}
    forget_oldest(inside)
    assert len(inside) == SUBJECTS_KEPT
    assert {"", "open", f"p{SUBJECTS_KEPT + 9}"} <= inside.keys()
    assert "p0" not in inside
