"""One message of each step, variant and channel, in words: as it would be sent, but for links and codes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perennial.deciding.look import zone_for
from perennial.events import Product
from perennial.messaging.messages import Planned
from perennial.messaging.offers import offered
from perennial.outlook.tally import Part, Sample
from perennial.rendering.renderer import Message, Renderer
from perennial.rendering.sampling import sample_links
from perennial.rendering.values import SkipMessage
from perennial.shop import Shop
from perennial.times import stamp

Products = Callable[[Collection[str]], Mapping[str, Product]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """message: None when the template would have it skipped, for the reason `skipped`."""

    part: Part
    at: datetime
    customer_id: str
    message: Message | None
    skipped: str = ""

    @property
    def name(self) -> str:
        """For a file."""
        return ".".join(self.part)

    def summary(self) -> dict[str, str]:
        """For programs."""
        words = (
            {"subject": self.message.subject or self.message.text}
            if self.message
            else {"skipped": self.skipped}
        )
        return {**self.part._asdict(), "at": stamp(self.at), "customer_id": self.customer_id, **words}


def rendered(samples: Mapping[Part, Sample], shop: Shop, products: Products) -> Iterator[Rendered]:
    """All of them, in the order of their names."""
    renderer = Renderer(shop)
    for part, sample in sorted(samples.items(), key=lambda each: each[0]):
        entry = _with_offer(sample, shop)
        campaign = shop.campaigns[part.campaign]
        try:
            wanted = renderer.wanted(sample.customer, campaign, entry)
            message = renderer.render(
                sample.customer,
                campaign,
                entry,
                products(wanted) if wanted else {},
                sample.at,
                sample_links(shop.settings),
            )
        except SkipMessage as skip:
            yield Rendered(part, sample.at, sample.customer["id"], None, skip.reason)
        else:
            yield Rendered(part, sample.at, sample.customer["id"], message)


def _with_offer(sample: Sample, shop: Shop) -> Planned:
    """A code that everybody gets as it is; where each gets their own, a sample of one."""
    entry, customer = sample.entry, sample.customer
    campaign = shop.campaigns[entry["campaign"]]
    step = campaign.step(entry["step"])
    coupon = shop.offers.get(step.offer.coupon) if step and step.offer else None
    if coupon is None or step is None or step.offer is None:
        return entry
    zone = zone_for(customer, shop).key
    given = offered(coupon, "", sample.at, step.offer.expires, zone, shop.settings.currency)
    return {**entry, "offer": given}


def write(messages: Collection[Rendered], folder: Path) -> int:
    """Each in a file or two; how many messages there were."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for each in messages:
        if each.message is None:
            continue
        written += 1
        if each.message.html:
            (folder / f"{each.name}.html").write_text(each.message.html, encoding="utf-8")
        text = (
            f"Subject: {each.message.subject}\n\n{each.message.text}"
            if each.message.subject
            else each.message.text
        )
        (folder / f"{each.name}.txt").write_text(text, encoding="utf-8")
    return written
