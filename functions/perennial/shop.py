"""The shop: one immutable release (campaigns, templates, settings, tables), and what the kill switch holds back.

A release is one compressed JSON in S3, named by its hash. `decide` reads nothing else.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from perennial.campaigns import Campaign, campaign_from
from perennial.deciding.conditions import Condition
from perennial.forecast.gaps import IntervalTables
from perennial.forecast.goods import Goods
from perennial.forecast.models import NAMES, Model, model
from perennial.insight.bundles import Bundle, bundles_from
from perennial.insight.loyalty import Loyalty, loyalty_from
from perennial.insight.tables import Tables
from perennial.messaging.offers import Coupon, coupons_from
from perennial.times import Span

EVERYTHING = "*"
OF_WATCHERS = frozenset(
    {"back_in_stock", "price_drop"}
)  # kinds of campaigns about products that a customer watches


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `messages` marketing messages of a channel within any `hours`."""

    messages: int
    hours: int


@dataclass(frozen=True, slots=True)
class Form:
    """A sign-up form on the shop's pages. redirect: where it leads afterwards, "" for a page of ours."""

    channels: tuple[str, ...]
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What customers can choose or leave. names: what it is called, by language."""

    id: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """`shop.yaml`. `hosts`: where links in mails may lead. `send_between`: local clock times.

    double_opt_in: channels for which a yes counts only once it is confirmed. forms: by name, those a page may post to.
    topics: those that customers can choose among, in the order of the file. refund_window: of orders.
    """

    name: str
    url: str
    postal_address: str
    support_email: str
    timezone: str
    currency: str
    locale: str
    hosts: tuple[str, ...]
    send_between: tuple[str, str]
    caps: Mapping[str, Cap]
    sender_name: str
    logo_url: str = ""
    double_opt_in: tuple[str, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)
    topics: tuple[Topic, ...] = ()
    refund_window: Span = Span(14)


@dataclass(frozen=True, slots=True)
class Shop:
    """What `decide` and `send` read. `templates`: name -> part (subject, preheader, html, text, sms) -> source.

    offers: the coupons of `offers.yaml`, by name. needs: by template, which products it asks for (`rendering.names.Needs`).
    loyalty: `loyalty.yaml`, None without one. bundles: of `bundles.yaml`, by name. segments: compiled conditions by name.
    goods, models: of the forecast, by the tables. watched_since: when the first campaign about watched products went live;
    None where there is none.
    """

    release: str
    settings: Settings
    campaigns: Mapping[str, Campaign]
    templates: Mapping[str, Mapping[str, str]]
    intervals: IntervalTables
    tables: Tables = field(default_factory=Tables)
    paused: frozenset[str] = field(default_factory=frozenset)
    offers: Mapping[str, Coupon] = field(default_factory=dict)
    needs: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = field(default_factory=dict)
    loyalty: Loyalty | None = None
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    segments: Mapping[str, Condition] = field(default_factory=dict)
    goods: Goods = field(init=False, repr=False, compare=False)
    models: Mapping[str, Model] = field(init=False, repr=False, compare=False)
    watched_since: datetime | None = field(init=False, repr=False, compare=False)
    _earlier: dict[int, Goods] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """What the tables say, made ready once for all customers."""
        object.__setattr__(self, "goods", Goods(self.intervals))
        object.__setattr__(self, "models", {name: model(self.tables.weights, name) for name in NAMES})
        object.__setattr__(self, "_earlier", {})
        telling = (each for each in self.campaigns.values() if each.kind in OF_WATCHERS)
        since = min((each.live_since for each in telling if each.live_since), default=None)
        object.__setattr__(self, "watched_since", since)

    def goods_before(self, fortnights: int) -> Goods:
        """As they sold by then; for the night, which asks for many customers."""
        found = self._earlier.get(fortnights)
        if found is None:
            found = self._earlier[fortnights] = self.goods.before(fortnights)
        return found

    def is_paused(self, campaign_id: str) -> bool:
        """The kill switch holds this campaign, or everything."""
        return EVERYTHING in self.paused or campaign_id in self.paused


def release_key(release: str) -> str:
    """Where a release lies in the content bucket."""
    return f"live/releases/{release}.json.gz"


def pack(content: Mapping[str, Any]) -> tuple[str, bytes]:
    """Hash and bytes of a release; the same content gives the same bytes."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return sha256(text).hexdigest()[:20], gzip.compress(text, mtime=0)


def unpack(release: str, data: bytes) -> Shop:
    """The shop of a packed release. Order of campaigns: priority first, then id."""
    content = json.loads(gzip.decompress(data))
    campaigns = sorted(map(campaign_from, content["campaigns"]), key=lambda each: (-each.priority, each.id))
    return Shop(
        release=release,
        settings=settings_from(content["settings"]),
        campaigns={campaign.id: campaign for campaign in campaigns},
        templates=content["templates"],
        intervals=IntervalTables.from_json(content["intervals"]),
        tables=Tables.from_json(content.get("tables", {})),
        offers=coupons_from(content.get("offers", {})),
        needs={
            name: (frozenset(each["names"]), tuple(each["products"]))
            for name, each in content.get("needs", {}).items()
        },
        loyalty=loyalty_from(content.get("loyalty")),
        bundles=bundles_from(dict(content.get("bundles", ()))),
        segments=content.get("segments", {}),
    )


def settings_from(data: Mapping[str, Any]) -> Settings:
    """The settings of a release."""
    return Settings(
        **{
            **data,
            "hosts": tuple(data["hosts"]),
            "send_between": tuple(data["send_between"]),
            "caps": {channel: Cap(**cap) for channel, cap in data["caps"].items()},
            "double_opt_in": tuple(data.get("double_opt_in", ())),
            "forms": {name: _form(form) for name, form in data.get("forms", {}).items()},
            "refund_window": Span(*data.get("refund_window", Span(14))),
            "topics": tuple(Topic(**topic) for topic in data.get("topics", ())),
        }
    )


def _form(form: Mapping[str, Any]) -> Form:
    return Form(channels=tuple(form["channels"]), redirect=form.get("redirect") or "")
