"""A CSV of orders and sign-ups: what is read, what is refused, and that the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from on_event.orders_file import orders as file_orders
from on_event.orders_file import record as file_record
from on_event.orders_file.orders import WINDOW
from on_event.orders_file.record import record
from on_event.orders_file.translate import Remark, Terms, Told, translate
from perennial.errors import Unintelligible
from perennial.events import Event, Product
from perennial.folding import orders
from perennial.people.identities import Identity, Kind
from tests.making import NOON, days, unsubscribed
from tests.stage import Stage

HEADER = "customer,ts,order_id,product,category,qty,value"
PEOPLE = HEADER + ",email,first_name,phone,timezone,email_consent,sms_consent,consent_at"
TERMS = Terms(ZoneInfo("America/New_York"), "USD", NOON)


def told(*lines: str, header: str = HEADER, terms: Terms = TERMS) -> Told:
    """All that a file of these lines says."""
    whole = Told()
    text = "".join(f"{line}\n" for line in (header, *lines))
    for part in translate(text.splitlines(keepends=True), terms):
        whole.events += part.events
        whole.products += part.products
        whole.remarks += part.remarks
    return whole


def orders_in(told: Told) -> list[Event]:
    return [event for event in told.events if event.name == "order_completed"]


def test_a_line_is_an_order() -> None:
    """Identity, time, lines and money, as every source tells them."""
    (event,) = told("c7,2025-11-03T15:30:00-05:00,A1,tea,Tea,2,19.90").events
    order = event.properties["order"]
    assert event.identities == (Identity(Kind.STORE, "c7"),)
    assert event.trusted and event.sent_at == event.occurred_at
    assert (order["id"], order["placed_at"], order["total"]) == ("A1", "2025-11-03T20:30:00.000Z", 1990)
    assert order["lines"] == [{"product_id": "tea", "quantity": 2, "price": 995}]
    assert (order["currency"], order["status"], order["trusted"]) == ("USD", "open", True)


@pytest.mark.parametrize(
    ("given_ts", "at"),
    [
        ("2026-01-05T09:00:00Z", "2026-01-05T09:00:00.000Z"),
        ("2026-01-05 09:00:00 -0500", "2026-01-05T14:00:00.000Z"),
        ("2026-01-05 09:00:00 UTC", "2026-01-05T09:00:00.000Z"),
        ("2026-01-05 09:00", "2026-01-05T14:00:00.000Z"),
        ("2025-07-05 09:00", "2025-07-05T13:00:00.000Z"),
        ("2026-01-05", "2026-01-05T17:00:00.000Z"),
    ],
)
def test_times(given_ts: str, at: str) -> None:
    """With an offset as told; without one on the shop's clock, summer and winter; a day is its noon."""
    (event,) = told(f"1,{given_ts},A1,tea,Tea,1,5").events
    assert event.properties["order"]["placed_at"] == at


def test_an_order_has_all_its_lines() -> None:
    """Also those that stand apart, and the earliest time counts."""
    found = told(
        "1,2026-01-05 09:05,A1,tea,Tea,1,5.00",
        "2,2026-01-05 09:01,B1,cup,Cups,1,7.00",
        "1,2026-01-05 09:00,A1,cup,Cups,3,21.00",
    )
    first = {event.properties["order"]["id"]: event.properties["order"] for event in orders_in(found)}["A1"]
    assert first["total"] == 2600 and first["placed_at"] == "2026-01-05T14:00:00.000Z"
    assert [line["product_id"] for line in first["lines"]] == ["cup", "tea"]  # sorted


def test_the_order_of_lines_does_not_matter() -> None:
    """An export sorted another way is the same import."""
    lines = [f"1,2026-01-05,A1,{product},Tea,1,5.00" for product in ("tea", "cup", "filter")]
    assert [event.id for event in told(*lines).events] == [
        event.id for event in told(*reversed(lines)).events
    ]


def test_other_content_is_another_event() -> None:
    """A corrected line is not mistaken for the line it corrects."""
    ids = {told(f"1,2026-01-05,A1,tea,Tea,1,{value}").events[0].id for value in ("5.00", "6.00")}
    assert len(ids) == 2


def test_a_line_that_comes_too_late_is_rejected() -> None:
    """The order was handed over: a second, shorter telling of it would replace the first."""
    others = [f"2,2026-01-05,B{number},tea,Tea,1,5" for number in range(WINDOW)]
    found = told("1,2026-01-05,A1,tea,Tea,1,5", *others, "1,2026-01-05,A1,cup,Cups,1,7")
    (remark,) = found.remarks
    assert remark.line == WINDOW + 3 and "more than 1000 lines before" in remark.reason
    assert [line["product_id"] for line in orders_in(found)[0].properties["order"]["lines"]] == ["tea"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",2026-01-05,A1,tea,Tea,1,5", "customer is missing"),
        ("guest,2026-01-05,A1,tea,Tea,1,5", "nobody in particular"),
        ("nobody@,2026-01-05,A1,tea,Tea,1,5", "no e-mail address"),
        ("1,,A1,tea,Tea,1,5", "ts '' is no time"),
        ("1,05.01.2026,A1,tea,Tea,1,5", "write 2026-03-31"),
        ("1,2026-13-05,A1,tea,Tea,1,5", "is no time"),
        ("1,2027-01-05,A1,tea,Tea,1,5", "in the future"),
        ("1,1970-01-01,A1,tea,Tea,1,5", "before the year 2000"),
        ("1,2026-01-05,,tea,Tea,1,5", "order_id is missing"),
        ("1,2026-01-05,A1,,Tea,1,5", "product is missing"),
        ("1,2026-01-05,A1,tea,Tea,0,5", "qty '0'"),
        ("1,2026-01-05,A1,tea,Tea,1.5,5", "qty '1.5'"),
        ("1,2026-01-05,A1,tea,Tea,1,", "value '' is no amount"),
        ('1,2026-01-05,A1,tea,Tea,1,"5,00"', "write it as 1234.50"),
        ("1,2026-01-05,A1,tea,Tea,1,nan", "no amount"),
        ("1,2026-01-05,A1,tea,Tea,1,-5", "below 0"),
        ("1,2026-01-05,A1,tea,Tea, green,1,5", "more cells than there are columns"),
        ("1,2026-01-05,,,,,", "neither an order nor anything about the customer"),
        ('1,2026-01-05,A1,"tea"x,Tea,1,5', "no line of a CSV file"),
    ],
)
def test_a_bad_line_is_rejected_with_its_number_and_reason(line: str, reason: str) -> None:
    """And the next one is read."""
    found = told(line, "2,2026-01-05,B1,tea,Tea,1,5")
    (remark,) = found.remarks
    assert remark.rejected and remark.line == 2 and reason in remark.reason
    assert [event.properties["order"]["id"] for event in found.events] == ["B1"]


def test_an_order_is_taken_whole_or_not_at_all() -> None:
    """Half an order would keep the whole one out, once its line is mended."""
    found = told(
        "1,2026-01-05,A1,tea,Tea,1,5", "1,2026-01-05,A1,cup,Cups,one,7", "1,2026-01-05,A1,filter,,1,2"
    )
    assert found.events == []
    assert [remark.line for remark in found.remarks] == [2, 3, 4]
    assert "qty 'one'" in found.remarks[1].reason
    assert found.remarks[0].reason == "order A1 was left out, because its line 3 cannot be read"


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("2,2026-01-05,A1,cup,Cups,1,7,USD", "two customers"),
        ("1,2026-01-05,A1,cup,Cups,1,7,EUR", "two currencies"),
    ],
)
def test_a_contradiction_costs_the_order(second: str, reason: str) -> None:
    """Neither of two customers gets what may be the other's."""
    found = told("1,2026-01-05,A1,tea,Tea,1,5,USD", second, header=HEADER + ",currency")
    assert orders_in(found) == [] and reason in found.remarks[1].reason


def test_money_has_the_places_of_its_currency() -> None:
    """Yen have none; the shop's currency stands where the line has none."""
    found = told(
        "1,2026-01-05,A1,tea,Tea,1,500,jpy", "1,2026-01-05,A2,tea,Tea,1,5,", header=HEADER + ",currency"
    )
    totals = [
        (event.properties["order"]["total"], event.properties["order"]["currency"]) for event in found.events
    ]
    assert totals == [(500, "JPY"), (500, "USD")]


def test_who_it_is() -> None:
    """Traits and identities; an e-mail address may stand for the customer's id."""
    (created, order) = told(
        "7,2026-01-05,A1,tea,Tea,1,5,Ada@Example.com,Ada,+1 202 555 0123,Europe/Oslo,,,", header=PEOPLE
    ).events
    kinds = [identity.kind for identity in created.identities]
    assert kinds == [Kind.STORE, Kind.EMAIL, Kind.PHONE] and order.identities == created.identities
    assert created.name == "customer_created" and created.properties["traits"] == {
        "email": "Ada@example.com",
        "first_name": "Ada",
        "phone": "+12025550123",
        "timezone": "Europe/Oslo",
    }
    assert order.properties["traits"] == created.properties["traits"]
    by_address = told("ada@example.com,2026-01-05,A1,tea,Tea,1,5").events[0]
    assert by_address.identities == (Identity(Kind.EMAIL, "ada@example.com"),)


def test_what_cannot_be_read_of_a_person_costs_only_itself() -> None:
    """The order counts all the same, and the remark names the column and not its content."""
    found = told("7,2026-01-05,A1,tea,Tea,1,5,ada at home,Ada,0123,,,,", header=PEOPLE)
    (remark,) = found.remarks
    assert len(orders_in(found)) == 1 and not remark.rejected
    assert remark.reason == "email, phone could not be read and was left out"


def test_a_customer_is_told_once_and_a_sign_up_needs_no_order() -> None:
    """The first line of a customer, and each line without an order."""
    found = told(
        "7,2026-01-05,A1,tea,Tea,1,5,ada@example.com,Ada,,,yes,,",
        "7,2026-01-09,A2,tea,Tea,1,5,ada@example.com,Ada,,,yes,,",
        "8,2026-01-09,,,,,,eve@example.com,,,,subscribed,,2026-01-02",
        header=PEOPLE,
    )
    created = [event for event in found.events if event.name == "customer_created"]
    assert [event.identities[0].value for event in created] == ["7", "8"]
    assert created[1].properties["consent"]["email"]["at"] == "2026-01-02T17:00:00.000Z"


def test_consent_comes_from_its_columns_alone() -> None:
    """An address is no permission."""
    for event in told("7,2026-01-05,A1,tea,Tea,1,5,ada@example.com,,,,,,", header=PEOPLE).events:
        assert "consent" not in event.properties


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("subscribed", "subscribed"),
        ("YES", "subscribed"),
        ("no", "not_subscribed"),
        ("pending", "pending"),
        ("Unsubscribed", "unsubscribed"),
    ],
)
def test_words_of_consent(word: str, state: str) -> None:
    """Each channel has its own."""
    event = told(f"7,2026-01-05,A1,tea,Tea,1,5,,,,,,{word},", header=PEOPLE).events[0]
    assert {channel: said["state"] for channel, said in event.properties["consent"].items()} == {"sms": state}


def test_an_unknown_word_of_consent_costs_the_line() -> None:
    """Permission is never guessed."""
    found = told("7,2026-01-05,A1,tea,Tea,1,5,,,,,maybe,,", header=PEOPLE)
    assert found.events == [] and "email_consent 'maybe'" in found.remarks[0].reason


@pytest.mark.parametrize(
    ("word", "consent_at", "at"),
    [
        ("yes", "", "2000-01-01T00:00:00.000Z"),
        ("pending", "", "2000-01-01T00:00:00.000Z"),
        ("no", "", "2026-01-05T17:00:00.000Z"),
        ("unsubscribed", "", "2026-01-05T17:00:00.000Z"),
        ("yes", "2026-01-03T08:00:00Z", "2026-01-03T08:00:00.000Z"),
    ],
)
def test_since_when_consent_counts(word: str, consent_at: str, at: str) -> None:
    """As told; without that a refusal from the line on, and a grant so early that it outranks nothing."""
    (_, order) = told(f"7,2026-01-05,A1,tea,Tea,1,5,,,,,{word},,{consent_at}", header=PEOPLE).events
    assert order.properties["consent"]["email"]["at"] == at


def test_the_catalogue() -> None:
    """A title where there is one, else the id, which yields to every real title; each fact is told once."""
    header = HEADER + ",title,url"
    found = told(
        "1,2026-01-05,A1,tea,Tea,2,9.00,Green tea,https://shop.example/tea",
        "1,2026-01-06,A2,tea,Tea,2,9.00,Green tea,https://shop.example/tea",
        "1,2026-01-06,A2,cup,,1,7.00,,javascript:alert(1)",
        header=header,
    )
    assert found.products == [
        Product(
            id="tea",
            title="Green tea",
            at="2026-01-05T17:00:00.000Z",
            rank=1,
            category="Tea",
            url="https://shop.example/tea",
            price=450,
            currency="USD",
        ),
        Product(id="cup", title="cup", at="2000-01-01T00:00:00.000Z", rank=1, price=700, currency="USD"),
    ]


def test_the_first_line_decides_how_the_file_is_read() -> None:
    """Semicolons, capitals and a byte order mark; a misspelt column is told, not lost in silence."""
    header = "\ufeff" + (HEADER + ",emial_consent").upper().replace(",", ";")
    found = told("1;2026-01-05;A1;tea;Tea;1;5.00;yes", header=header)
    (remark,) = found.remarks
    assert len(found.events) == 1 and not remark.rejected
    assert (remark.line, remark.reason) == (1, "the column 'emial_consent' is not known and was not read")


@pytest.mark.parametrize("header", ["", "customer,ts,order_id,product,category,qty", "a;b;c"])
def test_without_its_columns_a_file_is_refused(header: str) -> None:
    """The error names what is missing and what is needed."""
    with pytest.raises(Unintelligible, match=r"no column .*value.* must name these: customer"):
        told(header=header)


def test_quoted_cells_may_hold_line_breaks() -> None:
    """Line numbers stay those of the file."""
    found = told('1,2026-01-05,A1,tea,"Tea\nand more",1,5', "1,2026-01-05,A2,tea,Tea,x,5")
    assert len(found.events) == 1 and [remark.line for remark in found.remarks] == [4]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many orders and customers pass, only so many are remembered."""
    monkeypatch.setattr(file_orders, "REMEMBERED", 10)
    memory: file_orders.Memory[bool] = file_orders.Memory()
    for number in range(100):
        memory[str(number)] = True
    assert list(memory) == [str(number) for number in range(90, 100)]


@given(st.lists(st.text(alphabet='abc1",;\n\t \x00\u2028', max_size=40), max_size=20))
def test_no_text_breaks_the_reading(lines: list[str]) -> None:
    """Whatever stands in a file, each line is taken or has its remark."""
    found = told(*lines)
    assert all(remark.reason for remark in found.remarks)


# Recording.

FILE = (
    "1,2025-12-01,A1,tea,Tea,1,9.00,ada@example.com,Ada,,,subscribed,,",
    "2,2025-12-02,B1,cup,Cups,1,7.00,eve@example.com,Eve,,,no,,",
    "1,2025-12-31,A2,tea,Tea,1,9.00,ada@example.com,Ada,,,subscribed,,",
    "1,2026-01-30,A3,tea,Tea,2,18.00,ada@example.com,Ada,,,subscribed,,",
)


def parts(lines: Iterable[str] = FILE) -> Iterator[Told]:
    return translate([f"{line}\n" for line in (PEOPLE, *lines)], TERMS)


def test_a_file_becomes_documents_with_one_write_for_each_customer() -> None:
    """Orders, consent, traits and the catalogue; and the count of it."""
    stage = Stage()
    imported = record(parts(), stage.world)
    customer = stage.customer("1")
    assert (imported.orders, imported.customers, imported.products) == (4, 2, 2)
    assert (imported.rejected, imported.failed) == (0, 0)
    assert customer["version"] == 1 and customer["traits"]["first_name"] == "Ada"
    assert orders.count(customer) == 3 and orders.spent(customer) == {"USD": 3600}
    assert customer["consent"]["email"]["state"] == "subscribed"
    assert stage.world.catalogue.load(["tea"])["tea"]["price"] == 900


def test_the_same_file_again_changes_nothing() -> None:
    """Days later, and also line by line with everything forgotten in between."""
    stage = Stage()
    record(parts(), stage.world)
    before = [stage.customer(each) for each in ("1", "2")]
    stage.now += days(3)
    record(parts(), stage.world)
    for line in FILE:
        record(parts([line]), stage.world)
    assert [orders.count(stage.customer(each)) for each in ("1", "2")] == [3, 1]
    record(parts(), stage.world)
    after = [stage.customer(each) for each in ("1", "2")]
    assert [each["orders"] for each in after] == [each["orders"] for each in before]
    assert [each["consent"] for each in after] == [each["consent"] for each in before]


def test_a_refusal_in_between_stays() -> None:
    """Who unsubscribed on our page is not subscribed again by a later export that knows nothing of it."""
    stage = Stage()
    record(parts(), stage.world)
    stage.record(unsubscribed(NOON - days(3)))
    record(parts(), stage.world)
    record(parts(["1,2026-03-01,A4,tea,Tea,1,9.00,ada@example.com,Ada,,,subscribed,,"]), stage.world)
    assert orders.count(stage.customer("1")) == 4
    assert stage.customer("1")["consent"]["email"]["state"] == "unsubscribed"


def test_a_long_file_is_recorded_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost between them, and progress counts every event."""
    monkeypatch.setattr(file_record, "AT_ONCE", 3)
    monkeypatch.setattr(file_record, "CUSTOMERS", 2)
    stage = Stage()
    steps: list[tuple[int, int]] = []
    lines = [f"{number % 7},2026-01-{number % 28 + 1:02d},O{number},tea,Tea,1,5" for number in range(1, 50)]
    file = translate([f"{line}\n" for line in (HEADER, *lines)], TERMS)
    imported = record(file, stage.world, progress=lambda done, known: steps.append((done, known)))
    assert imported.orders == 42  # customer 0 names nobody
    assert imported.rejected == 7
    assert steps[-1] == (42, 42) and steps == sorted(steps)


def test_remarks_reach_whoever_asks() -> None:
    """Each with its line and its cells, so that it can be mended."""
    heard: list[Remark] = []
    imported = record(parts(["1,2026-01-05,A1,tea,Tea,none,5,,,,,,,"]), Stage().world, remark=heard.append)
    assert imported.rejected == 1 and [each.cells[5] for each in heard] == ["none"]
