"""The nightly pass as a whole: it counts, it makes a release, it reconsiders, and nothing that goes wrong is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from perennial.night import tasks
from perennial.night.tasks import Half, reconsider_everybody, task_from
from perennial.ports.live import Earlier
from perennial.releasing import read_release
from tests.making import NOON, days, ordered, signed_up, viewed
from tests.unit.nightly.conftest import WINBACK, Nights, person

MANY = 60


def crowd(nights: Nights, number: int = MANY) -> None:
    """So many buyers; the n-th ordered tea n days ago, every second one twice, every third one a cup as well."""
    for each in range(1, number + 1):
        at = nights.now - days(each)
        told = [signed_up(at), ordered(at, *(("tea", "cup") if each % 3 == 0 else ("tea",)))]
        if each % 2 == 0:
            told.append(ordered(at - days(30), "tea"))
        nights.record(*(type(event)(**{**_fields(event), **person(each)}) for event in told))


def _fields(event):
    return {name: getattr(event, name) for name in event.__slots__}


def live(nights: Nights) -> dict[str, object]:
    return read_release(nights.world.blobs, nights.world.pointer.read())


def test_a_small_shop_is_done_in_one_call(nights: Nights) -> None:
    """Tables, release and lifecycle, without anything in the queue."""
    crowd(nights, 30)
    assert nights.run() == 0
    tables = nights.fresh().tables
    assert tables.bestsellers == ("tea", "cup")
    assert tables.related == {"cup": ("tea",), "tea": ("cup",)}
    assert tables.rfm and tables.rfm.buyers == 30
    assert nights.fresh().intervals.buyers == {"cup": 10, "tea": 30}
    assert nights.of("1")["lifecycle"]["rfm"]["group"] == "New"
    assert nights.of("30")["lifecycle"]["rfm"]["recency"] == 1


def test_a_large_shop_is_done_in_segments_and_comes_to_the_same(nights: Nights) -> None:
    """However it is cut into segments and calls, tables and documents are equal."""
    crowd(nights)
    whole = Nights(files=nights.files)
    crowd(whole)
    nights.world.scans.size = 3
    assert whole.run() == 0
    assert nights.run() >= 2 * tasks.SEGMENTS
    assert nights.fresh().tables == whole.fresh().tables
    assert nights.fresh().intervals == whole.fresh().intervals
    lifecycles = [
        {each["lifecycle"]["rfm"]["group"] for each in one.documents().values()} for one in (nights, whole)
    ]
    assert lifecycles[0] == lifecycles[1]


def test_a_segment_goes_on_where_its_time_ended(nights: Nights) -> None:
    """Each call does a page, and nothing is counted twice."""
    crowd(nights)
    nights.world.scans.size = 2
    nights.seconds = 0
    assert nights.run() > 2 * tasks.SEGMENTS + 20
    assert nights.fresh().intervals.buyers["tea"] == MANY
    assert all("lifecycle" in each for each in nights.documents().values())


def test_a_second_night_at_the_same_moment_changes_nothing(nights: Nights) -> None:
    """Neither the release nor a single document."""
    crowd(nights)
    nights.run()
    before, release = nights.documents(), nights.world.pointer.read()
    nights.run()
    assert nights.documents() == before
    assert nights.world.pointer.read() == release


@pytest.mark.parametrize("seconds", [0, 300])
def test_each_task_may_come_twice(nights: Nights, seconds: float) -> None:
    """Also at once: what the first left behind does not disturb the second."""
    crowd(nights)
    nights.world.scans.size, nights.seconds = 2, seconds
    nights.tick()
    while bodies := nights.world.nightly_queue.take():
        for body in dict.fromkeys(bodies):  # a copy of a copy says nothing new
            nights.step(body)
            nights.step(body)
    assert nights.fresh().intervals.buyers["tea"] == MANY
    assert all(each["version"] == 2 for each in nights.documents().values())


class Died(Exception):
    """The process ends here."""


def dying(nights: Nights, port: object, method: str, call: int, *, after: bool) -> None:
    """The n-th call of that method kills whoever calls, before or after it took effect; only once."""
    real, calls = getattr(port, method), iter(range(1, 10_000))

    def dies(*args, **kwargs):
        now = next(calls) == call
        if now and not after:
            raise Died
        answer = real(*args, **kwargs)
        if now:
            raise Died
        return answer

    setattr(port, method, dies)


WRITES = [
    ("blobs", "put"),
    ("pointer", "publish"),
    ("documents", "save"),
    ("nightly_queue", "put"),
    ("scans", "page"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("size", [3, 100])
@pytest.mark.parametrize(("port", "method"), WRITES)
def test_a_death_at_any_call_heals(nights: Nights, port: str, method: str, size: int, after: bool) -> None:
    """The tick is tried again, a task comes back, and in the end all is as if nothing had happened."""
    whole = Nights(files=nights.files)
    for each in (nights, whole):
        crowd(each, 20)
        each.world.scans.size = size
    whole.run()
    for call in (1, 2, 5):
        dying(nights, getattr(nights.world, port), method, call, after=after)
    _until_it_ends(nights)
    assert nights.fresh().tables == whole.fresh().tables
    assert [each["lifecycle"] for each in nights.documents().values()]


def _until_it_ends(nights: Nights) -> None:
    for _ in range(10):
        try:
            nights.tick()
            break
        except Died:
            continue
    for _ in range(1000):
        bodies = nights.world.nightly_queue.take()
        if not bodies:
            return
        nights.world.nightly_queue.bodies += [body for body in bodies if nights.step(body)]
    raise AssertionError("it never ends")


def test_what_is_published_during_the_night_stays(nights: Nights) -> None:
    """Content and tables both survive, whoever comes second."""
    crowd(nights, 30)
    real = nights.world.pointer.publish

    def overtaken(release: str, replaces: str | None, earlier: Sequence[Earlier] | None = None) -> None:
        nights.world.pointer.publish = real
        nights.publish(winback=WINBACK)
        real(release, replaces, earlier)

    nights.world.pointer.publish = overtaken
    nights.run()
    shop = nights.fresh()
    assert sorted(shop.campaigns) == ["browse", "winback"]
    assert shop.tables.bestsellers == ("tea", "cup")


def test_a_publish_that_the_night_overtakes_goes_on_by_itself(nights: Nights) -> None:
    """The marketer sees no error for what only the tables changed."""
    crowd(nights, 30)
    real = nights.world.pointer.publish

    def overtaken(release: str, replaces: str | None, earlier: Sequence[Earlier] | None = None) -> None:
        nights.world.pointer.publish = real
        nights.run()
        real(release, replaces, earlier)

    nights.world.pointer.publish = overtaken
    nights.publish(winback=WINBACK)
    shop = nights.fresh()
    assert sorted(shop.campaigns) == ["browse", "winback"]
    assert shop.tables.bestsellers == ("tea", "cup")


def test_nothing_is_sent_by_night_but_the_next_sweep_knows(nights: Nights) -> None:
    """A campaign that is new finds the customers whom nobody would have looked at; the budget is the sweep's."""
    nights.record(signed_up(nights.now - days(3)), ordered(nights.now - days(3)))
    assert nights.customer()["wake_at"] is None
    tasks.reconsider_everybody(nights.world.nightly_queue, nights.publish(winback=WINBACK), nights.now)
    nights.pump()
    assert nights.world.send_queue.take() == []
    assert nights.customer()["wake_at"]
    nights.run_until(nights.now + days(200))
    assert nights.mails == ["winback"]


def test_a_shop_that_is_new_is_counted_at_once(nights: Nights) -> None:
    """After its first publish; one that changed nothing asks for nothing."""
    crowd(nights, 30)
    nights.world.pointer._release = None
    tasks.reconsider_everybody(nights.world.nightly_queue, nights.publish(), nights.now)
    nights.pump()
    assert nights.fresh().tables.rfm
    tasks.reconsider_everybody(nights.world.nightly_queue, nights.publish(), nights.now)
    assert nights.world.nightly_queue.take() == []


def test_one_customer_that_cannot_be_read_stops_nobody(
    nights: Nights, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged by its id, and the others are counted and reconsidered."""
    crowd(nights, 30)
    bad = nights.of("7")
    broken: Any = {**bad, "orders": [{"id": "no order"}]}
    nights.world.documents.save(broken)
    nights.run()
    assert nights.fresh().intervals.buyers["tea"] == 29
    assert nights.of("8")["lifecycle"]["rfm"]
    assert {"a customer cannot be counted", "a customer cannot be reconsidered"} <= set(caplog.messages)


def test_without_a_release_there_is_no_night(nights: Nights) -> None:
    """A stack that was just deployed."""
    nights.world.pointer._release = None
    assert nights.night({}, type("C", (), {"get_remaining_time_in_millis": lambda _: 1000})())["skipped"]


def test_visitors_are_left_alone(nights: Nights) -> None:
    """They are neither counted nor written."""
    from perennial.people.identities import Identity, Kind

    nights.record(viewed(nights.now, identities=(Identity(Kind.ANONYMOUS, "d1"),), trusted=False))
    before = nights.documents()
    nights.run()
    assert nights.documents() == before


def test_a_body_that_is_no_task_is_reported(nights: Nights) -> None:
    """It ends among the dead letters."""
    assert nights.step("{}") == ["m1"]
    assert nights.step("no json") == ["m1"]


def test_a_task_survives_the_queue() -> None:
    """With all that it says."""
    (task, *_), position = list(tasks.segments("r", "c", Half.DECIDE)), "here"
    told = tasks.Task("r", "c", Half.DECIDE, 3, 16, 2, position)
    assert task_from(told.body()) == told
    assert task.of == tasks.SEGMENTS


BACK = """\
name: Back in stock
mode: live
trigger: {kind: back_in_stock}
steps:
  - {send: email, id: first, template: browse/first}
"""


@pytest.mark.parametrize("days_later", [0, 1])
def test_views_count_as_watches_from_when_a_campaign_tells_of_news(nights: Nights, days_later: int) -> None:
    """The pass after its publish finds them in the documents, and the next night where that pass failed."""
    nights.record(signed_up(NOON - days(3)), viewed(NOON - days(1)))
    assert list(nights.world.watches.of("tea", nights.now)) == []
    report = nights.publish(back=BACK)
    nights.now += days(days_later)
    if days_later:
        nights.tick()
    else:
        reconsider_everybody(nights.world.nightly_queue, report, nights.now)
    nights.pump()
    assert list(nights.world.watches.of("tea", nights.now)) == [nights.customer()["id"]]


def test_watches_are_not_written_every_night(nights: Nights) -> None:
    """Once the campaign is some days old, views write their own."""
    nights.publish(back=BACK)
    nights.now += days(5)
    nights.record(signed_up(nights.now), viewed(nights.now))
    before = nights.world.watches.writes
    nights.run()
    assert nights.world.watches.writes == before == 1
