"""A mail as a page: rendered again from what is stored of it, with the catalogue of now. Looking at it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from on_event import page_html, web
from on_event.caller import Caller, caller_of
from on_event.page_frame import HEADERS, answer
from perennial.campaigns import OPT_IN, Campaign
from perennial.customer import Customer
from perennial.messaging.dispatch import Due
from perennial.messaging.messages import Planned, Settled
from perennial.messaging.outbox import WENT_OUT, Status
from perennial.messaging.tokens import Claims, Tokens
from perennial.ports.world import World
from perennial.shop import Shop
from perennial.times import moment

_LOCAL = ("localhost", "127.0.0.1")
# What a mail looks like is its own affair: styles inside of it, pictures from anywhere. No script, no form, no frame.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


def respond(event: Mapping[str, Any], claims: Claims, world: World, tokens: Tokens) -> web.Answer:
    """The mail, or a page that says kindly that it cannot be shown any more."""
    caller = caller_of(event, claims, world)
    if not caller.is_read:
        return answer(503, page_html.try_again(caller.settings, caller.words))
    html = _html(caller, world, tokens) if caller.is_known else None
    if html is None:
        return answer(404, page_html.gone(caller.settings, caller.words))
    return {"statusCode": 200, "headers": {**HEADERS, "content-security-policy": _POLICY}, "body": html}


def _html(caller: Caller, world: World, tokens: Tokens) -> str | None:
    customer, shop = caller.customer, caller.shop
    entry = _entry(customer, caller.claims.message_id) if customer else None
    if customer is None or shop is None or entry is None or entry["channel"] != "email":
        return None
    campaign = shop.campaigns.get(entry["campaign"])
    return _rendered(caller, customer, shop, campaign, entry, world, tokens) if campaign else None


def _entry(customer: Customer, message_id: str) -> Planned | None:
    """What the outbox says of a message, or said while it was there; None for one that never went out or is forgotten."""
    entry = customer["outbox"].get(message_id)
    if entry is not None:
        return entry if entry["status"] == Status.SENDING else None
    settled = next((each for each in customer["settled"] if each["id"] == message_id), None)
    if settled is None or settled["status"] not in WENT_OUT:
        return None
    enrollment = customer["enrollments"].get(settled["campaign"], {}).get(settled["subject"])
    if enrollment is None or enrollment["key"] != settled["key"]:
        return None  # something newer took its place, and what this one was about is not known any more
    return _as_planned(settled, enrollment["facts"])


def _as_planned(settled: Settled, facts: dict[str, Any]) -> Planned:
    """As far as rendering asks."""
    return cast("Planned", {**settled, "facts": facts, "planned_at": settled["at"]})


def _rendered(
    caller: Caller,
    customer: Customer,
    shop: Shop,
    campaign: Campaign,
    entry: Planned,
    world: World,
    tokens: Tokens,
) -> str | None:
    # Jinja is loaded by the first who looks, not by every page.
    from perennial.rendering.renderer import Renderer, SkipMessage
    from perennial.rendering.signed import signed_links

    due = Due(customer["id"], caller.claims.message_id)
    links = signed_links(tokens, _public_url(caller), due, "email", asks=campaign.kind == OPT_IN)
    renderer = Renderer(shop)
    try:
        wanted = renderer.wanted(customer, campaign, entry)
        products = world.catalogue.load(wanted) if wanted else {}
        return renderer.render(customer, campaign, entry, products, moment(entry["planned_at"]), links).html
    except SkipMessage:
        return None


def _public_url(caller: Caller) -> str:
    """Where the page itself stands: its address cannot be a setting of the function behind it."""
    host = caller.request.host
    scheme = "http" if host.partition(":")[0] in _LOCAL else "https"
    return f"{scheme}://{host}"
