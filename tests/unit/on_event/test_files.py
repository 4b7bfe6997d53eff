"""Files dropped into the bucket: taken to their end across calls and crashes, once, with a report of what was not."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from on_event import files
from on_event.files import build
from on_event.orders_file import record as file_record
from perennial.errors import NotPublished, Unintelligible
from perennial.folding import orders
from perennial.times import stamp
from tests.making import NOON, days
from tests.stage import Context, Stage

HEADER = "customer,ts,order_id,product,category,qty,value,email"
KEY = "imports/tills/march.csv"


def lines(count: int = 30, customers: int = 10) -> list[str]:
    """So many orders; every seventh line cannot be read."""
    return [
        f"{number % customers + 1},2026-01-{number % 28 + 1:02d},O{number},tea,Tea,{1 if number % 7 else 'x'},5,"
        for number in range(count)
    ]


def dropped(key: str = KEY, version: str | None = None) -> str:
    """What EventBridge tells of a new object."""
    told = {"key": key, "size": 1} | ({"version-id": version} if version else {})
    return json.dumps(
        {"source": "aws.s3", "detail-type": "Object Created", "detail": {"object": told}, "time": stamp(NOON)}
    )


class Shop:
    """A stage on which files are dropped. seconds: what each call has left when it begins."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.world = self.stage.world
        self.seconds = 300.0
        self.calls = 0

    def drop(self, *content: str, key: str = KEY, header: str = HEADER) -> None:
        text = "".join(f"{line}\r\n" for line in (header, *content))
        self.world.blobs.put(key, text.encode("utf-8-sig"))

    def run(self, body: str | None = None) -> None:
        """Until no message is left; each call in a process of its own."""
        waiting = [body or dropped()]
        while waiting:
            self.calls += 1
            records = [{"messageId": "1", "body": waiting.pop(0)}]
            answer = build(self.world)({"Records": records}, Clock(self.seconds))
            assert answer == {"batchItemFailures": []}
            waiting += self.world.import_queue.take()

    def summary(self, name: str = "tills/march") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.world.blobs.get(f"reports/imports/{name}.json"))
        return found

    def rejected(self, name: str = "tills/march") -> list[dict[str, str]]:
        text = self.world.blobs.get(f"reports/imports/{name}.csv").decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def documents(self) -> list[Any]:
        return sorted(self.world.documents.scan(), key=lambda each: each["id"])


class Clock(Context):
    """Ten seconds pass with each look at it."""

    def get_remaining_time_in_millis(self) -> int:
        left = super().get_remaining_time_in_millis()
        self.seconds -= 10
        return left


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """With batches of two customers, so that a small file has many."""
    monkeypatch.setattr(file_record, "CUSTOMERS", 2)
    monkeypatch.setattr(file_record, "AT_ONCE", 12)
    return Shop()


def test_a_file_becomes_orders_and_a_report(shop: Shop) -> None:
    """Every rejected line with its number, its reason and its cells, ready to be mended and dropped again."""
    shop.drop(*lines())
    shop.run()
    summary = shop.summary()
    assert (summary["state"], summary["orders"], summary["rejected"]) == ("finished", 25, 5)
    assert (summary["customers"], summary["products"], summary["failed"]) == (10, 1, 0)
    assert sum(orders.count(each) for each in shop.documents()) == 25
    assert [row["line"] for row in shop.rejected()] == ["2", "9", "16", "23", "30"]
    assert all("qty 'x'" in row["reason"] and row["order_id"].startswith("O") for row in shop.rejected())


def test_the_mended_report_is_a_file_to_import(shop: Shop) -> None:
    """Its own columns for line and reason are not read."""
    shop.drop(*lines())
    shop.run()
    mended = shop.world.blobs.get("reports/imports/tills/march.csv").replace(b",x,", b",1,")
    shop.world.blobs.put("imports/mended.csv", mended)
    shop.run(dropped("imports/mended.csv"))
    assert shop.summary("mended")["rejected"] == 0
    assert sum(orders.count(each) for each in shop.documents()) == 30


def test_a_second_time_changes_nothing(shop: Shop) -> None:
    """The same file under another name, days later."""
    shop.drop(*lines())
    shop.run()
    before = [(each["orders"], each["traits"], each["views"]) for each in shop.documents()]
    shop.stage.now += days(3)
    shop.drop(*lines(), key="imports/again.csv")
    shop.run(dropped("imports/again.csv"))
    assert [(each["orders"], each["traits"], each["views"]) for each in shop.documents()] == before
    assert shop.rejected("again") == shop.rejected()


def test_a_file_that_one_call_cannot_finish_goes_on_in_the_next(shop: Shop) -> None:
    """Batch by batch, with the same end as in one go; each batch is recorded once."""
    shop.drop(*lines())
    shop.seconds = 60 + 5
    shop.run()
    assert shop.calls == 3
    whole = Shop()
    whole.drop(*lines())
    whole.run()
    assert shop.summary() == whole.summary() and shop.rejected() == whole.rejected()
    assert [each["orders"] for each in shop.documents()] == [each["orders"] for each in whole.documents()]
    assert [each["version"] for each in shop.documents()] == [each["version"] for each in whole.documents()]


def test_a_call_without_time_does_a_batch_all_the_same(shop: Shop) -> None:
    """Or a slow store would go round for ever."""
    shop.drop(*lines())
    shop.seconds = 1
    shop.run()
    assert shop.summary()["state"] == "finished"


def test_a_crash_anywhere_is_made_up_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message comes again as it was: the end is that of an undisturbed import."""
    whole = Shop()
    whole.drop(*lines())
    whole.run()
    shop.drop(*lines())
    ends = 0
    for at in range(1, 100):
        with monkeypatch.context() as crash:
            crashed = _crash_at(crash, shop, at)
            try:
                shop.run()
            except RuntimeError:
                ends += 1
        if not crashed:
            break
    assert ends >= 8
    assert [each["orders"] for each in shop.documents()] == [each["orders"] for each in whole.documents()]
    assert shop.summary() == whole.summary() and shop.rejected() == whole.rejected()


def _crash_at(crash: pytest.MonkeyPatch, shop: Shop, at: int) -> list[int]:
    """The process ends at the so-manyth write of documents or timeline; the list says whether it came to that."""
    left, crashed = [at], []

    def counted(real: Any) -> Any:
        def call(*arguments: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                crashed.append(at)
                raise RuntimeError("the process ended here")
            return real(*arguments)

        return call

    for port, name in (
        (shop.world.documents, "claim"),
        (shop.world.documents, "save"),
        (shop.world.timeline, "add"),
    ):
        crash.setattr(port, name, counted(getattr(port, name)))
    return crashed


def test_a_file_that_is_replaced_meanwhile_is_read_to_its_own_end(shop: Shop) -> None:
    """Each message is about one version of the object."""
    shop.drop("1,2026-01-01,A1,tea,Tea,1,5,")
    shop.drop("2,2026-01-01,A2,tea,Tea,1,5,")
    shop.run(dropped(version="1"))
    assert orders.count(shop.stage.customer("1")) == 1
    assert len(shop.documents()) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b\n1,2\n", "has no column customer"),
        (b"", "has no column customer"),
        (HEADER.encode() + "\n1,2026-01-01,A1,tea,T\xe9,1,5,".encode("latin-1"), "not in UTF-8"),
        (b"PK\x03\x04\xff\xfe", "not in UTF-8"),
    ],
    ids=["other columns", "empty", "another encoding", "a spreadsheet"],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    shop: Shop, content: bytes, reason: str
) -> None:
    """In its summary; trying again would not help, so the message is done."""
    shop.world.blobs.put(KEY, content)
    shop.run()
    assert shop.summary()["state"] == "refused" and reason in shop.summary()["reason"]


def test_a_file_that_is_too_large_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it takes the memory of a whole function."""
    monkeypatch.setattr(files, "LARGEST", 100)
    shop.drop(*lines())
    shop.run()
    assert "Split it" in shop.summary()["reason"] and not shop.documents()


@pytest.mark.parametrize("key", ["imports/", "imports/tills/", "content/shop.yaml"])
def test_what_is_no_file_to_import_is_passed_over(shop: Shop, key: str) -> None:
    """Consoles make empty objects for folders."""
    shop.run(dropped(key))
    assert not shop.world.blobs.objects


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"detail": {"object": 1}}', '{"import": {"key": "imports/a"}}']
)
def test_other_messages_end_among_the_dead_letters(shop: Shop, body: str) -> None:
    """They fail until their queue gives them up."""
    with pytest.raises(Unintelligible, match="no event of a new file"):
        shop.run(body or "not JSON")


def test_before_the_first_publish_a_file_waits(shop: Shop) -> None:
    """Currency and zone are the shop's: its message comes again later."""

    def not_published() -> Any:
        raise NotPublished("No release is live.")

    shop.world.shop = not_published  # type: ignore[assignment]
    shop.drop(*lines())
    with pytest.raises(NotPublished):
        shop.run()
    assert not shop.documents()
