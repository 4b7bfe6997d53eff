"""What a campaign's trigger names in other files: segments, tiers and bundles must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from perennial.publishing.bundles_file import BUNDLES
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.loyalty_file import LOYALTY
from perennial.publishing.problems import Path, did_you_mean, known_are
from perennial.publishing.triggers.standing import Bundle, Segment, Tier


def unknown_names(
    file: CampaignFile,
    segments: Collection[str] | None,
    tiers: Collection[str] | None,
    bundles: Collection[str] | None,
) -> Iterator[tuple[Path, str]]:
    """Places that name what is nowhere, and what to write. None: a file that cannot be read says nothing."""
    match file.trigger:
        case Segment(enters=enters, leaves=leaves):
            key, name = ("enters", enters) if enters else ("leaves", leaves)
            yield from _unknown(("trigger", key), [name or ""], segments, "segment", "shop.yaml")
        case Tier(tiers=named):
            yield from _none_at_all(tiers, "tiers", LOYALTY)
            yield from _unknown(("trigger", "tiers"), named or [], tiers, "tier", LOYALTY)
        case Bundle(bundles=named):
            yield from _none_at_all(bundles, "bundles", BUNDLES)
            yield from _unknown(("trigger", "bundles"), named or [], bundles, "bundle", BUNDLES)


def _none_at_all(known: Collection[str] | None, what: str, file: str) -> Iterator[tuple[Path, str]]:
    if known is not None and not known:
        yield ("trigger", "kind"), f"the shop has no {what}. Write them into {file}."


def _unknown(
    path: Path, names: list[str], known: Collection[str] | None, what: str, file: str
) -> Iterator[tuple[Path, str]]:
    for name in names:
        if known is not None and name not in known:
            hint = did_you_mean(name, known) or (
                known_are(sorted(known)) if known else f" Write it into {file}."
            )
            yield path, f"there is no {what} '{name}' in {file}.{hint}"
