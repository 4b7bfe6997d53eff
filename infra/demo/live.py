"""Plays the whole: the import, the publishing, three live weeks on the desk's virtual clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.demo import crowd
from infra.demo.cast import cast
from infra.demo.history import numbered, past_of, write_csv
from infra.demo.people import person
from infra.demo.plot import Plot
from infra.demo.storefront import Storefront
from infra.demo.story import Story
from infra.demo.watch import Case, Letter, Watch
from infra.desk.desk import CONTENT, Desk
from on_event.orders_file.record import Imported, record
from on_event.orders_file.translate import Remark, Terms, translate
from perennial.customer import Customer, is_anonymous
from perennial.errors import PerennialError
from perennial.events import Product
from perennial.publishing import files_of, interval_tables, publish_files, read_content
from perennial.shop import Shop
from perennial.times import zone_of

START = datetime(2026, 9, 14, 4, tzinfo=UTC)  # a Monday, at midnight in the shop
DAYS = 21
CUSTOMERS = 220
SEED = 7
PUBLIC_URL = "https://mail.alder-and-thyme.example"

# Shipped as drafts, and live in the demo beside those that ship live.
ALSO_LIVE = ("post_purchase", "review", "cross_sell", "loyalty_tier", "back_in_stock", "price_drop")

Progress = Callable[[str, float, float], None]  # what is being done, how much of it is done, of how much


@dataclass(frozen=True)
class Played:
    """What came of it. customers, products, shop: as they were in the end. requests: that the shop's systems made."""

    imported: Imported
    remarks: list[Remark]
    letters: list[Letter]
    cases: list[Case]
    customers: list[Customer]
    products: dict[str, Product]
    shop: Shop
    end: datetime
    requests: int


def play(
    folder: Path, progress: Progress, *, customers: int = CUSTOMERS, days: int = DAYS, seed: int = SEED
) -> Played:
    """The demo with so many customers (15 of them have parts of their own); `folder` gets the CSV.

    Equal arguments give equal results. PerennialError when something of it ended among the dead letters.
    """
    end = START + timedelta(days=days)
    parts = cast(START)
    crowd_pasts = [
        past_of(person(number, seed), START, end, seed) for number in range(customers - len(parts))
    ]
    pasts = [*parts, *crowd_pasts]
    baskets = numbered(basket for past in pasts for basket in past.baskets)
    write_csv(folder / "orders.csv", pasts, [each for each in baskets if each.at < START])
    with Desk(content=None, start=START, url=PUBLIC_URL) as desk:
        remarks: list[Remark] = []
        imported = _import(desk, folder / "orders.csv", progress, remarks)
        publish_files(
            shown_files(),
            desk.world.blobs,
            desk.world.pointer,
            desk.clock,
            interval_tables(desk.world.documents.scan()),
        )
        plot, shop, watch = Plot(), Storefront(desk), Watch(desk)
        Story(plot, shop, watch, START).arrange()
        people = [past.person for past in crowd_pasts]
        crowd.arrange(plot, shop, people, [each for each in baskets if each.at >= START], START, days, seed)
        plot.play(
            desk,
            watch,
            end,
            lambda now: progress(f"{now:%A, %d %B}", (now - START).total_seconds(), days * 86400),
        )
        return _played(desk, imported, remarks, watch, shop)


def shown_files() -> dict[str, bytes]:
    """The shipped content, with more of its campaigns live."""
    files = dict(files_of(CONTENT))
    for campaign in ALSO_LIVE:
        name = f"campaigns/{campaign}.yaml"
        files[name] = files[name].replace(b"mode: draft", b"mode: live")
    return files


def _import(desk: Desk, csv: Path, progress: Progress, remarks: list[Remark]) -> Imported:
    """By the code of `perennial import`, before anything is live: the purchase rhythms are learned from it."""
    settings = read_content(files_of(CONTENT)).checked_shop().settings()
    terms = Terms(zone_of(settings["timezone"]), settings["currency"], desk.now)
    with csv.open(encoding="utf-8", newline="") as lines:
        return record(
            translate(lines, terms),
            desk.world,
            progress=lambda done, known: progress("A year of orders", done, known),
            remark=remarks.append,
        )


def _played(desk: Desk, imported: Imported, remarks: list[Remark], watch: Watch, shop: Storefront) -> Played:
    if letters := desk.dead_letters():
        raise PerennialError(
            f"{len(letters)} message(s) could not be handled. The first: {letters[0]['reason']}"
        )
    customers = [each for each in desk.world.documents.scan() if not is_anonymous(each)]
    wanted = {
        product
        for facts in (*(each.facts for each in watch.letters), *(each.facts for each in watch.cases))
        for product in facts.get("products", [])
    }
    return Played(
        imported=imported,
        remarks=remarks,
        letters=sorted(watch.letters, key=lambda each: (each.mail["sent_at"], each.mail["id"])),
        cases=sorted(watch.cases, key=lambda each: each.at),
        customers=sorted(customers, key=lambda each: each["id"]),
        products=desk.world.catalogue.load(wanted),
        shop=desk.world.shop(),
        end=desk.now,
        requests=shop.requests,
    )
