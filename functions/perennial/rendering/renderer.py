"""From a planned message to its words: who it is for, which products, which template, and nothing else.

No I/O: products are handed in. Whatever keeps a message from being written well is a `SkipMessage` with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perennial.campaigns import OPT_IN, Campaign
from perennial.customer import Customer, Planned
from perennial.events import Product
from perennial.gates.quiet_hours import zone_for
from perennial.money import Money
from perennial.profile import TRAITS, profile
from perennial.rendering.formats import language
from perennial.rendering.links import host_of, leads_to, stray_link
from perennial.rendering.templates import Templates
from perennial.rendering.values import Fields, Items, SkipMessage, rendering_for
from perennial.shop import Settings, Shop

__all__ = ["Message", "Renderer", "Renderers", "SkipMessage"]

LONGEST_LINE = 250  # characters of a subject or preheader; no inbox shows more
LONGEST_NAME = 40
# A "name" that mail programs would turn into a link is an advertisement someone typed into a form.
_NO_NAME = re.compile(r"://|www\.|\w\.\w{2}|[@<>{}\x00-\x1f]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words. An SMS has only `text`; `preheader` is already printed inside `html`."""

    channel: str
    text: str
    subject: str = ""
    preheader: str = ""
    html: str = ""


class Renderers:
    """The renderer of the release that is live, made once per release."""

    def __init__(self) -> None:
        self._renderer: Renderer | None = None

    def __call__(self, shop: Shop) -> Renderer:
        if self._renderer is None or self._renderer.release != shop.release:
            self._renderer = Renderer(shop)
        return self._renderer


class Renderer:
    """Renders the messages of one release; its templates are compiled at their first use."""

    def __init__(self, shop: Shop) -> None:
        self.release = shop.release
        self._shop = shop
        self._settings = shop.settings
        self._templates = Templates(shop.templates)

    def render(
        self,
        customer: Customer,
        campaign: Campaign,
        entry: Planned,
        products: Mapping[str, Product],
        now: datetime,
        unsubscribe_url: str,
        confirm_url: str | None = None,
    ) -> Message:
        """The message of an outbox entry; SkipMessage when it is not to be sent.

        products: the catalogue's entries of those named in `entry["facts"]["products"]`, as far as they exist.
        """
        step = campaign.step(entry["step"])
        if step is None:
            raise SkipMessage(f"unknown_step:{entry['step']}")
        names = self._names(customer, campaign, entry, products)
        names |= {"now": now, "unsubscribe_url": unsubscribe_url}
        if confirm_url:
            names["confirm_url"] = confirm_url
        template = step.template_for(entry["variant"])
        with rendering_for(_locale(customer, self._settings), zone_for(customer, self._shop).key):
            if entry["channel"] == "sms":
                message = Message("sms", text=self._part(template, "sms", names).strip())
            else:
                message = self._mail(template, names)
        self._check(message, campaign, unsubscribe_url)
        return message

    def _mail(self, template: str, names: dict[str, Any]) -> Message:
        subject = _one_line(self._part(template, "subject", names))
        if not subject:
            raise SkipMessage(f"template_error:{template}.subject: it is empty")
        has_preheader = "preheader" in self._templates.parts(template)
        preheader = _one_line(self._part(template, "preheader", names)) if has_preheader else ""
        names = {**names, "subject": subject, "preheader": preheader}
        html, text = (self._part(template, part, names) for part in ("html", "text"))
        return Message("email", text.strip() + "\n", subject, preheader, html)

    def _part(self, template: str, part: str, names: Mapping[str, Any]) -> str:
        return _storable(self._templates.render(template, part, names))

    def _check(self, message: Message, campaign: Campaign, unsubscribe_url: str) -> None:
        """Last barrier behind the lint of publishing: the law's link is there, and no link leads off the shop."""
        bodies = [message.html, message.text] if message.channel == "email" else []
        if not campaign.transactional and not all(unsubscribe_url in body for body in bodies):
            raise SkipMessage("no_unsubscribe_link")
        hosts = {*self._settings.hosts, host_of(unsubscribe_url) or ""}
        if stray := stray_link(message.html, message.text, hosts):
            raise SkipMessage(f"link_not_allowed:{stray}")

    def _names(
        self, customer: Customer, campaign: Campaign, entry: Planned, products: Mapping[str, Product]
    ) -> dict[str, Any]:
        settings = self._settings
        shop = ("name", "url", "support_email", "postal_address", "logo_url", "currency")
        wanted = (products.get(product_id) for product_id in entry["facts"].get("products", []))
        traits = _presentable(profile(customer, settings.currency))
        if campaign.kind == OPT_IN:  # anybody may have typed it into a form, to have us send it to others
            traits |= dict.fromkeys(TRAITS)
        return {
            "customer": Fields("customer", traits),
            "shop": Fields("shop", {name: getattr(settings, name) for name in shop}),
            "campaign": Fields("campaign", {"id": campaign.id, "name": campaign.name}),
            "event": Fields("event", entry["facts"]),
            "items": Items(
                _item(product, settings) for product in wanted if product and product.get("available", True)
            ),
        }


def _item(product: Product, settings: Settings) -> Fields:
    """A catalogue entry as templates see it; what is not known is None."""
    url, image = product.get("url"), product.get("image")
    price = product.get("price")
    return Fields(
        "item",
        {
            "id": product["id"],
            "title": product["title"],
            "url": url if leads_to(url, settings.hosts) else settings.url,
            "image": image if image and host_of(image) else None,
            "price": None
            if price is None
            else Money(amount=price, currency=product.get("currency", settings.currency)),
            "category": product.get("category"),
        },
    )


def _presentable(traits: dict[str, Any]) -> dict[str, Any]:
    """Names that are no names count as unknown, so that the template's own word of address stands."""
    names = {key: traits[key] for key in ("first_name", "last_name")}
    return traits | {key: name if _is_name(name) else None for key, name in names.items()}


def _is_name(name: str | None) -> bool:
    return bool(name) and len(str(name)) <= LONGEST_NAME and not _NO_NAME.search(str(name))


def _locale(customer: Customer, settings: Settings) -> str:
    """The customer's own, when it speaks the shop's language: no German month inside an English sentence."""
    own = customer["traits"].get("locale", "")
    return own if language(own) == language(settings.locale) else settings.locale


def _one_line(text: str) -> str:
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rstrip() + "…"


def _storable(text: str) -> str:
    """Without lone halves of characters and without control characters, which no mail can carry."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode())
