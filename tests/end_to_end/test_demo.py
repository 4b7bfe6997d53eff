"""The demo, small: the same each time, and each rule holds in its story."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from infra.demo import cast
from infra.demo.live import Played, play
from infra.demo.outcomes import at_work
from infra.demo.people import Person
from infra.demo.run import write
from infra.demo.watch import Case, Letter
from perennial.folding import orders
from perennial.times import zone_of

CUSTOMERS, DAYS = 34, 14
OF_STORIES = {"browse", "checkout", "replenishment", "winback"}  # others may write to the cast as well
AGAIN = f"""
import sys
from pathlib import Path
from infra.demo.live import play
from infra.demo.run import write
folder = Path(sys.argv[1])
write(folder, play(folder, lambda *_: None, customers={CUSTOMERS}, days={DAYS}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo writes."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def played(folder: Path) -> Played:
    """One performance for all tests here, with everything written to `folder`."""
    outcome = play(folder, lambda *_: None, customers=CUSTOMERS, days=DAYS)
    write(folder, outcome)
    return outcome


def letters_to(played: Played, person: Person) -> list[Letter]:
    return [each for each in played.letters if each.customer["traits"]["email"] == person.email]


def case_of(played: Played, person: Person) -> Case:
    (case,) = (each for each in played.cases if each.person == person)
    return case


def test_another_performance_is_the_same_to_the_byte(played: Played, folder: Path, tmp_path: Path) -> None:
    """In another process, with other hash values: CSV, pages, message ids, counts."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "17"}
    subprocess.run([sys.executable, "-c", AGAIN, str(tmp_path)], env=environment, check=True)
    first, second = (
        {path.relative_to(each): path for path in each.rglob("*.*")} for each in (folder, tmp_path)
    )
    assert first.keys() == second.keys() and len(first) > len(played.letters) / 2
    assert [name for name in first if first[name].read_bytes() != second[name].read_bytes()] == []


def test_nothing_leaves_in_quiet_hours(played: Played) -> None:
    """On each customer's own clock; and there are customers of several zones."""
    clocks = [
        (each.sent_at.astimezone(zone_of(zone)), zone) for each in played.letters if (zone := zone_in(each))
    ]
    assert all("09:00" <= f"{clock:%H:%M}" < "20:00" for clock, _ in clocks)
    assert len({zone for _, zone in clocks}) > 3


def zone_in(letter: Letter) -> str:
    return letter.customer["traits"]["timezone"]


def test_nobody_gets_more_than_the_cap(played: Played) -> None:
    """One mail in 16 hours and one text message in 7 days, though some had reason for more."""
    gaps = {"email": timedelta(hours=16), "sms": timedelta(days=7)}
    sent: dict[tuple[str, str], list[datetime]] = {}
    for letter in played.letters:
        sent.setdefault((letter.customer["id"], letter.mail["channel"]), []).append(letter.sent_at)
    assert max(map(len, sent.values())) > 1
    for (_, channel), times in sent.items():
        assert all(later - earlier >= gaps[channel] for earlier, later in pairwise(times))


def test_only_who_agreed_is_written_to(played: Played) -> None:
    """As the document stood when the message left."""
    assert played.letters
    for letter in played.letters:
        assert letter.customer["consent"][letter.mail["channel"]]["state"] == "subscribed"


def test_who_unsubscribes_gets_nothing_afterwards(played: Played) -> None:
    """Opening the page changed nothing, pressing its button did, and looking around again brings no mail."""
    (letter,) = letters_to(played, cast.INGRID)  # nothing else either
    case = case_of(played, cast.INGRID)
    assert (letter.mail["campaign"], case.verdict, case.facts["state"]) == (
        "browse",
        "no_consent",
        "unsubscribed",
    )
    said = datetime.fromisoformat(case.facts["at"])
    assert (
        timedelta(hours=10) <= said - letter.sent_at < timedelta(hours=11)
    )  # the button's time, not the page's
    assert case.at - said > timedelta(days=8)


def test_a_repeated_webhook_has_one_effect(played: Played) -> None:
    """Six deliveries of one order make one order."""
    (kenji,) = (each for each in played.customers if each["identities"].get("store") == [cast.KENJI.id])
    assert orders.count(kenji) == 5
    assert [order["status"] for order in kenji["orders"]][-1] == "paid"
    case = case_of(played, cast.KENJI)
    assert (case.verdict, case.facts["times_bought"]) == ("waiting_until", 5)
    assert "his 5th" in case.story


def test_who_buys_just_before_gets_no_mail(played: Played) -> None:
    """Thirteen minutes before it was due."""
    case = case_of(played, cast.AMARA)
    assert "browse" not in [letter.mail["campaign"] for letter in letters_to(played, cast.AMARA)]
    assert (case.campaign, case.verdict, case.facts["order"]) == ("browse", "exited_by", "29001")


@pytest.mark.parametrize(
    ("person", "verdict", "letters"),
    [
        (cast.CHIARA, "capped_until", ["replenishment", "browse", "replenishment"]),
        (cast.WALTER, "not_triggered", []),
        (cast.LEA, "too_soon", ["browse"]),
        (cast.NOOR, "not_triggered", []),
        (cast.PIOTR, "no_consent", []),
        (cast.YUKI, "quiet_hours_until", ["browse"]),
        (cast.JONAS, "waiting_until", []),
        (cast.SEUN, "suppressed", ["browse"]),
        (cast.HENRIK, "skipped_because", []),
        (cast.FREYA, "exited_by", ["checkout"]),
    ],
)
def test_each_story_ends_as_its_rule_says(
    played: Played, person: Person, verdict: str, letters: list[str]
) -> None:
    """The verdict when somebody asked, and the messages in the end."""
    assert case_of(played, person).verdict == verdict
    campaigns = [letter.mail["campaign"] for letter in letters_to(played, person)]
    assert [campaign for campaign in campaigns if campaign in OF_STORIES] == letters


def test_news_of_a_product_reaches_who_looked_at_it(played: Played) -> None:
    """A lower price, and a restock, on the day of the news."""
    assert [letter.mail["campaign"] for letter in letters_to(played, cast.OWEN)] == ["browse", "price_drop"]
    assert [letter.mail["campaign"] for letter in letters_to(played, cast.YUKI)] == [
        "browse",
        "back_in_stock",
    ]


def test_many_campaigns_are_at_work(played: Played) -> None:
    """In three weeks of the whole shop a dozen; in these two weeks of a few customers most of them."""
    assert len({letter.mail["campaign"] for letter in played.letters}) >= 7
    assert len(at_work(played)) >= 12


def test_a_reminder_comes_shortly_before_it_is_needed(played: Played) -> None:
    """Elena buys about every 31 days; Mateo wants no mails, and gets his as a text message once he asked for that."""
    (mail,) = letters_to(played, cast.ELENA)
    assert mail.mail["campaign"] == "replenishment" and 29 <= mail.facts["usual_days"] <= 33
    assert 24 <= mail.facts["days_passed"] <= 28 < mail.facts["usual_days"]
    (text,) = letters_to(played, cast.MATEO)
    assert (text.mail["channel"], text.mail["to"]) == ("sms", cast.MATEO.phone)
    assert text.customer["consent"]["sms"]["source"] == "segment"


def test_every_message_stands_beside_its_reason(played: Played, folder: Path) -> None:
    """On the page and in the results, in words with numbers in them."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert [each["id"] for each in results["messages"]] == [each.mail["id"] for each in played.letters]
    assert all(f"Message {each.mail['id']}," in page for each in played.letters)
    chiara = next(each for each in results["messages"] if each["to"] == cast.CHIARA.email)
    assert chiara["why"][0].startswith(
        "Bought Ground coffee, hazelnut roast, 500 g 9 times, last on 26 August 2026."
    )
    assert "Usually every 21 days, 19 passed." in chiara["why"][1] and "% likely" in chiara["why"][1]
    assert "held back by quiet hours" in chiara["why"][2]
    assert all(len(each["why"]) >= 3 for each in results["messages"])


def test_the_pages_load_nothing(played: Played, folder: Path) -> None:
    """No script, nothing from elsewhere, and every mail in a closed box."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert '"Segoe UI"' in page  # the style as it was written
    mails = [each for each in played.letters if each.mail["html"]]
    assert page.count('<iframe sandbox="" loading="lazy" src="mails/') == len(mails) == page.count("<iframe")
    for path in [folder / "index.html", *(folder / "mails").iterdir()]:
        html = path.read_text(encoding="utf-8")
        assert "<script" not in html and 'src="http' not in html and "@import" not in html


def test_the_import_tells_what_it_could_not_read(played: Played) -> None:
    """Two lines of the file are wrong on purpose; everything else arrived."""
    assert played.imported.rejected == 2 and played.imported.failed == 0
    assert [each.reason.split()[0] for each in played.remarks] == ["customer", "ts"]
    assert played.imported.customers == CUSTOMERS
