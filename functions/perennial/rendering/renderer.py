"""From a planned message to its words: who it is for, which products, which template, and nothing else.

No I/O: products are handed in. Whatever keeps a message from being written well is a `SkipMessage` with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from perennial.campaigns import Campaign
from perennial.customer import Customer
from perennial.deciding.look import zone_for
from perennial.events import Product
from perennial.messaging.messages import Planned
from perennial.rendering.formats import direction, language
from perennial.rendering.language import translations
from perennial.rendering.links import host_of, stray_link
from perennial.rendering.names import Links, Needs, items_of, link_names, names_of, wanted
from perennial.rendering.sampling import Sample, sample_links, sample_names, sample_product, sample_zone
from perennial.rendering.templates import Templates
from perennial.rendering.values import SkipMessage, rendering_for
from perennial.shop import Shop

__all__ = ["Links", "Message", "Renderer", "Renderers", "SkipMessage"]

LONGEST_LINE = 250  # characters of a subject or preheader; no inbox shows more
_GAP = re.compile(
    r"\n(?:[ \t]*\n){2,}"
)  # what lists, and branches that were not taken, leave behind in a plain text
_CONTROLS = "".join(map(chr, (*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))
_CONTROL = re.compile(f"[{re.escape(_CONTROLS)}]")
_FIRST = {
    "email": "html",
    "sms": "sms",
    "push": "push",
    "bus": "text",
}  # the part that says a translation is there


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words. SMS and bus have `text` only, push a title as its `subject` too.

    preheader: already printed inside `html`.
    """

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
        self.settings = shop.settings
        self._templates = Templates(shop.templates)

    def wanted(self, customer: Customer, campaign: Campaign, entry: Planned) -> list[str]:
        """Ids of the products that `render` is to be given, as far as they exist."""
        template = _template(campaign, entry)
        needs = self._shop.needs.get(self._translation(template, entry["channel"], customer)[0])
        return wanted(customer, entry, self._shop, Needs(*needs) if needs else Needs())

    def render(
        self,
        customer: Customer,
        campaign: Campaign,
        entry: Planned,
        products: Mapping[str, Product],
        now: datetime,
        links: Links,
    ) -> Message:
        """The message of an outbox entry; SkipMessage when it is not to be sent."""
        template, locale = self._translation(_template(campaign, entry), entry["channel"], customer)
        names = names_of(customer, campaign, entry, products, now, self._shop) | link_names(links)
        names |= {"language": language(locale), "direction": direction(locale)}
        find = partial(_first, products=products, settings=self.settings)
        with rendering_for(locale, zone_for(customer, self._shop).key, find):
            message = self._written(template, entry["channel"], names)
        self._check(message, links.unsubscribe, is_marketing=not campaign.transactional)
        return message

    def try_out(self, template: str, channel: str, sample: Sample, *, is_marketing: bool = True) -> Message:
        """The message of a sample, by the very template named; SkipMessage as in `render`."""
        settings, links = self.settings, sample_links(self.settings)
        own = template.partition("@")[0].partition(".")[2] or settings.locale
        locale = sample.get("customer", {}).get("locale") or own
        locale = locale if language(locale) == language(own) else own
        names = sample_names(sample, settings, links)
        names |= {"language": language(locale), "direction": direction(locale)}
        zone = sample_zone(sample, settings)
        with rendering_for(locale, zone, partial(sample_product, sample=sample, settings=settings)):
            message = self._written(template, channel, names)
        self._check(message, links.unsubscribe, is_marketing=is_marketing)
        return message

    def _written(self, template: str, channel: str, names: dict[str, Any]) -> Message:
        if channel == "sms":
            return Message("sms", self._part(template, "sms", names).strip())
        if channel == "push":
            title, _, text = self._part(template, "push", names).strip().partition("\n")
            return Message("push", " ".join(text.split()), subject=_one_line(title))
        if channel == "bus":
            return Message("bus", self._part(template, "text", names).strip())
        return self._mail(template, names)

    def _mail(self, template: str, names: dict[str, Any]) -> Message:
        subject = _one_line(self._part(template, "subject", names))
        if not subject:
            raise SkipMessage(f"template_error:{template}.subject: it is empty")
        parts = self._templates.parts(template)
        preheader = _one_line(self._part(template, "preheader", names)) if "preheader" in parts else ""
        names = {**names, "subject": subject, "preheader": preheader}
        html = self._part(template, "html", names)
        text = self._part(template, "text", names) if "text" in parts else _plain(html)
        return Message("email", _GAP.sub("\n\n", text).strip() + "\n", subject, preheader, html)

    def _part(self, template: str, part: str, names: Mapping[str, Any]) -> str:
        return _storable(self._templates.render(template, part, names))

    def _check(self, message: Message, unsubscribe_url: str, *, is_marketing: bool) -> None:
        """Last barrier behind the lint of publishing: the law's link is there, and no link leads off the shop."""
        bodies = [message.html, message.text] if message.channel == "email" else []
        if is_marketing and not all(unsubscribe_url in body for body in bodies):
            raise SkipMessage("no_unsubscribe_link")
        hosts = {*self.settings.hosts, host_of(unsubscribe_url) or ""}
        if stray := stray_link(message.html, message.text, hosts):
            raise SkipMessage(f"link_not_allowed:{stray}")

    def _translation(self, template: str, channel: str, customer: Customer) -> tuple[str, str]:
        """The template in the customer's language, if it has one, and the locale to write it in.

        A date is written in the customer's own way only inside of their own language.
        """
        own = customer["traits"].get("locale", "")
        base, at, edition = template.partition("@")
        for stem in translations(base, own.replace("_", "-").lower())[:-1]:
            name = f"{stem}{at}{edition}"
            if _FIRST.get(channel, "html") in self._shop.templates.get(name, ()):
                return name, own
        ours = self.settings.locale
        return template, own if language(own) == language(ours) else ours


def _template(campaign: Campaign, entry: Planned) -> str:
    step = campaign.step(entry["step"])
    if step is None:
        raise SkipMessage(f"unknown_step:{entry['step']}")
    return step.template_for(entry["variant"])


def _first(product_id: str, products: Mapping[str, Product], settings: Any) -> Any:
    return next(iter(items_of([product_id], products, settings)), None)


def _plain(html: str) -> str:
    from perennial.rendering.plain import plain_text

    return plain_text(html)


def _one_line(text: str) -> str:
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rstrip() + "…"


def _storable(text: str) -> str:
    """Without lone halves of characters and without control characters, which no mail can carry."""
    text = text.encode("utf-8", "replace").decode()
    # One by one they are found sooner than as a class, and there are nearly never any.
    return _CONTROL.sub(" ", text) if any(each in text for each in _CONTROLS) else text
