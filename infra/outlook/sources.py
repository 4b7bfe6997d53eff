"""Where an outlook reads customers from: a stack, the desk, or a file of orders. Nothing is written anywhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from perennial.customer import Customer
from perennial.errors import NotPublished, PerennialError
from perennial.events import Product
from perennial.night.tasks import SEGMENTS
from perennial.ports.world import World
from perennial.releasing import read_release

DESK = "http://127.0.0.1:8787"
_NOT_PUBLISHED = "No release is live. Run `perennial publish` first."


class Source(Protocol):
    """total: how many customers there are, as far as is known. release: the JSON of what is live."""

    @property
    def now(self) -> datetime: ...
    @property
    def release(self) -> dict[str, Any]: ...
    @property
    def total(self) -> int | None: ...

    def customers(self) -> Iterator[Customer]:
        """Every document, visitors too, in no order."""
        ...

    def products(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those that exist."""
        ...


class WorldSource:
    """The tables of a stack, read segment by segment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.now = world.clock()
        self.release = read_release(world.blobs, world.pointer.read())
        if not self.release:
            raise NotPublished(_NOT_PUBLISHED)
        self.total: int | None = self.release.get("tables", {}).get("customers") or None

    def customers(self) -> Iterator[Customer]:
        """Every document."""
        for segment in range(SEGMENTS):
            position: str | None = None
            while True:
                page = self._world.scans.page(segment, SEGMENTS, position)
                yield from page.customers
                position = page.position
                if position is None:
                    break

    def products(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those that exist."""
        return self._world.catalogue.load(product_ids)


class DeskSource:
    """A desk that runs on this machine."""

    def __init__(self, url: str = DESK) -> None:
        self._url = url
        told = asked(url, "release")
        self.now = datetime.fromisoformat(told["now"])
        self.release: dict[str, Any] = told["release"]
        if not self.release:
            raise NotPublished(_NOT_PUBLISHED)
        self.total: int | None = None

    def customers(self) -> Iterator[Customer]:
        """Every document."""
        position: str | None = ""
        while position is not None:
            page = asked(self._url, "documents", position=position)
            yield from page["customers"]
            position = page["position"]

    def products(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those that exist."""
        found: dict[str, Product] = asked(self._url, "products", ids=",".join(product_ids))
        return found


def asked(url: str, route: str, **query: str) -> Any:
    """What the desk answers on one of its own routes; PerennialError when it does not."""
    try:
        with urlopen(f"{url}/_local/{route}?{urlencode(query)}", timeout=60) as answer:  # noqa: S310 - http, by the operator
            return json.load(answer)
    except HTTPError as error:
        if error.code == 404:
            return None
        raise PerennialError(
            f"The desk answered {error.code}: {error.read().decode('utf-8', 'replace')}"
        ) from error
    except URLError as error:
        raise PerennialError(
            f"No desk answers on {url}. Start one with `perennial dev`, or name a stack with --stack."
        ) from error
