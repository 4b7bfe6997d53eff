"""The arithmetic of the outbox: what a changed sign, bound or word in it would break."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perennial.customer import Customer
from perennial.messaging import outbox
from perennial.messaging.outbox import DOUBT, LEASE, Status
from perennial.plan import plan
from perennial.shop import Shop
from perennial.times import stamp
from tests.making import NOON, browse, customer, days, hours, shop, signed_up, viewed

DUE = NOON + hours(4)
SHOP = shop(browse())


def queued() -> tuple[Customer, str]:
    planned = plan(customer(signed_up(NOON), viewed(NOON)), SHOP, DUE)
    return planned.customer, planned.queue[0]


@pytest.mark.parametrize(("copies", "leases"), [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32)])
def test_a_provider_that_refuses_is_left_alone_twice_as_long_each_time(copies: int, leases: int) -> None:
    """From one lease on, by the copies that were queued."""
    document, message = queued()
    document["outbox"][message]["enqueues"] = copies
    assert outbox.backoff(document["outbox"][message], DUE) == DUE + leases * LEASE


def test_a_claim_is_in_doubt_for_an_hour_from_now() -> None:
    """Not one that has passed: the next sweep would call it unconfirmed while it is being sent."""
    document, message = queued()
    outbox.claim(document, message, "token", DUE)
    assert document["outbox"][message]["doubt_until"] == stamp(DUE + DOUBT)


def test_the_sixth_copy_is_the_last() -> None:
    """A message that kills its senders is queued six times, not seven."""
    document, message = queued()
    document["outbox"][message]["enqueues"] = outbox.ENQUEUES
    ended = plan(document, SHOP, DUE + LEASE)
    assert (ended.queue, ended.undeliverable) == ([], [message])


@pytest.mark.parametrize(("budget", "copies"), [(None, 1), (1, 1), (0, 0)])
def test_a_lease_that_ends_is_queued_within_the_budget(budget: int | None, copies: int) -> None:
    document, _ = queued()
    assert len(plan(document, SHOP, DUE + LEASE, budget=budget).queue) == copies


def test_a_lease_that_ends_under_the_kill_switch_is_not_queued() -> None:
    """And not counted, whatever the budget."""
    document, message = queued()
    for budget in (None, 5):
        held = plan(document, paused(), DUE + LEASE, budget=budget)
        assert held.queue == [] and held.customer["outbox"][message]["enqueues"] == 1


def paused() -> Shop:
    return replace(SHOP, paused=frozenset({"browse"}))


def test_a_word_of_the_provider_settles_its_own_message_only() -> None:
    """Another one that is unconfirmed too stays so, and one that was skipped is not called sent."""
    document, message = queued()
    outbox.settle(document, message, Status.UNCONFIRMED, DUE)
    other = {**document["settled"][0], "id": "another"}
    document["settled"].append(other)  # type: ignore[arg-type]
    outbox.confirm(document, message, DUE)
    assert [each["status"] for each in document["settled"]] == [Status.SENT, Status.UNCONFIRMED]


def test_what_may_have_gone_out_before_is_never_called_skipped() -> None:
    """Nor is what was sent called unconfirmed for an earlier doubt."""
    for status, told in ((Status.SKIPPED, Status.UNCONFIRMED), (Status.SENT, Status.SENT)):
        document, message = queued()
        document["outbox"][message]["doubted_at"] = stamp(NOON)
        outbox.settle(document, message, status, DUE)
        assert document["settled"][0]["status"] == told


def test_only_the_first_message_that_went_out_starts_once_per() -> None:
    """A first one that was skipped does not, nor does a later one move it."""
    for status in (Status.SENT, Status.SKIPPED):
        document, message = queued()
        outbox.settle(document, message, status, DUE, reason="no_consent" if status == Status.SKIPPED else "")
        (enrollment,) = document["enrollments"]["browse"].values()
        assert ("first_sent_at" in enrollment) == (status == Status.SENT)


def test_a_message_of_an_enrollment_that_is_gone_settles_all_the_same() -> None:
    """It was folded away meanwhile, or another occurrence took its place."""
    document, message = queued()
    document["enrollments"].clear()
    outbox.settle(document, message, Status.SENT, DUE)
    assert document["settled"][0]["status"] == Status.SENT


def test_joined_products_share_the_fate_of_the_one_message() -> None:
    """Those that joined at that moment, no others of the campaign."""
    document, message = queued()
    entry = document["outbox"][message]
    (own,) = document["enrollments"]["browse"].values()
    planned_at, inside = entry["planned_at"], document["enrollments"]["browse"]
    for subject, reason, at in (
        ("joined", "joined", planned_at),
        ("earlier", "joined", stamp(NOON - days(9))),
        ("alone", "replaced", planned_at),
    ):
        inside[subject] = {**own, "reason": reason, "entered_at": at}
    outbox.settle(document, message, Status.SENT, DUE)
    assert {name for name, each in inside.items() if "first_sent_at" in each} == {"", "joined"}


@pytest.mark.parametrize(("reason", "state"), [("no_consent", "waiting"), ("exited_by", "ended")])
def test_a_later_message_that_is_skipped_ends_only_what_was_exited(reason: str, state: str) -> None:
    """The steps after it go on."""
    document, message = queued()
    (enrollment,) = document["enrollments"]["browse"].values()
    enrollment["settled_at"] = stamp(NOON)
    outbox.settle(document, message, Status.SKIPPED, DUE, reason=reason)
    assert enrollment["state"] == state


def doubtful(**changes: Any) -> tuple[Customer, str]:
    """Claimed, without an answer; of a campaign that may come twice."""
    document, message = queued()
    outbox.claim(document, message, "token", DUE)
    document["outbox"][message].update({"marketing": False, "send_by": stamp(DUE + days(3)), **changes})  # type: ignore[typeddict-item]
    return document, message


RESENDING = shop(browse(on_doubt_resend=True))


def test_what_may_come_twice_waits_a_day_and_an_hour_for_the_providers_word() -> None:
    """Then it is queued once more; not earlier."""
    document, message = doubtful()
    first = plan(document, RESENDING, DUE + DOUBT)
    assert first.queue == first.unconfirmed == []
    assert first.customer["outbox"][message]["doubt_until"] == stamp(DUE + outbox.RESENT_AFTER)
    again = plan(first.customer, RESENDING, DUE + outbox.RESENT_AFTER)
    assert (again.queue, again.unconfirmed) == ([message], [])


@pytest.mark.parametrize(
    ("live", "changes"),
    [
        (RESENDING, {"marketing": True}),
        (RESENDING, {"channel": "sms"}),
        (RESENDING, {"send_by": stamp(DUE + DOUBT)}),
        (SHOP, {}),
        (replace(SHOP, campaigns={}), {}),
    ],
)
def test_all_else_is_unconfirmed_when_its_doubt_ends(live: Shop, changes: dict[str, Any]) -> None:
    """Marketing, text messages, what is too late, and whatever a campaign that is gone said."""
    document, message = doubtful(**changes)
    assert plan(document, live, DUE + DOUBT).unconfirmed == [message]


def test_a_budget_counts_what_is_queued_again_and_what_is_new() -> None:
    """One lease that ends and one new message, and room for one."""
    second = replace(browse(), id="second")
    both = shop(browse(), second, caps={})
    document, message = queued()
    assert len(plan(document, both, DUE + LEASE).queue) == 2
    assert plan(document, both, DUE + LEASE, budget=1).queue == [message]
