"""The shop of the measurements: the shipped content, one of its mails made longer."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from perennial.adapters.memory_data import MemoryBlobs, MemoryLivePointer
from perennial.events import Product
from perennial.forecast.gaps import Gaps, IntervalTables
from perennial.publishing.content import files_of
from perennial.publishing.publisher import publish_files
from perennial.shop import Shop, release_key, unpack

CONTENT = Path(__file__).parents[2] / "content"
PUBLISHED_AT = datetime(2025, 1, 1, tzinfo=UTC)
PRODUCTS = tuple(str(number) for number in Random(1).sample(range(8_100_000_000_000, 8_999_999_999_999), 24))  # noqa: S311
_LONGER = "templates/browse/reminder.mjml"
_END = "{% endblock %}"
# What a longer mail consists of: markup and text around a few values.
_ROW = """<mj-text>
<p>{{ customer.first_name|default("Dear friend") }}, the beds are dug, the seed is sorted and the kettle is on: these are
the weeks in which {{ shop.name }} fills its shelves with what the summer left us, dried slowly and packed by hand, one small
batch after another, until the first frost comes to the door.</p>
</mj-text>
"""
_ROWS = 6


@cache
def published() -> tuple[str, bytes]:
    """Hash and object of the release."""
    blobs, pointer = MemoryBlobs(), MemoryLivePointer()
    files = files_of(CONTENT)
    head, end, tail = files[_LONGER].decode().rpartition(_END)
    files[_LONGER] = (head + _ROW * _ROWS + end + tail).encode()
    report = publish_files(files, blobs, pointer, lambda: PUBLISHED_AT, _intervals())
    return report.release, blobs.get(release_key(report.release))


@cache
def shop() -> Shop:
    """The same, unpacked."""
    return unpack(*published())


def _intervals() -> IntervalTables:
    """Half of the products are bought again about every 35 days, by many."""
    again = PRODUCTS[: len(PRODUCTS) // 2]
    return IntervalTables(
        orders=Gaps.of_days([30.0] * 400),
        repurchases=Gaps.of_days([35.0] * 300),
        products={product: Gaps.of_days([35.0] * 25) for product in again},
        buyers=dict.fromkeys(again, 60),
        repeaters=dict.fromkeys(again, 25),
    )


def catalogue() -> list[Product]:
    """An entry for each of the products, as complete as a product webhook makes it."""
    return [
        Product(
            id=product,
            title=f"Evening Tea with Lemon Balm and Verbena, harvest {number}",
            at="2026-10-01T08:00:00.000Z",
            rank=2,
            url=f"https://www.alder-and-thyme.example/products/evening-tea-{number}",
            image=f"https://cdn.alder-and-thyme.example/pictures/evening-tea-{number}.jpg",
            price=1850 + number,
            currency="USD",
            category="Tea",
            available=True,
        )
        for number, product in enumerate(PRODUCTS)
    ]
