"""The stack of template.yaml on moto: its clients, its names and its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from infra.desk.intrinsics import REGION
from infra.desk.stack import Template
from infra.desk.template import load_template
from perennial.ports.live import Queue

Drain = Callable[[Queue], list[tuple[str, str | None]]]


def clock() -> datetime:
    """The one moment of these tests."""
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@cache
def client_of(service: str) -> Any:
    """A client for moto, made once: making one costs more than most of these tests."""
    make: Any = boto3.Session("testing", "testing", region_name=REGION).client
    return make(service)


def client(service: str, **options: Any) -> Any:
    """As `boto3.client`; region and time limits of the cloud have no meaning here."""
    return client_of(service)


@cache
def template() -> Template:
    """The stack, so that tests and stack cannot differ."""
    return load_template()


DOCUMENTS = template().tables["DocumentsTable"].name
TIMELINE = template().tables["TimelineTable"].name
