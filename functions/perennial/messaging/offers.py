"""What a message may offer: the coupons of `offers.yaml`, and how one of them stands in an outbox entry.

Pure. Codes out of a pool are claimed by `send`, by rule 18; a trial run and a preview show a sample and spend nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from perennial.money import Money
from perennial.times import Span, after, stamp

SAMPLE_CODE = "SAMPLE-CODE"  # where a unique code would stand


@dataclass(frozen=True, slots=True)
class Coupon:
    """One entry of `offers.yaml`: the same `code` for everybody, or a code of its own for each message, out of `pool`.

    text: what it gives, in the shop's words. minimum_spend: in minor units of the shop's currency, None for any. expires:
    from the sending, None for never; a campaign's own word wins. low_at: warn when fewer codes than this are left.
    """

    name: str
    text: str
    code: str = ""
    pool: str = ""
    minimum_spend: int | None = None
    gift: str = ""
    expires: Span | None = None
    low_at: int = 100


class Offered(TypedDict):
    """The offer of one message, as it stands in its outbox entry and as templates read it.

    coupon: its name in `offers.yaml`. pool: where its code is from, absent for a code that is everybody's
    and for a sample. expires_at: a
    stamp, None for never. gift, text: "" for none.
    """

    coupon: str
    code: str
    expires_at: str | None
    minimum_spend: Money | None
    gift: str
    text: str
    pool: NotRequired[str]


def offered(
    coupon: Coupon, code: str, sent_at: datetime, expires: Span | None, zone: str, currency: str
) -> Offered:
    """The offer of a message sent at this moment. code: "" for a sample of what a pool would give.

    expires: the campaign's word. zone: the customer's, in which days are counted.
    """
    span = expires or coupon.expires
    spend = coupon.minimum_spend
    offer = Offered(
        coupon=coupon.name,
        code=coupon.code or code or SAMPLE_CODE,
        expires_at=stamp(after(sent_at, span, zone)) if span else None,
        minimum_spend=None if spend is None else Money(amount=spend, currency=currency),
        gift=coupon.gift,
        text=coupon.text,
    )
    if coupon.pool and code:
        offer["pool"] = coupon.pool
    return offer


def coupons_from(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Coupon]:
    """The coupons of a release, by name."""
    return {name: _coupon(name, fields) for name, fields in data.items()}


def _coupon(name: str, fields: Mapping[str, Any]) -> Coupon:
    expires = Span(*fields["expires"]) if fields.get("expires") else None
    return Coupon(**{**fields, "name": name, "expires": expires})
