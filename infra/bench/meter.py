"""What DynamoDB would bill, and which calls were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from infra.bench.services import Item, Services, Tables
from perennial.adapters.units import item_size, read_units, write_units

INDEX = ("due_shard", "wake_at")


class MeteredTables(Tables):
    """Tables that count the units of every read and write, by the published rules, from the sizes of the items."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0.0
        self.written = 0

    def _read(self, items: Sequence[Item], *, consistent: bool) -> None:
        self.read += read_units(sum(map(item_size, items)), consistent=consistent)

    def _wrote(self, table: str, item: Item, before: Item | None, *, transactional: bool) -> None:
        self.written += write_units(item, before, index=INDEX, transactional=transactional)


class Listener:
    """Hands out clients that count what is called. services: those a client was asked for, in that order."""

    def __init__(self, services: Services) -> None:
        self.calls: Counter[str] = Counter()
        self.services: list[str] = []
        self._services = services

    def client(self, service: str, **_: Any) -> Any:
        """As `boto3.client`."""
        self.services.append(service)
        return _Heard(service, self._services.client(service), self.calls)


class _Heard:
    def __init__(self, service: str, real: Any, calls: Counter[str]) -> None:
        self._service, self._real, self._calls = service, real, calls

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        self._calls[f"{self._service}.{operation}"] += 1
        call: Callable[..., Any] = getattr(self._real, operation)
        return call
