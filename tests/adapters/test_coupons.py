"""What every implementation of `ports.Coupons` must do."""

from __future__ import annotations

from perennial.adapters.coupons import DynamoCoupons, coupon_item, place_of, sort_key
from perennial.adapters.units import write_units
from perennial.bootstrap import AwsWorld
from perennial.ports.world import World
from tests.adapters.builders import Wire, passing
from tests.adapters.cloud import DOCUMENTS, client


def test_codes_are_added_once(world: World) -> None:
    """What repeats another code, in the file or in the pool, is answered and changes nothing; pools are apart."""
    assert world.coupons.add("spring", ["A-1", "A-2", "a-1"]) == ["a-1"]
    assert world.coupons.add("spring", ["A-3", "A-2"]) == ["A-2"]
    assert world.coupons.add("autumn", ["A-1"]) == []
    assert (world.coupons.free("spring"), world.coupons.free("autumn")) == (3, 1)
    assert world.coupons.add("spring", []) == []


def test_a_claimed_code_is_not_made_free_by_adding_it_again(world: World) -> None:
    """The same file may be imported any number of times."""
    world.coupons.add("spring", ["A-1"])
    assert world.coupons.claim("spring", "A-1", "m1")
    assert world.coupons.add("spring", ["A-1"]) == ["A-1"]
    assert (world.coupons.free("spring"), world.coupons.claimed("spring")) == (0, 1)


def test_a_code_is_free_or_mine(world: World) -> None:
    """Claiming is repeatable for the same message, and refused to any other, however its code is written."""
    world.coupons.add("spring", ["Abc-1"])
    assert world.coupons.claim("spring", "Abc-1", "m1")
    assert world.coupons.claim("spring", "ABC-1", "m1")
    assert not world.coupons.claim("spring", "Abc-1", "m2")
    assert not world.coupons.claim("spring", "nowhere", "m1")
    assert not world.coupons.claim("autumn", "Abc-1", "m1")


def test_only_its_message_can_give_it_back(world: World) -> None:
    """Released by another or twice, nothing changes; then it can be found and claimed again, as it was written."""
    world.coupons.add("spring", ["Abc-1"])
    world.coupons.claim("spring", "Abc-1", "m1")
    world.coupons.release("spring", "Abc-1", "m2")
    assert world.coupons.find("spring", "m2") is None
    for _ in range(2):
        world.coupons.release("spring", "Abc-1", "m1")
    world.coupons.release("spring", "unknown", "m1")
    assert world.coupons.find("spring", "m2") == "Abc-1"
    assert world.coupons.claim("spring", "Abc-1", "m2")


def test_every_free_code_is_found(world: World) -> None:
    """Whatever is left out, another one is found, until none is left: also those before the place where one began."""
    codes = [f"C-{number}" for number in range(20)]
    world.coupons.add("spring", codes)
    tried: list[str] = []
    while code := world.coupons.find("spring", "m1", tried):
        tried.append(code)
    assert sorted(tried) == sorted(codes)


def test_counting_goes_no_further_than_asked(world: World) -> None:
    """Whether a pool runs low is known from a few items."""
    world.coupons.add("spring", [f"C-{number}" for number in range(30)])
    assert [world.coupons.free("spring", most) for most in (10, 100, None)] == [10, 30, 30]
    assert world.coupons.free("empty", 10) == 0


def test_more_codes_than_one_transaction_holds(world: World) -> None:
    """Any number goes in, and what was there is named."""
    codes = [f"C-{number:04d}" for number in range(230)]
    assert world.coupons.add("spring", codes[:150]) == []
    assert sorted(world.coupons.add("spring", codes)) == codes[:150]
    assert world.coupons.free("spring") == 230


def test_two_who_add_the_same_meet_at_the_condition(aws: AwsWorld) -> None:
    """A code that somebody else added in between, and that a message has by now, stays as it is."""
    between = iter([True])

    def during(operation, parameters, pass_on):
        if operation == "transact_write_items" and next(between, False):
            aws.coupons.add("spring", ["A-1"])
            aws.coupons.claim("spring", "A-1", "m1")
        return pass_on()

    other = DynamoCoupons(Wire(client("dynamodb"), during), DOCUMENTS)
    assert other.add("spring", ["A-1", "A-2"]) == ["A-1"]
    assert (aws.coupons.free("spring"), aws.coupons.claimed("spring")) == (1, 1)


def test_finding_a_free_code_reads_no_claimed_one(aws: AwsWorld) -> None:
    """Ten thousand sent messages ago costs what the first one cost: claimed codes are not in the index."""
    codes = [f"C-{number}" for number in range(40)]
    aws.coupons.add("spring", codes)
    for code in codes[:-1]:
        aws.coupons.claim("spring", code, f"of {code}")
    wire = Wire(client("dynamodb"), passing)
    assert DynamoCoupons(wire, DOCUMENTS).find("spring", "m1") == codes[-1]
    assert {parameters["IndexName"] for _, parameters in wire.calls} == {"free"}
    assert len(wire.calls) <= 2
    item = client("dynamodb").get_item(TableName=DOCUMENTS, Key=_key(codes[0]))["Item"]
    assert not item.keys() & {"free_in", "place"}


def _key(code: str) -> dict[str, dict[str, str]]:
    item = coupon_item("spring", code)
    return {"pk": item["pk"], "sk": item["sk"]}


def test_messages_begin_at_different_places(aws: AwsWorld) -> None:
    """Senders that work at the same moment seldom want the same code."""
    aws.coupons.add("spring", [f"C-{number}" for number in range(200)])
    assert len({aws.coupons.find("spring", f"m{number}") for number in range(20)}) > 15
    assert place_of(sort_key("ABC")) == place_of(sort_key("abc")) != place_of("abd")


def test_what_a_code_costs() -> None:
    """One unit for the item; another for its place in the index."""
    assert write_units(coupon_item("spring", "SPRING-8F3K-22QX")) == 1
