"""Builds a release: what is good in its new version, the rest in its last good one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from perennial.forecast.gaps import IntervalTables
from perennial.publishing.campaign_file import CampaignFile
from perennial.publishing.compiling import compile_campaign
from perennial.publishing.content import Content
from perennial.publishing.editions import kept
from perennial.publishing.template_building import needs_of
from perennial.releasing import tables_of

SCHEMA = 1
Release = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """A release that is not live yet. kept: campaigns in their last good version. left_out: bad ones that never had one."""

    release: Release
    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())


def build(
    content: Content, before: Mapping[str, Any], now: datetime, intervals: IntervalTables | None
) -> Built:
    """The release of a content folder, beside the one before it ({} for none). ContentError when shop.yaml is not right.

    intervals: fresh tables; None keeps those of before.
    """
    shop = content.checked_shop()
    settings = shop.settings()
    good = content.good_campaigns()
    old = {each["id"]: each for each in before.get("campaigns", ())}
    bad = sorted(content.ids - good.keys())
    release: Release = {
        "schema": SCHEMA,
        "settings": settings,
        "campaigns": [_campaign(each, file, before, settings, now) for each, file in sorted(good.items())],
        "templates": content.good_templates(),
        "offers": {name: each.packed(settings["currency"]) for name, each in content.offers.right.items()},
        "segments": shop.compiled_segments(),
        "loyalty": content.loyalty.packed(settings["currency"]) if content.loyalty else None,
        "bundles": content.bundles.packed() if content.bundles else [],
        **tables_of(before),
        **({"intervals": intervals.to_json()} if intervals else {}),
    }
    release["needs"] = {name: _needs(content, name) for name in release["templates"]}
    for campaign_id in bad:
        if campaign_id in old:
            campaign, templates, needs = kept(old[campaign_id], before)
            release["campaigns"].append(campaign)
            release["templates"] |= templates
            release["needs"] |= needs
    release["campaigns"].sort(key=lambda each: str(each["id"]))
    return Built(
        release,
        tuple(each for each in bad if each in old),
        tuple(each for each in bad if each not in old),
    )


def stayed(campaign: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The same campaign in the release before, if it ran there in the same mode and for the same reason."""
    for old in before.get("campaigns", []):
        if old["live_since"] and all(old[key] == campaign[key] for key in ("id", "mode", "kind")):
            return dict(old)
    return None


def _campaign(
    campaign_id: str,
    file: CampaignFile,
    before: Mapping[str, Any],
    settings: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """The campaign with the beginning it had, if it went on all the time."""
    campaign = compile_campaign(campaign_id, file, None if file.mode == "draft" else now, settings)
    old = stayed(campaign, before)
    return {**campaign, "live_since": old["live_since"]} if old else campaign


def _needs(content: Content, template: str) -> dict[str, list[str]]:
    names, products = needs_of(content.sources, template)
    return {"names": sorted(names), "products": list(products)}
