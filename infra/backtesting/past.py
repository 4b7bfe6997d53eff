"""The shop as it would have been on the first day: one campaign, and what the orders until then taught."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from infra.forecasting.book import Book
from infra.forecasting.looking_back import Lookout
from infra.forecasting.ordering import learn_lost
from infra.forecasting.replenishing import learn
from perennial.campaigns import campaign_from
from perennial.errors import ContentError
from perennial.forecast.models import LOST, REPLENISHMENT
from perennial.insight.tables import Tables
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import compile_campaign
from perennial.publishing.content import SHOP, Content, read_content
from perennial.publishing.problems import content_error
from perennial.shop import Shop, pack, unpack

_BESIDE = (SHOP, "offers.yaml", "loyalty.yaml", "bundles.yaml")


def campaign_file(file: Path) -> CampaignFile:
    """As the marketer wrote it; ContentError with what is wrong with it."""
    return _campaign(read_content(_files(file)), file.stem)


def shop_of(file: Path, past: Book, first: int) -> Shop:
    """The campaign goes live on that day; without experiment and backfill. past: the orders before it."""
    content = read_content(_files(file))
    settings = content.checked_shop().settings()
    read = _campaign(content, file.stem).model_copy(update={"mode": "live"})
    since = datetime.combine(date.fromordinal(first), time(), UTC)
    campaign = campaign_from(compile_campaign(file.stem, read, since, settings))
    lookout = Lookout(past, first - 1)
    release: dict[str, Any] = {
        "settings": settings,
        "campaigns": [],
        "templates": {},
        "intervals": lookout.back(0).tables.to_json(),
        "tables": Tables(weights=_taught(campaign.kind, lookout)).to_json(),
        "segments": content.checked_shop().compiled_segments(),
        "loyalty": content.loyalty.packed(settings["currency"]) if content.loyalty else None,
        "bundles": content.bundles.packed() if content.bundles else [],
        "offers": {name: each.packed(settings["currency"]) for name, each in content.offers.right.items()},
    }
    campaigns = {campaign.id: replace(campaign, experiment=None, backfill=0)}
    return replace(unpack(*pack(release)), campaigns=campaigns)


def _files(file: Path) -> dict[str, bytes]:
    """The campaign and what is everybody's beside it, without any template: nothing is rendered."""
    folder = next(
        (each for each in (file.resolve().parent.parent, Path("content")) if (each / SHOP).is_file()), None
    )
    if folder is None:
        raise ContentError(
            f"{file} lies in no content folder, and there is no content/{SHOP} here. Put it into FOLDER/campaigns/."
        )
    found = {name: (folder / name).read_bytes() for name in _BESIDE if (folder / name).is_file()}
    return {**found, f"campaigns/{file.stem}.yaml": file.read_bytes()}


def _campaign(content: Content, name: str) -> CampaignFile:
    campaign = content.campaigns.get(name)
    if campaign is None:
        raise content_error([each for each in content.errors if each.file.startswith("campaigns/")])
    return campaign


def _taught(kind: str, lookout: Lookout) -> dict[str, Any]:
    """The weights that the campaign asks for, where the past teaches enough."""
    if kind == REPLENISHMENT:
        learned = learn(lookout)
        return {REPLENISHMENT: learned.to_json(REPLENISHMENT)} if learned.rows else {}
    if kind == "winback":
        _, learned = learn_lost(lookout)
        return {LOST: learned.to_json(LOST)} if learned.rows else {}
    return {}
