"""offers.yaml: what may be offered, how mistakes in it are told, and offers that a campaign names and nobody wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.messaging.offers import Coupon
from perennial.publishing import Content, publish_files, read_content
from perennial.times import Span, utc_now
from tests.unit.publishing.conftest import BROWSE

Files = dict[str, bytes]
OFFERS = """\
REFILL15:
  code: REFILL15
  text: 15% off your next order
  minimum_spend: 49.50
birthday:
  pool: birthday-codes
  text: A gift for your birthday
  gift: a linen tea towel
  expires: 14 days
  low_at: 250
"""
OFFERING = BROWSE.replace("template: browse/reminder}", "template: browse/reminder, offer: {coupon: %s}}")


@pytest.fixture
def offering(files: Files) -> Callable[[str], Content]:
    """The content whose step offers this, with the offers above."""

    def read(name: str) -> Content:
        campaign = (OFFERING % name).encode()
        return read_content({**files, "offers.yaml": OFFERS.encode(), "campaigns/browse.yaml": campaign})

    return read


def problems(files: Files, text: str) -> list[str]:
    """What is said about these offers."""
    return [str(problem) for problem in read_content({**files, "offers.yaml": text.encode()}).problems]


def test_what_is_written_arrives_in_the_release(files: Files) -> None:
    """Amounts in minor units of the shop's currency, spans as spans, defaults filled in; and again without the file."""
    world = MemoryWorld(utc_now, {})
    publish_files({**files, "offers.yaml": OFFERS.encode()}, world.blobs, world.pointer, world.clock)
    assert world.shop().offers == {
        "REFILL15": Coupon("REFILL15", "15% off your next order", code="REFILL15", minimum_spend=4950),
        "birthday": Coupon(
            "birthday",
            "A gift for your birthday",
            pool="birthday-codes",
            gift="a linen tea towel",
            expires=Span(14),
            low_at=250,
        ),
    }
    bare = MemoryWorld(utc_now, {})
    publish_files(files, bare.blobs, bare.pointer, bare.clock)
    assert bare.shop().offers == {}


def test_a_code_of_digits_is_a_code(files: Files) -> None:
    """YAML takes it for a number; nobody has to know that."""
    content = read_content({**files, "offers.yaml": b"A: {code: 123456, text: Ten off}\n"})
    assert (content.problems, content.offers.right["A"].code) == ([], "123456")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A: {text: Ten off}", "offers.yaml:1: A: write 'code' or 'pool'."),
        ("A: {text: Ten off, code: A, pool: a}", "offers.yaml:1: A: write one of 'code' and 'pool', not both."),
        ("A:\n  code: A\n  text: Ten off\n  low_at: 5", "offers.yaml:4: A.low_at: only a 'pool' can run low."),
        ("A:\n  code: A", "offers.yaml:1: A.text: this key is missing. Write for example 'text: 15% off"),
        ("A:\n  code: A\n  text: T\n  minimum: 5", "offers.yaml:4: A.minimum: there is no key 'minimum' here."),
        ("A: {code: A, text: T, minimum_spend: 30 EUR}", "'30 EUR' is not an amount. Write a number"),
        ("A: {code: A, text: T, minimum_spend: -1}", "-1 is not an amount."),
        ("A: {code: A, text: T, minimum_spend: true}", "true is not an amount."),
        ("A: {code: '', text: T}", "'' is not a code. Write it as the store knows it"),
        ("A: {code: true, text: T}", "true is not a code."),
        ('A: {code: "a\\nb", text: T}', "is not a code."),
        ("A: {pool: My Pool, text: T}", "'My Pool' is not an id."),
        ("A: {code: A, text: T, expires: 7}", "7 is not a duration. Write '7 days'"),
        ("A: {pool: a, text: T, low_at: 0}", "0 is out of bounds: no less than 1 is possible."),
        ("15OFF: {code: A, text: T}", "'15OFF' is not the name of an offer. Use letters"),
        ("A: 15% off", "A: '15% off' is no group of keys. Write for example 'A: {code: A, text"),
        ("- A", "this file must begin with a key"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_remedy(files: Files, text: str, said: str) -> None:
    """File, line and key, in plain words, and nothing else is said."""
    (problem,) = problems(files, text + "\n")
    assert said in problem
    assert problem.startswith("offers.yaml:")


def test_an_offer_that_is_known_may_be_named(offering: Callable[[str], Content]) -> None:
    """By its exact name."""
    assert offering("REFILL15").problems == []


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("refill15", "Did you mean 'REFILL15'?"),
        ("REFIL15", "Did you mean 'REFILL15'?"),
        ("birthdays", "Did you mean 'birthday'?"),
        ("something_else", "Known are REFILL15 and birthday."),
    ],
)
def test_an_unknown_offer_is_refused(offering: Callable[[str], Content], name: str, remedy: str) -> None:
    """With the line it stands on, and the name that was meant."""
    (problem,) = offering(name).problems
    assert str(problem) == (
        f"campaigns/browse.yaml:6: steps[0].offer.coupon: there is no offer '{name}'. {remedy}"
    )


def test_without_offers_the_remedy_is_to_write_one(files: Files) -> None:
    """A folder need not have the file, until a step names an offer."""
    campaign = (OFFERING % "REFILL15").encode()
    (problem,) = read_content({**files, "campaigns/browse.yaml": campaign}).problems
    assert str(problem).endswith("there is no offer 'REFILL15'. Write it into offers.yaml.")


@pytest.mark.parametrize("text", ["REFILL15: {code: }\n", "REFILL15: [\n"])
def test_an_offer_that_is_wrong_is_told_once(files: Files, text: str) -> None:
    """Campaigns that name it are not at fault."""
    campaign = (OFFERING % "REFILL15").encode()
    content = read_content({**files, "offers.yaml": text.encode(), "campaigns/browse.yaml": campaign})
    assert {problem.file for problem in content.problems} == {"offers.yaml"}


def test_an_offer_in_a_branch_is_looked_at_too(files: Files) -> None:
    """Both ways of an `if` step."""
    campaign = """\
name: Browse reminder
mode: live
trigger: {kind: browse, after: 4 hours}
steps:
  - if: customer.orders_count >= 1
    then:
      - {send: email, id: reminder, template: browse/reminder, offer: {coupon: NOWHERE}}
"""
    (problem,) = read_content({**files, "campaigns/browse.yaml": campaign.encode()}).problems
    assert str(problem).startswith(
        "campaigns/browse.yaml:7: steps[0].then[0].offer.coupon: there is no offer"
    )


def test_the_shipped_offers_are_right() -> None:
    """What a shop begins with can be published."""
    files = {"offers.yaml": (Path(__file__).parents[3] / "content/offers.yaml").read_bytes()}
    assert [each for each in read_content(files).problems if each.file == "offers.yaml"] == []
