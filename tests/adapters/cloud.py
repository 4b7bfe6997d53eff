"""The stack of template.yaml on moto, or on the second cloud: its clients, its names and its time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto import mock_aws
from moto.sns.models import sns_backends

from infra.desk.intrinsics import ACCOUNT, REGION
from infra.desk.stack import Template
from infra.desk.template import load_template
from perennial.ports.live import Queue

SECOND = environ.get(
    "PERENNIAL_SECOND_CLOUD", ""
)  # the address of a ministack; without it these tests run on moto
Drain = Callable[[Queue], list[tuple[str, str | None]]]


def clock() -> datetime:
    """The one moment of these tests."""
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


DIFFERS = pytest.mark.xfail(reason="docs/clouds.md", strict=True)


@contextmanager
def empty_cloud() -> Iterator[None]:
    """With nothing in it yet."""
    if SECOND:
        with urlopen(Request(f"{SECOND}/_ministack/reset", method="POST")):  # noqa: S310 - on this machine
            yield
    else:
        with mock_aws():
            yield


@cache
def client_of(service: str) -> Any:
    """A client for the cloud, made once: making one costs more than most of these tests."""
    make: Any = boto3.Session(ACCOUNT, "testing", region_name=REGION).client
    return make(service, endpoint_url=SECOND or None)


def client(service: str, **options: Any) -> Any:
    """As `boto3.client`; region and time limits of the cloud have no meaning here."""
    return client_of(service)


def texts() -> list[tuple[str, str]]:
    """(number, text) of each SMS that left."""
    if not SECOND:
        return list(sns_backends[ACCOUNT][REGION].sms_messages.values())
    with urlopen(f"{SECOND}/_ministack/sns/sms-messages?account={ACCOUNT}") as answer:  # noqa: S310 - on this machine
        by_number = json.load(answer)["sms_messages"]
    return [(number, each["Message"]) for number, told in by_number.items() for each in told]


@cache
def template() -> Template:
    """The stack, so that tests and stack cannot differ."""
    return load_template()


DOCUMENTS = template().tables["DocumentsTable"].name
TIMELINE = template().tables["TimelineTable"].name
