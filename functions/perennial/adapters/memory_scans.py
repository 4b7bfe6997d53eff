"""`ports.Scans` in memory."""

from __future__ import annotations

import zlib
from bisect import bisect_right

from perennial.adapters.memory_data import MemoryDocuments
from perennial.adapters.memory_products import MemoryCatalogue
from perennial.ports.data import Scanned

_CUSTOMER, _PRODUCT = "CUSTOMER#", "PRODUCT#"


class MemoryScans:
    """`ports.Scans`. size: items on a page."""

    def __init__(self, documents: MemoryDocuments, catalogue: MemoryCatalogue, size: int = 100) -> None:
        self._documents, self._catalogue = documents, catalogue
        self.size = size

    def page(self, segment: int, of: int, position: str | None = None) -> Scanned:
        keys = sorted(key for key in self._keys() if zlib.crc32(key.encode()) % of == segment)
        start = 0 if position is None else bisect_right(keys, position)
        page = keys[start : start + self.size]
        customers = self._documents.load(_ids(page, _CUSTOMER))
        products = self._catalogue.load(_ids(page, _PRODUCT))
        position = page[-1] if start + self.size < len(keys) else None
        return Scanned(list(customers.values()), list(products.values()), position)

    def _keys(self) -> list[str]:
        customers = (f"{_CUSTOMER}{each}" for each in self._documents.ids())
        return [*customers, *(f"{_PRODUCT}{each['id']}" for each in self._catalogue.scan())]


def _ids(keys: list[str], prefix: str) -> list[str]:
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
