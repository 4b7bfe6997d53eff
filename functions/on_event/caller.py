"""Who opened one of our links: the request, what its token claims, and what the page needs to know to speak to them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from on_event import web
from on_event.web import BadRequest, Request
from on_event.words import Words, words_for
from perennial.customer import Customer
from perennial.errors import NotPublished
from perennial.messaging.tokens import Claims
from perennial.people import merging
from perennial.ports.world import World
from perennial.shop import Settings, Shop

LARGEST = 16_384  # bytes of a form: a thousand characters may take nine each
MOST_FIELDS = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """shop: None before the first publish. customer: None where nothing is known of one, or nothing could be read.

    is_read: False when the documents could not be read just now.
    """

    request: Request
    claims: Claims
    shop: Shop | None
    customer: Customer | None
    is_read: bool

    @property
    def settings(self) -> Settings | None:
        """The shop's, if there is one."""
        return self.shop.settings if self.shop else None

    @property
    def is_known(self) -> bool:
        """Somebody who was not erased since."""
        return self.customer is not None and any(self.customer["identities"].values())

    @property
    def words(self) -> Words:
        """In the customer's language, else the browser's, else the shop's."""
        own = self.customer["traits"].get("locale") if self.customer else None
        return words_for(own, *_browser_and_shop(self.request.headers, self.settings))


def caller_of(event: Mapping[str, Any], claims: Claims, world: World) -> Caller:
    """Reads the document as far as it can be read; BadRequest when the request itself cannot be."""
    request = web.request_of(event)
    customer, is_read = None, True
    try:
        end = merging.end(world, claims.customer_id)
        customer = world.documents.load([end]).get(end)
    except Exception as error:  # noqa: BLE001 - whatever failed, a wish can still be taken
        is_read = False
        _log.warning("a page could not read its customer", extra={"error": type(error).__name__})
    return Caller(request, claims, shop_of(world), customer, is_read)


def shop_of(world: World) -> Shop | None:
    """None before the first publish, when pages do without its name."""
    try:
        return world.shop()
    except NotPublished:
        return None


def words_of(event: Mapping[str, Any], settings: Settings | None) -> Words:
    """In the browser's language, where a page need not know who it is."""
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return words_for(*_browser_and_shop(headers, settings))


def _browser_and_shop(headers: Mapping[str, str], settings: Settings | None) -> tuple[str | None, str | None]:
    return headers.get("accept-language"), settings.locale if settings else None


def fields_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form; BadRequest for what is no form, or more than one of ours holds."""
    if len(request.body) > LARGEST:
        raise BadRequest(413, "too_large", "That is more than this form holds.")
    try:
        return parse_qs(request.body.decode(), max_num_fields=MOST_FIELDS, keep_blank_values=True)
    except ValueError as error:
        raise BadRequest(400, "unreadable", "The form could not be read.") from error
