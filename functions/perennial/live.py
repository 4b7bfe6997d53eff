"""Which release is live, and what the kill switch holds back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from perennial.errors import NotPublished
from perennial.ports.live import Blobs, LivePointer
from perennial.shop import Shop, release_key, unpack
from perennial.times import Clock

CACHED_FOR = timedelta(seconds=10)  # the kill switch is effective within this, plus one call


class LiveShop:
    """The live shop, cached: the pointer for ten seconds, the release as long as it stays live."""

    def __init__(self, pointer: LivePointer, blobs: Blobs, clock: Clock) -> None:
        self._pointer, self._blobs, self._clock = pointer, blobs, clock
        self._shop: Shop | None = None
        self._read_at: datetime | None = None

    def __call__(self) -> Shop:
        """NotPublished before the first publish."""
        now = self._clock()
        if self._shop and self._read_at and timedelta(0) <= now - self._read_at < CACHED_FOR:
            return self._shop
        return self.fresh()

    def fresh(self) -> Shop:
        """What is live at this very moment."""
        live = self._pointer.read()
        if live is None:
            raise NotPublished("No release is live. Run `perennial publish` first.")
        if self._shop is None or self._shop.release != live.release:
            self._shop = unpack(live.release, self._blobs.get(release_key(live.release)))
        self._shop = replace(self._shop, paused=live.paused)
        self._read_at = self._clock()
        return self._shop
