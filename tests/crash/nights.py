"""The night's pass over all customers, of a shop small enough for one call, and of one that is done in segments."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from perennial.adapters.table import Table
from perennial.customer import copied
from perennial.night import tasks
from perennial.releasing import read_release
from perennial.times import stamp
from scheduler import night, nightly
from tests.crash.content import FILES
from tests.crash.flows import SENT, Flow, Other, be_due
from tests.crash.lab import Lab
from tests.crash.seen import NOON
from tests.crash.senders import viewed

NIGHT = NOON + timedelta(hours=14, minutes=30)
CUSTOMERS = 3
SEGMENT, PRODUCT = "buyers", "71"
SEGMENTED = {
    **FILES,
    "shop.yaml": f"{FILES['shop.yaml']}segments: {{{SEGMENT}: customer.orders_count >= 1}}\n",
}
RENAMED = FILES["campaigns/browse.yaml"].replace("Browse follow-up", "Renamed")
DONE = frozenset({"dynamodb.Scan", "dynamodb.PutItem", "dynamodb.UpdateItem", "s3.PutObject"})
PAGE = 4  # items of the table: a third of what is there


def in_small_pieces(patch: pytest.MonkeyPatch) -> None:
    """Two segments, a few items a page, one page a call: all that a large shop's night goes through."""
    patch.setattr(tasks, "SEGMENTS", 2)
    patch.setattr(night, "PAGES_INLINE", 1)
    patch.setattr(nightly, "LEAST_TIME", timedelta(days=1))
    scan = Table.scan_page
    patch.setattr(Table, "scan_page", lambda self, **options: scan(self, **options, Limit=PAGE))


def be_asleep(lab: Lab) -> None:
    """Three who bought, one to be refolded, none known as a buyer yet; nothing is due."""
    be_due(lab)
    lab.rest()
    customer = lab.customer()
    for number in range(1, CUSTOMERS):
        another = copied(customer) | {"id": f"customer-{number}", "version": 0, "ids": {}, "wake_at": None}
        another["identities"] = {"store": [f"200{number}"]}
        another["refold"] = number == 1
        lab.world.documents.save(another)
    lab.publish(SEGMENTED)
    lab.seen.now = NIGHT


def pass_over(lab: Lab) -> None:
    """The schedule, which tries again as long as nobody answers; then the queue."""
    at = stamp(lab.seen.now)
    lab.want(lambda lab: _tick(lab, at))
    _go_on(lab)


def begin(lab: Lab) -> None:
    """The schedule, tried once only."""
    _tick(lab, stamp(lab.seen.now))
    _go_on(lab)


def _go_on(lab: Lab) -> None:
    """Each task hands on to the next."""
    while True:
        lab.deliver_fresh("NightlyQueue")
        if not any(each.queue == "NightlyQueue" and not each.deliveries for each in lab.waiting()):
            return


def next_night(lab: Lab) -> None:
    lab.seen.now += timedelta(days=1)
    pass_over(lab)


def publish(lab: Lab) -> None:
    """A marketer renames a campaign."""
    lab.save({**SEGMENTED, "campaigns/browse.yaml": RENAMED})
    lab.deliver("PublishQueue")


def look(lab: Lab) -> None:
    """A customer looks at a product, late at night."""
    lab.ask(viewed(lab.seen.now - timedelta(minutes=1)))
    lab.deliver("BrowserQueue")


def learnt(lab: Lab, allowed: Collection[str]) -> Iterator[str]:
    """The tables say what there is, everybody was reconsidered and mended, and nobody's work is undone."""
    if lab.seen.unanswered or lab.seen.wanted or lab.waiting():
        yield "the night is never done"
    if lab.seen.nowhere:
        yield "what was live was not stored"
    release = read_release(lab.world.blobs, lab.world.pointer.read())
    if (counted := release["tables"]["customers"]) != CUSTOMERS:
        yield f"{counted} customers counted"
    if release["tables"]["bestsellers"] != [PRODUCT]:
        yield "nobody learnt what sells"
    for customer in lab.cloud.customers():
        if SEGMENT not in customer.get("lifecycle", {}).get("segments", {}):
            yield "a customer was not reconsidered"
        if customer["refold"]:
            yield "a customer was not mended"
    views = {each.id for each in lab.seen.asked if each.tells == "product_viewed"}
    if (held := len(lab.customer()["views"])) != len(views):
        yield f"{held} views instead of {len(views)}"
    named = [each["name"] for each in release["campaigns"]]
    saved = any(each.queue == "PublishQueue" for each in lab.seen.copies)
    if named != ["Renamed" if saved else "Browse follow-up"]:
        yield "what was saved is not live"


def _tick(lab: Lab, at: str) -> bool:
    return lab.invoke("NightlyFunction", {"time": at}) is not None


MET = {
    "a publish": Other(publish),
    "a view": Other(look),
    "a second night": Other(pass_over),
}
NIGHTLY = Flow("night", be_asleep, pass_over, DONE, SENT, MET, learnt)
TWO_NIGHTS = Flow("night and the next", be_asleep, begin, DONE, SENT, {}, learnt, next_night)
IN_PIECES = replace(NIGHTLY, name="night in pieces", again=False)
