"""loyalty.yaml, bundles.yaml and the segments of shop.yaml: what arrives in the release, and how mistakes are told."""

from __future__ import annotations

from typing import get_args

import pytest

from perennial.adapters.memory import MemoryWorld
from perennial.insight.bundles import Bundle
from perennial.insight.loyalty import Loyalty, Tier
from perennial.insight.rfm import PROSPECTS, groups
from perennial.publishing import publish_files, read_content
from perennial.publishing.triggers.standing import GroupName
from perennial.times import utc_now
from tests.unit.publishing.conftest import BROWSE, SHOP

Files = dict[str, bytes]
LOYALTY = "tiers:\n  oak: {title: Oak, from: 400}\n  beech: {title: Beech, from: 149.50}\npoints: 2\n"
BUNDLES = "bundles:\n  tea: {title: The tea table, products: [1001, pot]}\n"
SEGMENTS = "segments:\n  locals: customer.country == 'DE' and shop.currency == 'EUR'\n"


def told(files: Files, **changed: str) -> list[str]:
    """What is said about these files."""
    names = {
        "loyalty": "loyalty.yaml",
        "bundles": "bundles.yaml",
        "shop": "shop.yaml",
        "campaign": "campaigns/browse.yaml",
    }
    other = {names[name]: text.encode() for name, text in changed.items()}
    return [str(each) for each in read_content({**files, **other}).problems]


def about(trigger: str) -> str:
    return BROWSE.replace("{kind: browse, after: 4 hours}", trigger)


def test_what_is_written_arrives_in_the_release(files: Files) -> None:
    """Tiers from the lowest up in minor units, bundles as in the file, segments compiled; and again without any of them."""
    world = MemoryWorld(utc_now, {})
    whole = {
        **files,
        "shop.yaml": (SHOP + SEGMENTS).encode(),
        "loyalty.yaml": LOYALTY.encode(),
        "bundles.yaml": BUNDLES.encode(),
    }
    publish_files(whole, world.blobs, world.pointer, world.clock)
    shop = world.shop()
    assert shop.loyalty == Loyalty((Tier("beech", "Beech", 14950), Tier("oak", "Oak", 40000)), points=2)
    assert shop.bundles == {"tea": Bundle("tea", "The tea table", ("1001", "pot"))}
    assert list(shop.segments) == ["locals"]
    bare = MemoryWorld(utc_now, {})
    publish_files(files, bare.blobs, bare.pointer, bare.clock)
    assert (bare.shop().loyalty, bare.shop().bundles, bare.shop().segments) == (Loyalty(), {}, {})


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("loyalty", "tiers: {oak: {title: Oak}}\n", "loyalty.yaml:1: tiers.oak.from: this key is missing."),
        ("loyalty", "tiers: {oak: {title: Oak, from: many}}\n", "'many' is not an amount."),
        (
            "loyalty",
            "tiers: {oak: {title: Oak, from: 9}, elm: {title: Elm, from: 9}}\n",
            "'elm' and 'oak' begin at the same amount. Give each tier its own 'from'.",
        ),
        ("loyalty", "tier: {}\n", "there is no key 'tier' here. Did you mean 'tiers'?"),
        ("loyalty", "points: -1\n", "-1 is out of bounds: no less than 0 is possible."),
        ("bundles", "bundles: {tea: {title: Tea, products: [tea, tea]}}\n", "'tea' stands here twice."),
        ("bundles", "bundles: {tea: {title: Tea, products: [tea]}}\n", "no fewer than 2 is possible"),
        (
            "shop",
            SHOP + "segments: {vip: customer.order_count > 3}\n",
            "Did you mean 'customer.orders_count'?",
        ),
        (
            "shop",
            SHOP + "segments: {vip: '\"a\" in customer.segments'}\n",
            "there is no 'customer.segments'.",
        ),
        (
            "campaign",
            about("{kind: segment, enters: vip}"),
            "trigger.enters: there is no segment 'vip' in shop.yaml.",
        ),
        ("campaign", about("{kind: group, enters: Champion}"), "Did you mean 'Champions'?"),
        ("campaign", about("{kind: stage}"), "write one of 'enters' and 'leaves'"),
        (
            "campaign",
            about("{kind: stage, enters: reach, leaves: reach}"),
            "write one of 'enters' and 'leaves'",
        ),
        (
            "campaign",
            about("{kind: tier}"),
            "trigger.kind: the shop has no tiers. Write them into loyalty.yaml.",
        ),
        ("campaign", about("{kind: bundle}"), "the shop has no bundles. Write them into bundles.yaml."),
    ],
)
def test_mistakes_are_told_in_a_marketers_words(files: Files, file: str, text: str, said: str) -> None:
    """With the file, the key and what to write."""
    assert any(said in each for each in told(files, **{file: text})), told(files, **{file: text})


def test_a_tier_or_bundle_that_is_not_there_is_told_with_those_that_are(files: Files) -> None:
    """A slip in a name."""
    assert any(
        "there is no tier 'oka' in loyalty.yaml. Did you mean 'oak'?" in each
        for each in told(files, loyalty=LOYALTY, campaign=about("{kind: tier, tiers: [oka]}"))
    )
    assert any(
        "there is no bundle 'coffee' in bundles.yaml." in each
        for each in told(files, bundles=BUNDLES, campaign=about("{kind: bundle, bundles: [coffee]}"))
    )


def test_groups_are_those_of_the_map() -> None:
    """What a marketer may write is what a customer may be in."""
    assert set(get_args(GroupName)) == {*groups().values(), PROSPECTS}
